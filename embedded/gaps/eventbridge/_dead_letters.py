"""The dead-letter queue of a rule's target."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Properties, iam_evaluator, service

SENDER = "events.amazonaws.com"


def keep(target: Properties, rule: Properties, event: str, code: str) -> None:
    """Send an event to the queue of its target, with what EventBridge says of the failure."""
    arn = str((target.get("DeadLetterConfig") or {}).get("Arn", ""))
    sqs = service("sqs")
    queue = sqs._queue_by_arn(arn) if arn else None
    source = service("eventbridge")._rule_arn(rule["Name"], rule["EventBusName"])
    if queue is None or not _is_allowed(queue, arn, source):
        return
    attributes = {"RULE_ARN": source, "TARGET_ARN": target["Arn"], "ERROR_CODE": code}
    sent = {"MessageBody": event, "MessageAttributes": {k: _text(v) for k, v in attributes.items()}}
    sqs._act_send_message(sent, queue["url"])


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def _is_allowed(queue: Any, arn: str, source: str) -> bool:
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="sqs:SendMessage",
        resource_arn=arn,
        region=arn.split(":")[3],
        secure_transport=True,
        service_context={"aws:sourcearn": source},
    )
    policy = queue["attributes"].get("Policy")
    found = iam_evaluator.evaluate_resource_policy(policy, context, service=SENDER)
    return bool(found.decision == "Allow")
