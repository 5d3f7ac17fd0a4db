"""Permissions and network openings of a template, so that two templates can be compared.

Each is one grant: who holds it, what it allows, on what, under which condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from runbook.changes.review import AccessDiff, Grant
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import display, named, place

_POLICY_HOLDERS = ("Users", "Roles", "Groups")
_RESOURCE_POLICIES = {
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SQS::QueuePolicy": ("Queues", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId", "ResourcePolicy"),
    "AWS::KMS::Key": ("", "KeyPolicy"),
}


def permissions(before: Reading, after: Reading) -> AccessDiff:
    """Compare who may do what."""
    return _compare(_placed(before, _permissions), _placed(after, _permissions))


def network(before: Reading, after: Reading) -> AccessDiff:
    """Compare who may connect."""
    return _compare(_placed(before, _openings), _placed(after, _openings))


def _placed(template: Reading, read: Callable[[Reading], Iterator[Grant]]) -> set[Grant]:
    """Name resources by their places, which people know, instead of by their logical ids."""
    places = template.places()

    def placed(words: str) -> str:
        return str(named(words, places))

    return {
        Grant(
            holder=placed(grant.holder),
            allows=grant.allows,
            on=placed(grant.on),
            condition=placed(grant.condition),
        )
        for grant in read(template)
    }


def _compare(before: set[Grant], after: set[Grant]) -> AccessDiff:
    def ordered(grants: set[Grant]) -> tuple[Grant, ...]:
        # By every field: a review is compared with another reading, in another process.
        return tuple(sorted(grants, key=lambda g: (g.holder, g.allows, g.on, g.condition)))

    return AccessDiff(gained=ordered(after - before), lost=ordered(before - after))


def _permissions(template: Reading) -> Iterator[Grant]:
    for logical_id, resource in template.resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        where = place(logical_id, resource)
        if kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            holders = [display(item) for key in _POLICY_HOLDERS for item in properties.get(key, ())]
            yield from _statements(properties["PolicyDocument"], ", ".join(holders) or where)
        elif kind in ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"):
            yield from _of_principal(where, properties)
        elif kind in _RESOURCE_POLICIES:
            owner, document = _RESOURCE_POLICIES[kind]
            of = display(properties.get(owner, where)) if owner else where
            yield from _statements(
                properties.get(document, {}), f"anybody, by the policy of {of}", every=of
            )
        elif kind == "AWS::Lambda::Permission":
            yield Grant(
                holder=display(properties["Principal"]),
                allows=display(properties["Action"]),
                on=display(properties["FunctionName"]),
                condition=display(properties.get("SourceArn", "")),
            )


def _of_principal(where: str, properties: dict[str, Any]) -> Iterator[Grant]:
    for policy in properties.get("Policies", ()):
        yield from _statements(policy["PolicyDocument"], where)
    for managed in properties.get("ManagedPolicyArns", ()):
        yield Grant(holder=where, allows="everything in the policy", on=display(managed))
    if trust := properties.get("AssumeRolePolicyDocument"):
        yield from _statements(trust, "anybody", on=where)


def _statements(document: Any, holder: str, on: str = "", every: str = "*") -> Iterator[Grant]:
    """Yield a policy's grants. A resource's own policy means itself by *: that is `every`."""
    for statement in _listed(document.get("Statement", ())):
        verb = "" if statement.get("Effect") == "Allow" else "NOT "
        verb += "all but " if "NotAction" in statement else ""
        condition = display(statement["Condition"]) if "Condition" in statement else ""
        for action in _listed(statement.get("Action", statement.get("NotAction", ()))):
            for resource in _resources(statement, on or "*"):
                yield Grant(
                    holder=_holder(statement) or holder,
                    allows=f"{verb}{display(action)}",
                    on=every if resource == "*" else resource,
                    condition=condition,
                )


def _resources(statement: dict[str, Any], otherwise: str) -> list[str]:
    if "NotResource" in statement:
        return ["all but " + ", ".join(display(item) for item in _listed(statement["NotResource"]))]
    return [display(item) for item in _listed(statement.get("Resource", otherwise))]


def _holder(statement: dict[str, Any]) -> str:
    if "NotPrincipal" in statement:
        return f"everybody but {_principal(statement['NotPrincipal'])}"
    return _principal(statement["Principal"]) if "Principal" in statement else ""


def _principal(principal: Any) -> str:
    if isinstance(principal, str):
        return "anybody" if principal == "*" else principal
    names = [display(name) for value in principal.values() for name in _listed(value)]
    return ", ".join("anybody" if name == "*" else name for name in names)


def _openings(template: Reading) -> Iterator[Grant]:
    for logical_id, resource in template.resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        where = place(logical_id, resource)
        if kind == "AWS::EC2::SecurityGroup":
            for rule in properties.get("SecurityGroupIngress", ()):
                yield _rule(rule, where)
        elif kind == "AWS::EC2::SecurityGroupIngress":
            yield _rule(properties, display(properties.get("GroupId", where)))
        elif properties.get("PubliclyAccessible") is True:
            yield Grant(holder="the internet", allows="an address to connect to", on=where)


def _rule(rule: dict[str, Any], where: str) -> Grant:
    source = next(
        (
            rule[key]
            for key in ("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourcePrefixListId")
            if key in rule
        ),
        "anywhere",
    )
    first, last = rule.get("FromPort", "any"), rule.get("ToPort", "any")
    ports = display(first) if first == last else f"{display(first)}–{display(last)}"
    return Grant(
        holder=display(source), allows=f"{rule.get('IpProtocol', 'any')} {ports}", on=where
    )


def _listed(value: Any) -> list[Any]:
    return (
        value
        if isinstance(value, list)
        else [value]
        if isinstance(value, (str, dict))
        else list(value)
    )
