"""Principals that a trust policy or a resource policy names."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Properties, Response, extend, service
from embedded.gaps._policies import absent_principal, unknown_principal
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "Trust policies and the resource policies of buckets, secrets, topics and queues are "
        "refused if they name a role or user that does not exist, and for a moment after it was "
        "created."
    ),
    page=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
        "reference_policies_elements_principal.html"
    ),
    ministack="It takes any principal.",
    effect=Effect.STRICTER,
)
# What each service says of it, where a template has the policy, and under which property.
TYPES = {
    "AWS::IAM::Role": ("AssumeRolePolicyDocument", 'Invalid principal in policy: "AWS":"{}"'),
    "AWS::S3::BucketPolicy": ("PolicyDocument", "Invalid principal in policy"),
    "AWS::SQS::QueuePolicy": ("PolicyDocument", "Invalid value for the parameter Policy."),
    "AWS::SNS::TopicPolicy": (
        "PolicyDocument",
        "Invalid parameter: Policy Error: PrincipalNotFound",
    ),
}
UNSUPPORTED = "This resource policy contains an unsupported principal."


def install() -> None:
    """Look at the principals, in templates and in calls.

    CloudFormation waits for what it created itself, so a template's are only looked for. A secret's
    policy is put with a call, which it makes once.
    """
    for resource_type, (name, message) in TYPES.items():
        extend(resource_type, check=_check(name, message))
    _trust("CreateRole", "AssumeRolePolicyDocument")
    _trust("UpdateAssumeRolePolicy", "PolicyDocument")
    _buckets()
    _secrets()
    _topics()
    _queues()


def _check(name: str, message: str) -> Any:
    def check(properties: Properties) -> None:
        if absent := absent_principal(properties.get(name)):
            raise ValueError(message.format(absent))

    return check


def _trust(action: str, parameter: str) -> None:
    iam = service("iam")
    pristine = iam._IAM_HANDLERS[action]

    def answer(params: Any) -> Response:
        if absent := unknown_principal(iam._p(params, parameter)):
            message = TYPES["AWS::IAM::Role"][1].format(absent).replace('"', "&quot;")
            refused: Response = iam._error(400, "MalformedPolicyDocument", message, ns="iam")
            return refused
        accepted: Response = pristine(params)
        return accepted

    iam._IAM_HANDLERS[action] = answer


def _buckets() -> None:
    s3 = service("s3")
    pristine = s3._put_bucket_policy

    def put_bucket_policy(name: str, body: bytes) -> Response:
        message = TYPES["AWS::S3::BucketPolicy"][1]
        if name in s3._buckets and unknown_principal(body):
            refused: Response = s3._error("MalformedPolicy", message, 400)
            return refused
        accepted: Response = pristine(name, body)
        return accepted

    s3._put_bucket_policy = put_bucket_policy


def _secrets() -> None:
    secrets = service("secretsmanager")
    pristine = secrets._put_resource_policy

    def put_resource_policy(request: Properties) -> Response:
        if unknown_principal(request.get("ResourcePolicy")):
            code = "MalformedPolicyDocumentException"
            refused: Response = secrets.error_response_json(code, UNSUPPORTED, 400)
            return refused
        accepted: Response = pristine(request)
        return accepted

    secrets._put_resource_policy = put_resource_policy


def _topics() -> None:
    sns = service("sns")
    pristine = sns._set_topic_attributes

    def set_topic_attributes(params: Any) -> Response:
        policy = sns._p(params, "AttributeValue")
        if sns._p(params, "AttributeName") == "Policy" and unknown_principal(policy):
            message = TYPES["AWS::SNS::TopicPolicy"][1]
            refused: Response = sns._error("InvalidParameter", message, 400)
            return refused
        accepted: Response = pristine(params)
        return accepted

    sns._set_topic_attributes = set_topic_attributes


def _queues() -> None:
    sqs = service("sqs")
    pristine = sqs._HANDLERS["SetQueueAttributes"]

    def set_queue_attributes(data: Properties, url: str) -> Properties:
        if unknown_principal((data.get("Attributes") or {}).get("Policy")):
            raise sqs._Err("InvalidAttributeValue", TYPES["AWS::SQS::QueuePolicy"][1])
        accepted: Properties = pristine(data, url)
        return accepted

    sqs._HANDLERS["SetQueueAttributes"] = set_queue_attributes
