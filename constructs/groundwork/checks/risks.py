"""Accepted risks: single findings on single resources, each until a day.

A risk that is past its date, names a place that does not exist, matches no finding, or matches
several, is an error: otherwise a list of exceptions only ever grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from aws_cdk import App, CfnResource, Stack
from constructs import IConstruct

from groundwork.checks.findings import Finding, acknowledge
from settings.contract import ACCEPTED_RISKS
from settings.diagnostics import Location
from settings.models.risks import AcceptedRisk
from settings.plan import StackId


def accept(app: App, risks: Sequence[AcceptedRisk]) -> None:
    """Acknowledge each risk at its place, wherever an area's stacks have that place."""
    carried: dict[Stack | CfnResource, list[dict[str, str]]] = {}
    for risk in risks:
        for construct in _at(app, risk.on):
            acknowledge(construct, risk.rule, f"{risk.reason} ({risk.owner}, until {risk.until})")
            both: list[Stack | CfnResource] = [Stack.of(construct), *_resource(construct)]
            for carrier in both:
                carried.setdefault(carrier, []).append(risk.model_dump(mode="json"))
    for carrier, items in carried.items():
        carrier.add_metadata(ACCEPTED_RISKS, items)


def _resource(construct: IConstruct) -> Iterator[CfnResource]:
    """Yield a resource of a construct: a change of its metadata is one that can be reviewed.

    CloudFormation makes no change set of a change of a template's own metadata.
    <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html>
    """
    below = (child for child in construct.node.find_all() if isinstance(child, CfnResource))
    yield from islice(below, 1)


def place(path: str) -> str:
    """Write a construct's path as the configuration names the place: without the region."""
    stack, _, below = path.partition("/")
    area = _area(stack)
    return f"{area}/{below.removesuffix('/Resource').removeprefix(f'{area}/')}"


def _area(construct_id: str) -> str:
    """Return the area of a stack of ours, and any other name as it is."""
    stack = StackId.parse(construct_id)
    return stack.area if stack else construct_id


class Refusal(NamedTuple):
    """What forbids to deploy, and the location in the file that it is about."""

    location: Location
    message: str


def refusals(
    risks: Sequence[AcceptedRisk], found: Sequence[Finding], today: date
) -> Iterator[Refusal]:
    """Yield what is wrong with the accepted risks, and every finding that none of them covers."""
    for index, risk in enumerate(risks):
        for message in _problems(risk, found, today):
            text = f"{risk.rule} on {risk.on} {message}"
            yield Refusal(("accepted_risks", index), text)
    for finding in found:
        if finding.acknowledged_at is None:
            where = place(finding.path)
            text = f"{finding.rule} on {where}: {finding.description}"
            yield Refusal(tuple(where.split("/")[:3]), text)


def _problems(risk: AcceptedRisk, found: Sequence[Finding], today: date) -> Iterator[str]:
    matches = sorted({place(finding.path) for finding in found if _covers(risk, finding)})
    if risk.until < today:
        yield f"expired on {risk.until}; fix it, or ask {risk.owner} to extend it"
    if not matches:
        yield f"matches no finding{_hint(risk, found)}; remove it, or correct it"
    elif len(matches) > 1:
        yield f"matches several resources; accept each by itself: {', '.join(matches)}"


def _covers(risk: AcceptedRisk, finding: Finding) -> bool:
    return (
        finding.rule == risk.rule
        and finding.acknowledged_at is not None
        and place(finding.acknowledged_at) == risk.on
    )


def _hint(risk: AcceptedRisk, found: Sequence[Finding]) -> str:
    """Say what a misspelt rule or place might have meant."""
    here = sorted({f.rule for f in found if f"{place(f.path)}/".startswith(f"{risk.on}/")})
    elsewhere = sorted({place(f.path) for f in found if f.rule == risk.rule})
    if here:
        return f" (found there: {', '.join(here)})"
    return f" ({risk.rule} is found on {', '.join(elsewhere)})" if elsewhere else ""


def _at(app: App, where: str) -> Iterator[IConstruct]:
    area, _, path = where.partition("/")
    for stack in app.node.children:
        if _area(stack.node.id) == area and (construct := _below(stack, path)):
            yield construct


def _below(construct: IConstruct, path: str) -> IConstruct | None:
    """Find a construct by its path. An id may hold anything but a slash, which a CIDR block has."""
    if not path:
        return construct
    for child in construct.node.children:
        if path == child.node.id or path.startswith(f"{child.node.id}/"):
            return _below(child, path[len(child.node.id) + 1 :])
    return None
