"""What stands beside the declared, where CloudFormation does not look and attackers do.

Further policies, groups, keys and passwords of our users and roles, further rules and routes,
further listeners and copies of mail, objects, secrets and logs, statements in policies, and what
runs in our functions: none of them changes a property that a template names, or none that
CloudFormation can read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from botocore.exceptions import ClientError

from runbook.changes.template.values import Template
from runbook.drift import functions, mail, network, principals, storage
from runbook.drift.change import Change, Sort
from runbook.drift.deployed import Deployed
from runbook.drift.missing import while_there

Found = Iterator[tuple[str, object]]


def found(stack: Deployed) -> Iterator[Change]:
    """Yield what somebody added to what the stack made; then raise the first refusal of AWS."""
    refused: list[ClientError] = []
    for kind in LOOKS:
        for place, identifier, properties in stack.of(kind):
            try:
                yield from _found(stack, kind, place, identifier, properties)
            except ClientError as error:
                refused.append(error)
    if refused:
        raise refused[0]


def _found(
    stack: Deployed, kind: str, place: str, identifier: str, properties: Template
) -> Iterator[Change]:
    sort, look = LOOKS[kind]
    for what, now in while_there(look(stack, identifier, properties)):
        yield Change(
            stack=stack.name,
            region=stack.region,
            place=place,
            sort=sort,
            what=what,
            now=now,
            reversible=False,
        )


Look = Callable[[Deployed, str, Template], Found]
LOOKS: Mapping[str, tuple[Sort, Look]] = {
    "AWS::IAM::Group": (Sort.ACCESS, principals.of_group),
    "AWS::IAM::User": (Sort.ACCESS, principals.of_user),
    "AWS::IAM::Role": (Sort.ACCESS, principals.of_role),
    "AWS::Lambda::Function": (Sort.ACCESS, functions.of_function),
    "AWS::SecretsManager::Secret": (Sort.ACCESS, storage.of_secret),
    "AWS::SQS::Queue": (Sort.ACCESS, storage.of_queue),
    "AWS::Logs::LogGroup": (Sort.ACCESS, storage.of_log_group),
    "AWS::SES::EmailIdentity": (Sort.ACCESS, mail.of_identity),
    "AWS::EC2::RouteTable": (Sort.NETWORK, network.of_route_table),
    "AWS::EC2::SecurityGroup": (Sort.NETWORK, network.of_group),
    "AWS::S3::Bucket": (Sort.ACCESS, storage.of_bucket),
    "AWS::SES::ConfigurationSet": (Sort.MAIL, mail.of_configuration_set),
    "AWS::SES::ReceiptRuleSet": (Sort.MAIL, mail.of_rule_set),
    "AWS::SNS::Topic": (Sort.MAIL, mail.of_topic),
}
"""What is looked at beside the properties of each type."""
