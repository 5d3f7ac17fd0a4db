"""Rotation, and the type `AWS::SecretsManager::RotationSchedule`.

The function is called in the background, as on AWS: the call returns first, and a step that fails
leaves the value as it was. Nothing rotates by the clock; `RotateSecret` does, and a schedule's
creation or change. Where these do not rotate at once, they have the function test an empty version.
<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html>
"""

from __future__ import annotations

import datetime
import json
import logging
import time
import uuid
from typing import Any

from embedded.gaps._calls import accepted
from embedded.gaps._ministack import Created, Properties, Response, concurrency, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A rotation calls the secret's function for the protocol's four steps. A schedule that "
        "does not rotate at once calls it for `testSecret`, with a version that has no value."
    ),
    page=(
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/"
        "rotate-secrets_lambda-functions.html"
    ),
    ministack="It calls no function and promotes a copy of the value; it lacks the type.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::SecretsManager::RotationSchedule"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
log = logging.getLogger("rotation")


def install() -> None:
    """Drive rotation by the secret's function, and register the type."""
    module = service("secretsmanager")
    pristine, describe = module._rotate_secret, module._describe_secret

    def rotate(request: Properties) -> Response:
        _, secret = module._resolve(request.get("SecretId"))
        function = request.get("RotationLambdaARN") or (secret or {}).get("RotationLambdaARN")
        if not secret or secret.get("DeletedDate") or not function:
            refused: Response = pristine(request)
            return refused
        return _rotate(secret, function, request)

    module._rotate_secret = rotate
    module._describe_secret = lambda request: _with_dates(describe(request), request)
    register(TYPE, _create, _update, _delete, replacing=("SecretId",))


def _rotate(secret: Any, function: str, request: Properties) -> Response:
    module = service("secretsmanager")
    if not _may_be_called(function):
        refusal: Response = module.error_response_json(
            "AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function "
            "policy grants access to the principal secretsmanager.amazonaws.com.",
            400,
        )
        return refusal
    secret.update(RotationEnabled=True, RotationLambdaARN=function)
    secret["RotationRules"] = request.get("RotationRules") or secret.get("RotationRules")
    version = request.get("ClientRequestToken") or str(uuid.uuid4())
    at_once = request.get("RotateImmediately", True) not in (False, "false")
    _announce(secret, version)
    concurrency.spawn_background(_run if at_once else _test, secret, function, version)
    answer = {"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version}
    response: Response = module.json_response(answer)
    return response


def _announce(secret: Any, version: str) -> None:
    """Add the empty pending version that the function is to fill. Only one is pending at a time."""
    for other in secret["Versions"].values():
        other["Stages"] = [stage for stage in other["Stages"] if stage != "AWSPENDING"]
    empty = {"SecretString": None, "SecretBinary": None, "Stages": ["AWSPENDING"]}
    secret["Versions"][version] = {**empty, "CreatedDate": int(time.time())}


def _run(secret: Any, function: str, version: str) -> None:
    if all(_call(secret, function, version, step) for step in STEPS):
        secret["LastRotatedDate"] = int(time.time())


def _test(secret: Any, function: str, version: str) -> None:
    """Try the configuration, as AWS does: the version is there for this step alone."""
    _call(secret, function, version, "testSecret")
    secret["Versions"].pop(version, None)


def _call(secret: Any, function: str, version: str, step: str) -> bool:
    functions = service("lambda_svc")
    record, config, _ = functions._get_func_record_for_ref(function)
    called = functions._execution_record_for_config(record, config)
    event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": version}
    result = functions._execute_function_with_config_scope(called, event)
    if result.get("error"):
        log.error("Rotation of %s failed in %s: %s", secret["Name"], step, result.get("body"))
    return not result.get("error")


def _may_be_called(function: str) -> bool:
    record, _, _ = service("lambda_svc")._get_func_record_for_ref(function)
    statements = (record or {}).get("policy", {}).get("Statement", [])
    principals = [statement.get("Principal") for statement in statements]
    allowed = ({"Service": "secretsmanager.amazonaws.com"}, "secretsmanager.amazonaws.com", "*")
    return any(principal in allowed for principal in principals)


def _with_dates(response: Response, request: Properties) -> Response:
    _, secret = service("secretsmanager")._resolve(request.get("SecretId"))
    status, headers, body = response
    if status != 200 or not secret or not secret.get("RotationEnabled"):
        return response
    shown = json.loads(body)
    rotated = secret.get("LastRotatedDate")
    days = (secret.get("RotationRules") or {}).get("AutomaticallyAfterDays")
    if rotated:
        shown["LastRotatedDate"] = rotated
    if days:
        period = datetime.timedelta(days=int(days)).total_seconds()
        shown["NextRotationDate"] = int((rotated or secret["CreatedDate"]) + period)
    return status, headers, json.dumps(shown).encode()


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    if "HostedRotationLambda" in properties:
        raise ValueError(f"{TYPE}: HostedRotationLambda is not supported here")
    names = ("SecretId", "RotationLambdaARN", "RotationRules")
    request = {name: properties[name] for name in names if name in properties}
    request["RotateImmediately"] = properties.get("RotateImmediatelyOnUpdate", True)
    answer = accepted(service("secretsmanager")._rotate_secret(request), TYPE)
    return str(json.loads(answer)["ARN"]), {}


def _update(arn: str, old: Properties, new: Properties, stack: str) -> Created:
    return _create("", new, stack)


def _delete(arn: str, properties: Properties) -> None:
    _, secret = service("secretsmanager")._resolve(arn)
    if secret:
        # What `CancelRotateSecret` does, a call that ministack does not have.
        secret["RotationEnabled"] = False
