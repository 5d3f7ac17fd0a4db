"""All that follows from one resource's change: for its data, and for those who use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypedDict

from runbook.changes.consequences import (
    keeping,
    mail,
    others,
    parameters,
    proxies,
    rds,
    s3,
    trails,
    watching,
)
from runbook.changes.consequences.among import REPLACING, left_without_instances, taken
from runbook.changes.consequences.model import Consequence, Kind
from runbook.changes.consequences.names import name_of
from runbook.changes.outcome import worst
from runbook.changes.review import Danger, Effect, Reason, Verdict
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template, named_text
from runbook.changes.verdict import HOLDS_DATA, deletion_policy, holds_data, verdict
from settings.contract import CustomType

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ResourceChangeTypeDef

KINDS: Mapping[str, Kind] = {
    "AWS::CloudTrail::Trail": trails.TRAIL,
    "AWS::CloudWatch::Alarm": watching.ALARM,
    "AWS::DynamoDB::Table": others.TABLE,
    "AWS::EC2::Instance": watching.INSTANCE,
    "AWS::EC2::Volume": others.VOLUME,
    "AWS::EFS::FileSystem": others.FILE_SYSTEM,
    "AWS::Events::Rule": watching.RULE,
    "AWS::IAM::Role": watching.ROLE,
    "AWS::KMS::Key": others.KEY,
    "AWS::Lambda::Function": watching.FUNCTION,
    "AWS::Logs::LogGroup": others.LOG_GROUP,
    "AWS::Logs::MetricFilter": watching.METRIC_FILTER,
    "AWS::RDS::DBCluster": rds.CLUSTER,
    "AWS::RDS::DBClusterParameterGroup": parameters.PARAMETERS,
    "AWS::RDS::DBInstance": rds.INSTANCE,
    "AWS::RDS::DBParameterGroup": parameters.PARAMETERS,
    "AWS::RDS::DBProxy": proxies.PROXY,
    "AWS::RDS::DBProxyEndpoint": proxies.ENDPOINT,
    "AWS::RDS::DBProxyTargetGroup": proxies.TARGETS,
    "AWS::S3::Bucket": s3.BUCKET,
    "AWS::SES::ConfigurationSet": mail.CONFIGURATION_SET,
    "AWS::SES::ConfigurationSetEventDestination": mail.EVENT_DESTINATION,
    "AWS::SES::EmailIdentity": mail.IDENTITY,
    "AWS::SES::ReceiptRule": mail.RECEIPT_RULE,
    "AWS::SES::Tenant": mail.TENANT,
    "AWS::SNS::Subscription": watching.SUBSCRIPTION,
    "AWS::SNS::Topic": watching.TOPIC,
    "AWS::SQS::Queue": watching.QUEUE,
    "AWS::Scheduler::Schedule": watching.SCHEDULE,
    "AWS::SecretsManager::ResourcePolicy": watching.SECRET_POLICY,
    "AWS::SecretsManager::Secret": others.SECRET,
    "AWS::SecretsManager::SecretTargetAttachment": watching.ATTACHMENT,
    "AWS::StepFunctions::StateMachine": watching.STATE_MACHINE,
    CustomType.ACCOUNT_SUPPRESSION: mail.SUPPRESSION,
    CustomType.DELETION_PROTECTION: rds.PROTECTION,
    CustomType.PROXY_TARGETS: proxies.REGISTRATION,
}

_USERS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_remove.html"
GONE: Mapping[str, tuple[str, str]] = {
    "AWS::EC2::Instance": (
        "the machine goes: connections through it are cut",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html",
    ),
    "AWS::IAM::User": ("whoever uses its key is refused from then on", _USERS),
    "AWS::RDS::DBProxy": (
        "whoever connects through it can no longer connect",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    ),
    "AWS::RDS::DBProxyEndpoint": (
        "whoever connects to this address can no longer connect",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-endpoints.html",
    ),
    "AWS::SES::EmailIdentity": (
        "SES refuses mail from it",
        "https://docs.aws.amazon.com/ses/latest/dg/remove-verified-domain.html",
    ),
    "AWS::SES::ConfigurationSet": (
        "SES refuses mail that uses it",
        "https://docs.aws.amazon.com/ses/latest/dg/managing-configuration-sets.html",
    ),
    CustomType.ACCESS_KEY: ("the key stops working at once", _USERS),
    CustomType.ACTIVE_RULE_SET: (
        "SES takes in no mail any more",
        "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html",
    ),
}
"""What those notice who use a resource that is deleted or replaced."""

_POLICIES = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-attribute-deletionpolicy.html"
)
_STRENGTH = {"Delete": 0, "Snapshot": 1, "RetainExceptOnCreate": 2, "Retain": 2}


class Judgement(TypedDict):
    """The fields of a `ResourceChange` that say what follows from it."""

    verdict: Verdict | None
    refused: bool
    one_way: bool
    reasons: tuple[Reason, ...]


def judge(
    item: ResourceChangeTypeDef, effect: Effect, before: Reading, after: Reading
) -> Judgement:
    """Return the fields of a resource's change that say what follows from it."""
    logical_id = item["LogicalResourceId"]
    old, new = before.resources.get(logical_id), after.resources.get(logical_id)
    found = [
        *consequences(effect, old, new),
        *taken(logical_id, effect, before, new),
        *left_without_instances(logical_id, effect, before, after),
    ]
    places = {**before.places(), **after.places()}
    refused = old is not None and new is not None and keeps_its_name(effect, old, new)
    known = Verdict.KEPT if refused and holds_data(old) else verdict(effect, old, new)
    if known and not refused and str(item.get("PolicyAction", "")).endswith("Delete"):
        known = Verdict.LOST  # CloudFormation's own word, whatever we made of the templates
    verdicts = {one.verdict for one in found if one.verdict} | ({known} if known else set())
    return {
        "verdict": worst(verdicts),
        "refused": refused,
        "one_way": any(one.one_way for one in found),
        "reasons": tuple(
            Reason(
                text=named_text(one.words, places),
                page=one.page,
                danger=one.danger,
                expiry=one.expiry,
            )
            for one in found
        ),
    }


def consequences(
    effect: Effect, before: Template | None, after: Template | None
) -> Iterator[Consequence]:
    """Yield what follows from a change; `before` and `after` are worked out."""
    if before is None:
        return
    if effect in (Effect.DELETE, Effect.REPLACE) and before["Type"] in GONE:
        yield Consequence(*GONE[before["Type"]], danger=Danger.INTERRUPTS)
    if after is None:
        if before["Type"] == "AWS::RDS::DBInstance":
            yield from rds.of_leaving_replica(before)
        return
    if keeps_its_name(effect, before, after):
        sure = "" if effect is Effect.REPLACE else ", if it has to be replaced"
        words = f"CloudFormation cannot replace it while its name stays {name_of(before)}{sure}"
        yield Consequence(words, REPLACING, danger=Danger.FAILS)
    yield from keeping.given_up(before, after)
    if before["Type"] == "AWS::CloudWatch::Alarm":
        yield from watching.alarm(before, after)
    found = _of_properties(before, after)
    if effect is Effect.REPLACE:
        yield from (one for one in found if _holds_of_another(one, before))
        return
    yield from found
    yield from _of_policies(before, after)


def keeps_its_name(effect: Effect, before: Template, after: Template) -> bool:
    """Tell whether a resource would be replaced by one of the same name, which is refused."""
    replaced = effect in (Effect.REPLACE, Effect.MAY_REPLACE)
    return replaced and name_of(before) != "" and name_of(before) == name_of(after)


def _holds_of_another(one: Consequence, before: Template) -> bool:
    """Tell whether a consequence is one of the new resource too, whatever becomes of the old one.

    Nothing is changed in place: so nothing that AWS refuses to change there fails, and the old data
    is judged by itself.
    """
    if one.danger in (None, Danger.FAILS) or one.verdict:
        return False
    return one.danger is not Danger.INTERRUPTS or before["Type"] not in HOLDS_DATA


def _of_properties(before: Template, after: Template) -> Iterator[Consequence]:
    kind = KINDS.get(before["Type"])
    old, new = before.get("Properties", {}), after.get("Properties", {})
    for key in sorted({*old, *new}):
        if kind is None or old.get(key) == new.get(key):
            continue
        if rule := kind.rules.get(key):
            yield from rule(old.get(key), new.get(key))
        elif kind.whole and holds_data(before):
            words = f"what a change of {key} does to the data is not known"
            yield Consequence(words, _page(before["Type"]), Verdict.UNKNOWN)


def _of_policies(before: Template, after: Template) -> Iterator[Consequence]:
    """Judge what becomes of the data once the resource leaves its stack, or is replaced."""
    if not holds_data(before):
        return
    old, new = deletion_policy(before), deletion_policy(after)
    if _STRENGTH.get(new, 0) < _STRENGTH.get(old, 0):
        words = f"once it leaves the stack: {new}; before: {old}"
        yield Consequence(words, _POLICIES, Verdict.WEAKENED)
    old, new = (str(side.get("UpdateReplacePolicy", "Delete")) for side in (before, after))
    if _STRENGTH.get(new, 0) < _STRENGTH.get(old, 0):
        words = f"once it is replaced: {new}; before: {old}"
        yield Consequence(words, _POLICIES, Verdict.WEAKENED)


def _page(kind: str) -> str:
    """Return CloudFormation's page of a type."""
    name = kind.removeprefix("AWS::").replace("::", "-").lower()
    guide = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
    return f"{guide}/aws-resource-{name}.html"
