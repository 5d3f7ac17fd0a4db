"""What an attacker, or a tired author, would slip into a large change: it stands first.

Each kind is read from what is gained, so that nothing that was there before is repeated.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Set

from runbook.changes.access.diff import Gained, grant
from runbook.changes.access.everybody import is_restricted
from runbook.changes.access.globs import may_meet
from runbook.changes.access.identities import SIGN_IN, UNBOUND, reference
from runbook.changes.access.policy import Statement
from runbook.changes.access.resource_policies import ACT_AS, UNLIMITED
from runbook.changes.access.switches import GUARD
from runbook.changes.access_diff import sentence, sentences
from runbook.changes.considered import not_considered
from runbook.changes.kinds import GUARDS, KNOWN
from runbook.changes.review import (
    AccessDiff,
    Danger,
    Effect,
    Finding,
    Grant,
    ResourceChange,
)
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import (
    CLOSE,
    COMPUTED,
    OPEN,
    Template,
    named_text,
)

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

PROTECTING = frozenset(
    {
        "cloudtrail:DeleteTrail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:StopLogging",
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DisableAlarmActions",
        "events:DisableRule",
        "kms:DisableKey",
        "kms:ScheduleKeyDeletion",
        "logs:DeleteLogGroup",
        "logs:PutRetentionPolicy",
        "s3:BypassGovernanceRetention",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
    }
)
"""What lets somebody take away what guards data, or what watches."""
_TAKING_ON = ("sts:assumerole*", "sts:setsourceidentity", "sts:tagsession")
_ADMINISTRATORS = re.compile(r"policy/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$")
_READING = re.compile(r"[a-z0-9-]+:(batchget|describe|get|head|list|lookup|search|view)")
_CANONICAL = re.compile(r"[0-9a-f]{64}")
ACCOUNT = re.compile(r"(?:^|[:/])([0-9]{12})(?=[:./]|$)")


def of_access(
    gained: Gained, diffs: Collection[AccessDiff], before: Reading, after: Reading
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
    for one in (one for diff in diffs for one in diff.lost if _shuts_out(one)):
        yield Finding(danger=Danger.INTERRUPTS, place=one.on, text=sentence(one, lost=True))
    for connection in gained.connections:
        if COMPUTED in f"{connection.source}{connection.protocol}":
            text = f"who may connect cannot be read: {connection.source} {connection.protocol}"
            yield Finding(
                danger=Danger.UNREADABLE,
                place=named_text(connection.on, places),
                text=named_text(text, places),
            )


def _shuts_out(grant: Grant) -> bool:
    """Tell a denial for everybody, administrators too: only the root user can take it back."""
    return grant.denies and grant.holder == "everybody" and not grant.condition


def _kind(statement: Statement, new: Set[str]) -> Danger | None:
    """Return what is dangerous about a permission that begins, or a denial that ends."""
    if any(COMPUTED in text for text in _texts(statement)):
        return Danger.UNREADABLE
    guards = any(text.startswith(GUARD) for text in statement.who.patterns)
    if guards or not statement.allows or UNLIMITED in statement.actions.patterns:
        return Danger.WEAKENED
    return _of_actions(statement, new)


def _of_actions(statement: Statement, new: Set[str]) -> Danger | None:
    actions = {action.lower() for action in statement.actions.patterns}
    if _is_foreign(statement, actions):
        return Danger.FOREIGN
    if SIGN_IN in actions:
        return Danger.ESCALATES
    if ACT_AS in actions:
        return (
            None
            if all(_is_new(one, new) for one in statement.resources.patterns)
            else (Danger.ESCALATES)
        )
    if statement.subject in statement.resources.patterns and any(map(_is_trust, actions)):
        return None if _is_service_of_new(statement, new) else Danger.TRUST
    if _is_administrator(statement, actions):
        return Danger.ADMINISTRATOR
    if UNBOUND in actions or any(map(_escalates, actions)):
        return Danger.ESCALATES
    if any(may_meet(action, one.lower()) for action in actions for one in PROTECTING):
        return Danger.WEAKENED
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


def _is_foreign(statement: Statement, actions: Set[str]) -> bool:
    """Tell whether somebody of an account that nobody can tell is let in.

    A canonical user is an account by another number. A service acts for whoever asks it to, unless
    a condition says for whom: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    """
    who = statement.who.patterns
    if any(map(_CANONICAL.fullmatch, who)):
        return True
    services = all(one.endswith(".amazonaws.com") for one in who)
    return services and not any(map(_is_trust, actions)) and not is_restricted(statement.tests)


def _is_new(resource: str, new: Set[str]) -> bool:
    """Tell a role of the same change, whose rights are shown: by its name, or by its ARN."""
    return reference(resource.strip(OPEN + CLOSE).partition(".")[0]) in new


def _is_trust(action: str) -> bool:
    return any(may_meet(action, one) for one in _TAKING_ON)


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
        for key in not_considered(old, new):
            text = f"what {key} does is not judged"
            yield Finding(danger=Danger.UNREADABLE, place=change.place, text=text)
        for other in sorted(_accounts(new) - _accounts(old) - {account}):
            yield Finding(danger=Danger.FOREIGN, place=change.place, text=f"account {other}")
        if change.type in GUARDS and _ends(change, changes):
            yield Finding(danger=Danger.WEAKENED, place=change.place, text=GUARDS[change.type])
        if text := _denial(old, new):
            yield Finding(danger=Danger.WEAKENED, place=change.place, text=text)


def _denial(old: Template | None, new: Template | None) -> str:
    """Say that an entry of a network ACL denies no longer what it denied."""
    properties = (old or {}).get("Properties", {})
    denies = (old or {}).get("Type") == "AWS::EC2::NetworkAclEntry" and (
        properties.get("RuleAction") == "deny"
    )
    if not denies or properties == (new or {}).get("Properties"):
        return ""
    return f"no longer denied: {properties.get('CidrBlock', properties.get('Ipv6CidrBlock'))}"


def _accounts(resource: Template | None) -> set[str]:
    text = json.dumps((resource or {}).get("Properties", {}))
    return {
        number for string in re.findall(r'"([^"]*)"', text) for number in ACCOUNT.findall(string)
    }


def _ends(change: ResourceChange, changes: Iterable[ResourceChange]) -> bool:
    """Tell whether a guard goes, or is another one from now on, while there is what it guards."""
    if change.effect is Effect.DELETE:
        return change.type == "AWS::Logs::LogGroup" or _stays(change, changes)
    return change.effect is Effect.REPLACE


def _stays(change: ResourceChange, changes: Iterable[ResourceChange]) -> bool:
    """Tell whether the item of a deleted guard stays: else its guard has nothing to guard."""
    same = [other for other in changes if other.item == change.item and other.type not in GUARDS]
    return not same or any(other.effect is not Effect.DELETE for other in same)
