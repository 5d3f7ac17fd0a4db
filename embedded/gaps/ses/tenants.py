"""The type `AWS::SES::Tenant`, and the reputation of a tenant: its policy, and whether it sends."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from embedded.gaps._calls import accepted
from embedded.gaps._ministack import (
    Created,
    Properties,
    Response,
    answer_first,
    register,
    responses,
    service,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has tenants, each with a policy of reputation, and paused by itself.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-ses-tenant.html"
    ),
    ministack="It has the tenants' API, without their reputation, and not the type.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::SES::Tenant"
STATUSES = {"ENABLED": "Sending Status Enabled", "DISABLED": "Sending Status Disabled"}
_ENTITY = re.compile(
    r"/v2/email/reputation/entities/RESOURCE/(.+?)(/policy|/customer-managed-status)?"
)


def install() -> None:
    """Register the type, and answer what is asked of a tenant's reputation."""
    register(TYPE, _create, _update, _delete, replacing=("TenantName",))
    answer_first("ses_v2", _answer)


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties["TenantName"]
    given = {"TenantName": name, "Tags": properties.get("Tags") or []}
    if properties.get("SuppressionAttributes"):
        given["SuppressionAttributes"] = properties["SuppressionAttributes"]
    _call("/tenants", given)
    try:
        return _update(name, {}, properties, stack)
    except ValueError:
        _call("/tenants/delete", {"TenantName": name})
        raise


def _update(name: str, old: Properties, new: Properties, stack: str) -> Created:
    record = service("ses_v2")._tenants[name]
    policy = (new.get("ReputationEntity") or {}).get("Policy") or {}
    record["ReputationEntityPolicy"] = policy.get("ReputationEntityPolicy", "")
    before, after = _arns(old), _arns(new)
    for arn in [arn for arn in after if arn not in before]:
        _call("/tenants/resources", {"TenantName": name, "ResourceArn": arn})
    for arn in [arn for arn in before if arn not in after]:
        _call("/tenants/resources/delete", {"TenantName": name, "ResourceArn": arn})
    return name, {"Arn": record["TenantArn"]}


def _arns(properties: Properties) -> list[str]:
    return [item["ResourceArn"] for item in properties.get("ResourceAssociations") or ()]


def _delete(name: str, properties: Properties) -> None:
    if name in service("ses_v2")._tenants:
        _call("/tenants/delete", {"TenantName": name})


def _call(path: str, request: Properties) -> None:
    accepted(service("ses_v2")._tenant_request("POST", path, request), TYPE)


def _answer(method: str, path: str, body: bytes) -> Response | None:
    asked = _ENTITY.fullmatch(path.rstrip("/"))
    if asked is None:
        return None
    tenant = _of_arn(unquote(asked[1]))
    if tenant is None:
        missing: Response = service("ses_v2")._json_err("NotFoundException", "No such entity.", 404)
        return missing
    if method == "GET":
        return _shown(tenant)
    given = json.loads(body or b"{}")
    if asked[2] == "/policy":
        tenant["ReputationEntityPolicy"] = given["ReputationEntityPolicy"]
    else:
        tenant["SendingStatus"] = given["SendingStatus"]
        _emit(tenant)
    return _json({})


def _of_arn(arn: str) -> dict[str, Any] | None:
    found = (each for each in service("ses_v2")._tenants.values() if each["TenantArn"] == arn)
    return next(found, None)


def _shown(tenant: dict[str, Any]) -> Response:
    entity = {
        "ReputationEntityReference": tenant["TenantArn"],
        "ReputationEntityType": "RESOURCE",
        "ReputationManagementPolicy": tenant.get("ReputationEntityPolicy", ""),
        "CustomerManagedStatus": {"Status": tenant["SendingStatus"]},
        "AwsSesManagedStatus": {"Status": "ENABLED"},
        "SendingStatusAggregate": tenant["SendingStatus"],
    }
    return _json({"ReputationEntity": entity})


def _json(answer: dict[str, Any]) -> Response:
    response: Response = responses.json_response(answer)
    return response


def _emit(tenant: dict[str, Any]) -> None:
    status = tenant["SendingStatus"]
    data = {"origin": "CUSTOMER_MANAGED", "record": {"status": status}}
    entry = {
        "Source": "aws.ses",
        "DetailType": STATUSES.get(status, STATUSES["ENABLED"]),
        "Resources": [tenant["TenantArn"]],
        "Detail": json.dumps({"version": "1.0.0", "data": data}),
    }
    service("eventbridge")._put_events({"Entries": [entry]}, allow_aws_source=True)
