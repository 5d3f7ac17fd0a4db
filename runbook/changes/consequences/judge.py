"""All that follows from one resource's change: for its data, and for those who use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypedDict

from runbook.changes.consequences import (
    clusters,
    documents,
    instances,
    keeping,
    mail,
    network,
    parameters,
    proxies,
    rds,
    receiving,
    s3,
    secrets,
    starting,
    storage,
    trails,
    watching,
)
from runbook.changes.consequences.among import (
    REPLACING,
    before_its_replicas,
    leaving_member,
    left_without_instances,
    other_parameters,
    taken,
)
from runbook.changes.consequences.fresh import of_new
from runbook.changes.consequences.gone import GONE
from runbook.changes.consequences.model import Consequence, Kind
from runbook.changes.consequences.names import name_of
from runbook.changes.outcome import worst
from runbook.changes.parts import Danger, Effect, Reason, Verdict
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template, named_text
from runbook.changes.verdict import HOLDS_DATA, deletion_policy, holds_data, verdict

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ResourceChangeTypeDef

KINDS: Mapping[str, Kind] = {
    **clusters.KINDS,
    **documents.KINDS,
    **instances.KINDS,
    **mail.KINDS,
    **network.KINDS,
    **secrets.KINDS,
    **parameters.KINDS,
    **proxies.KINDS,
    **rds.KINDS,
    **receiving.KINDS,
    **s3.KINDS,
    **starting.KINDS,
    **storage.KINDS,
    **trails.KINDS,
    **watching.KINDS,
}

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
        *receiving.added_rule(effect, new, before),
        *taken(logical_id, effect, before, new),
        *left_without_instances(logical_id, before, after),
        *leaving_member(logical_id, effect, before, after),
        *other_parameters(logical_id, before, after),
        *before_its_replicas(logical_id, before, after),
    ]
    places = {**before.places(), **after.places()}
    refused = old is not None and new is not None and keeps_its_name(effect, old, new)
    known = Verdict.KEPT if refused and holds_data(old) else verdict(effect, old, new)
    if known and not refused and str(item.get("PolicyAction", "")).endswith("Delete"):
        known = Verdict.LOST  # CloudFormation's own word, whatever we made of the templates
    return {
        "verdict": worst({*filter(None, [known, *(one.verdict for one in found)])}),
        "refused": refused,
        "one_way": any(one.one_way for one in found),
        "reasons": tuple(_reason(one, places) for one in found),
    }


def _reason(one: Consequence, places: Mapping[str, str]) -> Reason:
    text = named_text(one.words, places)
    return Reason(text=text, page=one.page, danger=one.danger, expiry=one.expiry)


def consequences(
    effect: Effect, before: Template | None, after: Template | None
) -> Iterator[Consequence]:
    """Yield what follows from a change; `before` and `after` are worked out."""
    if before and effect in (Effect.DELETE, Effect.REPLACE) and before["Type"] in GONE:
        yield Consequence(*GONE[before["Type"]], danger=Danger.INTERRUPTS)
    if before and after:
        yield from _of_both(effect, before, after)
    elif before and before["Type"] == "AWS::RDS::DBInstance":
        yield from rds.of_leaving_replica(before)
    elif after and effect is Effect.ADD:
        yield from of_new(None, after)


def _of_both(effect: Effect, before: Template, after: Template) -> Iterator[Consequence]:
    """Yield what follows from a change in place, or by another resource."""
    if keeps_its_name(effect, before, after):
        sure = "" if effect is Effect.REPLACE else ", if it has to be replaced"
        words = f"CloudFormation cannot replace it while its name stays {name_of(before)}{sure}"
        yield Consequence(words, REPLACING, danger=Danger.FAILS)
    yield from keeping.given_up(before, after)
    if before["Type"] == "AWS::CloudWatch::Alarm":
        yield from watching.alarm(before, after)
    found = _of_properties(before, after)
    if effect is not Effect.REPLACE:
        yield from found
        yield from _of_policies(before, after)
        return
    yield from (one for one in found if _holds_of_another(one, before))
    if before["Type"] in HOLDS_DATA:
        yield from of_new(before, after)


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
    if not holds_data(before) and before["Type"] != "AWS::Logs::LogGroup":
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
