"""The type `AWS::CloudTrail::Trail`. No log file is written."""

from __future__ import annotations

import json

from embedded.gaps._calls import accepted, true, with_booleans
from embedded.gaps._ministack import (
    Created,
    Properties,
    account,
    generated_name,
    region,
    register,
    service,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has trails.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-cloudtrail-trail.html"
    ),
    ministack="It has the API, not the type.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::CloudTrail::Trail"


def install() -> None:
    """Register the type."""
    register(TYPE, _create, _update, _delete, replacing=("TrailName",))


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("TrailName") or generated_name(stack, logical_id, 128)
    _call("_create_trail", {**_renamed(properties), "Name": name})
    return _update(name, {}, properties, stack)


def _update(name: str, old: Properties, new: Properties, stack: str) -> Created:
    _call("_update_trail", {**_renamed(new), "Name": name})
    for kind in ("EventSelectors", "AdvancedEventSelectors"):
        if new.get(kind):
            _call("_put_event_selectors", {"TrailName": name, kind: new[kind]})
    logging = true(new.get("IsLogging"))
    _call("_start_logging" if logging else "_stop_logging", {"Name": name})
    arn = f"arn:aws:cloudtrail:{region()}:{account()}:trail/{name}"
    return name, {"Arn": arn}


def _delete(name: str, properties: Properties) -> None:
    if name in service("cloudtrail")._trails:
        _call("_delete_trail", {"Name": name})


def _renamed(properties: Properties) -> Properties:
    """Templates and the API disagree on one name, and on booleans being text."""
    names = {"KMSKeyId": "KmsKeyId"}
    return {names.get(name, name): value for name, value in with_booleans(properties).items()}


def _call(function: str, request: Properties) -> Properties:
    answer = getattr(service("cloudtrail"), function)(request)
    return dict(json.loads(accepted(answer, TYPE) or b"{}"))
