"""What a state machine's tasks may call, and as whom."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from embedded.gaps._ministack import account, iam_evaluator, region, responses, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A task calls any action of any service as the state machine's role, and may do no more.",
    page="https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html",
    ministack="It knows some actions, none of CloudFormation's, and asks no role.",
    effect=Effect.STRICTER,
)

SDK = "arn:aws:states:::aws-sdk:"
INVOKE = "arn:aws:states:::lambda:invoke"
PRINCIPAL = "states.amazonaws.com"
# The services whose name in an integration is another one than boto3's.
NAMES = {"cloudwatchlogs": "logs", "rdsdata": "rds-data", "sfn": "stepfunctions"}

_running: ContextVar[dict[str, Any]] = ContextVar("execution")


def install() -> None:
    """Remember whose task it is, and call with credentials of that execution's role."""
    states = service("stepfunctions")
    execute, invoke = states._execute_task, states._invoke_resource

    def execute_task(state: Any, given: Any, execution: Any, context: Any) -> Any:
        _running.set(execution)
        return execute(state, given, execution, context)

    def invoke_resource(resource: str, given: Any) -> Any:
        if resource.startswith(SDK):
            name, action = resource.removeprefix(SDK).split(":")
            return _call(name, action, given)
        if resource == INVOKE:
            answer = _call("lambda", "invoke", {**given, "Payload": json.dumps(given["Payload"])})
            return _payload(answer)
        return invoke(resource, given)

    states._execute_task = execute_task
    states._invoke_resource = invoke_resource
    service("sts")._evict_expired_sessions = _end_sessions


def _end_sessions() -> None:
    """Forget sessions that have ended. Tasks that run side by side begin sessions meanwhile."""
    sts = service("sts")
    for key, session in [*sts._sessions.items()]:
        if sts._session_expired(session):
            sts._sessions.pop(key, None)


def _call(name: str, action: str, given: dict[str, Any]) -> dict[str, Any]:
    states = service("stepfunctions")
    try:
        client: Any = _client(NAMES.get(name, name))
        operation = action[:1].upper() + action[1:]
        methods = {value: key for key, value in client.meta.method_to_api_mapping.items()}
        model = client.meta.service_model.operation_model(operation)
        sent = _sent(_named(given, model.input_shape, _api))
        answer = getattr(client, methods[operation])(**sent)
    except ClientError as error:
        code = str(error.response["Error"]["Code"]).removesuffix("Exception").removesuffix("Fault")
        code = _sdk(code, None)
        prefix = states._AWS_SDK_ERROR_PREFIX.get(name, name.capitalize())
        raise states._ExecutionError(f"{prefix}.{code}Exception", str(error)) from None
    except (BotoCoreError, KeyError) as error:
        raise states._ExecutionError("States.Runtime", f"{name}:{action}: {error}") from None
    answer.pop("ResponseMetadata", None)
    read: dict[str, Any] = _named(_read(answer), model.output_shape, _sdk)
    return read


def _client(name: str) -> Any:
    make: Any = boto3.client
    retries = {"mode": "standard", "total_max_attempts": 2}
    config = Config(retries=retries, s3={"addressing_style": "path"})  # type: ignore[arg-type]
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    return make(name, region_name=region(), endpoint_url=endpoint, config=config, **_session())


def _session() -> dict[str, str]:
    """Assume the role that the execution began with, as Step Functions does."""
    states, sts = service("stepfunctions"), service("sts")
    execution = _running.get()
    arn = execution["events"][0]["executionStartedEventDetails"]["roleArn"]
    role = service("iam")._roles.get(arn.rpartition("/")[2])
    if role is None or not _trusts(role, execution["stateMachineArn"]):
        why = f"states.amazonaws.com is not authorized to assume the role {arn}"
        raise states._ExecutionError("States.Permissions", why)
    name = responses.new_uuid().replace("-", "")[:16].upper()
    given = {
        "aws_access_key_id": f"ASIA{name}",
        "aws_secret_access_key": f"secret-{name}",
        "aws_session_token": f"token-{name}",
    }
    session = f"assumed-role/{role['RoleName']}/{name}"
    sts.register_session(
        given["aws_access_key_id"],
        {
            "Arn": f"arn:aws:sts::{account()}:{session}",
            "UserId": f"{role['RoleId']}:{name}",
            "SecretAccessKey": given["aws_secret_access_key"],
            "SessionToken": given["aws_session_token"],
        },
    )
    return given


def _trusts(role: Any, machine: str) -> bool:
    """Whether the role's trust names the service, and its conditions hold for this machine."""
    document = role["AssumeRolePolicyDocument"]
    trust = json.loads(document) if isinstance(document, str) else document
    context = iam_evaluator.EvalContext(
        principal_arn=PRINCIPAL,
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=role["Arn"],
        region=region(),
        service_context={"aws:sourcearn": machine, "aws:sourceaccount": account()},
    )
    return any(
        iam_evaluator._service_principal_matches(statement.get("Principal"), PRINCIPAL)
        and statement["Effect"] == "Allow"
        and iam_evaluator._conditions_met(statement.get("Condition", {}), context)
        for statement in trust["Statement"]
    )


def _payload(answer: dict[str, Any]) -> dict[str, Any]:
    if "FunctionError" in answer:
        failure = json.loads(answer["Payload"])
        states = service("stepfunctions")
        kind, message = failure.get("errorType", "Lambda.Unknown"), failure.get("errorMessage", "")
        raise states._ExecutionError(kind, message)
    return {**answer, "Payload": json.loads(answer["Payload"])}


def _sent(given: dict[str, Any]) -> dict[str, Any]:
    """Write a body that is a value as JSON, as Step Functions does."""
    body = given.get("Body")
    if body is None or isinstance(body, str):
        return given
    return {**given, "Body": json.dumps(body)}


def _named(value: Any, shape: Any, name: Callable[[str, Any], str]) -> Any:
    """Rename the members of structures; a map's keys are data."""
    match shape.type_name if shape is not None else "":
        case "structure" if isinstance(value, dict):
            inside = {key: shape.members.get(_api(key, shape)) for key in value}
            return {
                name(key, shape): _named(item, inside[key], name) for key, item in value.items()
            }
        case "list" if isinstance(value, list):
            return [_named(item, shape.member, name) for item in value]
        case "map" if isinstance(value, dict):
            return {key: _named(item, shape.value, name) for key, item in value.items()}
    return value


def _api(key: str, shape: Any) -> str:
    """Return the API's name of a member, whose first letters Step Functions writes its own way."""
    return next((member for member in shape.members if member.lower() == key.lower()), key)


def _sdk(key: str, shape: Any) -> str:
    """Return Step Functions' name of a member: `services` is `Services`, `DBClusters` `DbClusters`.

    <https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html>
    """
    return str(service("stepfunctions")._api_name_to_sfn_key(key))


def _read(value: Any) -> Any:
    """Turn what botocore answers into what JSON has."""
    match value:
        case dict():
            return {key: _read(item) for key, item in value.items()}
        case list():
            return [_read(item) for item in value]
        case str() | int() | float() | bool() | None:
            return value
    if hasattr(value, "read"):
        return value.read().decode()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    return str(value)
