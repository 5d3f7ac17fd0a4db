"""What an attacker, or a tired author, would slip into a large change: it stands first.

Each kind is read from what is gained, so that nothing that was there before is repeated.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set

from runbook.changes.access.diff import Gained, grant
from runbook.changes.access.globs import may_meet
from runbook.changes.access.identities import UNBOUND, reference
from runbook.changes.access.policy import Statement
from runbook.changes.access.switches import GUARD
from runbook.changes.access_diff import sentence, sentences
from runbook.changes.kinds import GUARDS, KNOWN
from runbook.changes.review import AccessDiff, Danger, Effect, Finding, Grant, ResourceChange
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import COMPUTED, Template, named_text

ESCALATING = frozenset(
    {
        "cloudformation:SetStackPolicy",
        "iam:AddUserToGroup",
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:CreatePolicyVersion",
        "iam:CreateServiceSpecificCredential",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteUserPermissionsBoundary",
        "iam:PassRole",
        "iam:PutGroupPolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:PutUserPermissionsBoundary",
        "iam:PutUserPolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateLoginProfile",
        "kms:CreateGrant",
        "kms:PutKeyPolicy",
        "lambda:AddPermission",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "organizations:LeaveOrganization",
        "ram:CreateResourceShare",
        "s3:PutBucketAcl",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "secretsmanager:PutResourcePolicy",
        "ssm:SendCommand",
        "ssm:StartSession",
        "sts:AssumeRole",
    }
)
"""What lets somebody take more rights, or hand them out.

<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>,
the access level "Permissions management", and the known ways to rise from there.
"""

_ADMINISTRATORS = re.compile(r"policy/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$")
_READING = re.compile(r"[a-z0-9-]+:(batchget|describe|get|head|list|lookup|search|view)")
_ACCOUNT = re.compile(r"(?:^|[:/])([0-9]{12})(?=[:./]|$)")


def of_access(
    gained: Gained, diffs: Iterable[AccessDiff], before: Reading, after: Reading
) -> Iterator[Finding]:
    """Yield the dangers in the access that is gained."""
    places = {**before.places(), **after.places()}
    new = {reference(name) for name in {*after.resources} - {*before.resources}}
    found: dict[tuple[Danger, str], list[Grant]] = defaultdict(list)
    for statement in gained.statements:
        if danger := _kind(statement, new):
            found[danger, named_text(statement.subject, places)].append(grant(statement, places))
    for danger, where in sorted(found):
        for text in sentences(found[danger, where]):
            yield Finding(danger=danger, place=where, text=text)
    for one in (one for diff in diffs for one in diff.gained if one.everybody):
        yield Finding(danger=Danger.EVERYBODY, place=one.on, text=sentence(one))
    for connection in gained.connections:
        if COMPUTED in f"{connection.source}{connection.protocol}":
            text = f"who may connect cannot be read: {connection.source} {connection.protocol}"
            yield Finding(
                danger=Danger.UNREADABLE,
                place=named_text(connection.on, places),
                text=named_text(text, places),
            )


def _kind(statement: Statement, new: Set[str]) -> Danger | None:
    """Return what is dangerous about a permission that begins, or a denial that ends."""
    if any(COMPUTED in text for text in _texts(statement)):
        return Danger.UNREADABLE
    if not statement.allows or any(text.startswith(GUARD) for text in statement.who.patterns):
        return Danger.WEAKENED
    return _of_actions(statement, new)


def _of_actions(statement: Statement, new: Set[str]) -> Danger | None:
    actions = {action.lower() for action in statement.actions.patterns}
    if statement.subject in statement.resources.patterns and any(map(_is_trust, actions)):
        return None if _is_service_of_new(statement, new) else Danger.TRUST
    if _is_administrator(statement, actions):
        return Danger.ADMINISTRATOR
    if UNBOUND in actions or any(map(_escalates, actions)):
        return Danger.ESCALATES
    return Danger.BROAD if _is_broad(statement, actions) else None


def _texts(statement: Statement) -> Iterator[str]:
    for terms in (statement.who, statement.actions, statement.resources):
        yield from terms.patterns
    for test in statement.tests:
        yield from test.values


def _is_service_of_new(statement: Statement, new: Set[str]) -> bool:
    """Tell whether a role that is added trusts services of AWS alone, as most have to."""
    services = all(who.endswith(".amazonaws.com") for who in statement.who.patterns)
    return services and statement.subject in new


def _is_trust(action: str) -> bool:
    return may_meet(action, "sts:assumerole*")


def _is_administrator(statement: Statement, actions: Set[str]) -> bool:
    if statement.actions.excluded:
        return True
    return bool(actions & {"*", "*:*"}) or any(
        map(_ADMINISTRATORS.search, statement.actions.patterns)
    )


def _escalates(action: str) -> bool:
    return any(may_meet(action, one.lower()) for one in ESCALATING)


def _is_broad(statement: Statement, actions: Set[str]) -> bool:
    if any(action.endswith(":*") for action in actions):
        return True
    everything = statement.resources.excluded or "*" in statement.resources.patterns
    spelled = {action for action in actions if ":" in action}
    return everything and any(not _READING.match(action) for action in spelled)


def of_changes(
    changes: Iterable[ResourceChange], before: Reading, after: Reading, account: str
) -> Iterator[Finding]:
    """Yield the dangers in what is added, changed and deleted."""
    changes = [*changes]
    for change in changes:
        old, new = before.resources.get(change.logical_id), after.resources.get(change.logical_id)
        if change.type not in KNOWN:
            text = f"the type {change.type} is not known: what it holds and opens is not judged"
            yield Finding(danger=Danger.UNREADABLE, place=change.place, text=text)
        for other in sorted(_accounts(new) - _accounts(old) - {account}):
            yield Finding(danger=Danger.FOREIGN, place=change.place, text=f"account {other}")
        if before.resources and _has_other_code(old, new):
            what = "other code" if old else "code that is new to this stack"
            yield Finding(danger=Danger.CODE, place=change.place, text=what)
        if work := _new_work(old, new):
            yield Finding(danger=Danger.CODE, place=change.place, text=work)
        if change.type in GUARDS and change.effect is Effect.DELETE and _stays(change, changes):
            yield Finding(danger=Danger.WEAKENED, place=change.place, text=GUARDS[change.type])


def _accounts(resource: Template | None) -> set[str]:
    text = json.dumps((resource or {}).get("Properties", {}))
    return {
        number for string in re.findall(r'"([^"]*)"', text) for number in _ACCOUNT.findall(string)
    }


def _has_other_code(old: Template | None, new: Template | None) -> bool:
    """Tell whether a function gets code that this stack did not have before."""
    code = [(side or {}).get("Properties", {}).get("Code") for side in (old, new)]
    return (new or {}).get("Type") == "AWS::Lambda::Function" and code[0] != code[1]


def _new_work(old: Template | None, new: Template | None) -> str:
    """Say what a state machine does by itself from now on, in its own words where it has some."""
    texts = [_definition(side) for side in (old, new)]
    if (new or {}).get("Type") != "AWS::StepFunctions::StateMachine" or texts[0] == texts[1]:
        return ""
    said = re.search(r'"Comment" *: *"([^"\\]+)"', str(texts[1]))
    return f"by itself, it {said[1]}" if said else "what it does by itself has no description"


def _definition(resource: Template | None) -> str:
    properties = (resource or {}).get("Properties", {})
    return properties.get("DefinitionString") or json.dumps(properties.get("Definition"))


def _stays(change: ResourceChange, changes: Iterable[ResourceChange]) -> bool:
    """Tell whether the item of a deleted guard stays: else its guard has nothing to guard."""
    same = [other for other in changes if other.item == change.item and other.type not in GUARDS]
    return not same or any(other.effect is not Effect.DELETE for other in same)
