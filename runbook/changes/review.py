"""The review: what one preparation would do to every stack, as one file with one digest."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from runbook.drift.change import Drift


class Effect(StrEnum):
    """What happens to a resource. Certain and possible replacements are kept apart."""

    ADD = "add"
    CHANGE = "change"
    MAY_REPLACE = "may-replace"
    REPLACE = "replace"
    DELETE = "delete"
    RETAIN = "retain"
    IMPORT = "import"


def item_of(place: str) -> str:
    """Return the item of the file at a place: databases/analysis, buckets/reports/users/writer."""
    parts = place.split("/")
    return "/".join(parts[: 4 if parts[2:3] in (["users"], ["replicas"]) else 2])


class Verdict(StrEnum):
    """What happens to the data that a resource holds."""

    LOST = "lost"
    EXPIRES = "expires"
    OVERWRITTEN = "overwritten"
    UNKNOWN = "unknown"
    LOCKED = "locked"
    SNAPSHOT = "snapshot"
    PROTECTED = "protected"
    WEAKENED = "weakened"
    KEPT = "kept"


LOSING = frozenset(
    {Verdict.LOST, Verdict.EXPIRES, Verdict.OVERWRITTEN, Verdict.UNKNOWN, Verdict.LOCKED}
)
"""The verdicts on data that is lost, unreadable or in doubt."""


class Danger(StrEnum):
    """What a reviewer has to see first, whatever else a change does. Worst first."""

    RULED_OUT = "ruled-out"
    UNREADABLE = "unreadable"
    APPROVAL = "approval"
    EVERYBODY = "everybody"
    ADMINISTRATOR = "administrator"
    ESCALATES = "escalates"
    FOREIGN = "foreign"
    SENDS = "sends"
    TRUST = "trust"
    BROAD = "broad"
    WEAKENED = "weakened"
    CODE = "code"
    FAILS = "fails"
    INTERRUPTS = "interrupts"


TYPED = frozenset({Danger.UNREADABLE, Danger.APPROVAL})
"""The dangers whose item has to be typed for an approval."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(_Record):
    """One value of a resource before and after; None where there is none. Secrets are masked."""

    path: str
    before: object = None
    after: object = None


class Expiry(_Record):
    """A limit after which S3 deletes objects below a prefix, or their older versions."""

    prefix: str
    days: float
    noncurrent: bool = False


class Reason(_Record):
    """What a change does, and the page on which AWS says so."""

    text: str
    page: str = ""
    danger: Danger | None = None
    expiry: Expiry | None = None


class Observation(_Record):
    """Something counted in the account when the review was made. It may differ a minute later."""

    place: str
    text: str


class ResourceChange(_Record):
    """What happens to one resource."""

    logical_id: str
    type: str
    place: str
    """The construct's path below its stack, which starts with the item's place in the file."""
    effect: Effect
    verdict: Verdict | None = None
    """None for what holds no data."""
    reasons: tuple[Reason, ...] = ()
    """What follows from it, for the data and for those who use it."""
    name: str = ""
    """The name that the file gives it, which only one resource can have."""
    physical_id: str = ""
    """By which AWS knows it; empty before it is there."""
    refused: bool = False
    """Whether CloudFormation refuses to replace it, because its name stays."""
    one_way: bool = False
    """Whether the previous values cannot be put back in place."""
    only_tags: bool = False
    differences: tuple[Difference, ...] = ()

    @property
    def item(self) -> str:
        """Return the item of the file that it belongs to, as in databases/analysis."""
        return item_of(self.place)

    @property
    def leaves(self) -> bool:
        """Tell whether something that holds data is replaced or leaves its stack."""
        stays = self.effect in (Effect.ADD, Effect.CHANGE) or self.refused
        return self.verdict is not None and not stays

    @property
    def guarded(self) -> bool:
        """Tell whether its item has to be typed: it leaves, or its data is not simply kept."""
        return self.leaves or self.verdict not in (None, Verdict.KEPT)


class DeclaredChange(_Record):
    """What the file says differently of one of its items: buckets/reports, suppression."""

    item: str
    effect: Effect
    differences: tuple[Difference, ...] = ()


class Grant(_Record):
    """Something that somebody may do, or may not; or an address that may connect."""

    holder: str
    allows: str
    on: str
    condition: str = ""
    denies: bool = False
    everybody: bool = False
    """Whether it is for whoever asks."""


class AccessDiff(_Record):
    """What gives access and what takes it away. A denial that ends gives, a new one takes."""

    gained: tuple[Grant, ...] = ()
    lost: tuple[Grant, ...] = ()


class Risk(_Record):
    """An accepted risk of a stack, as its template carries it."""

    rule: str
    on: str
    reason: str
    owner: str
    until: date


class Finding(_Record):
    """Something dangerous about a change."""

    danger: Danger
    place: str
    """The construct's path below its stack, as that of a resource."""
    text: str
    page: str = ""


class StackAction(StrEnum):
    """What happens to a stack as a whole."""

    CREATE = "created"
    UPDATE = "updated"
    NOTHING = "unchanged"


class StackReview(_Record):
    """What happens to one stack, and what pins that down."""

    name: str
    region: str
    action: StackAction
    depends_on: tuple[str, ...] = ()
    stack_id: str | None = None
    role: str = ""
    """As whom CloudFormation was asked to execute the change set, by the word of whoever asked."""
    change_set: str | None = None
    """Its ARN: a name can be taken by another change set, an ARN cannot."""
    template_digest: str | None = None
    """SHA-256 of the template that CloudFormation holds for the change set."""
    stack_state: str | None = None
    """When CloudFormation last changed the stack, as it says itself."""
    parameters: dict[str, str] = {}
    assets: dict[str, str] = {}
    """The version of each object that functions take their code from, as the template names it."""
    holds: tuple[str, ...] = ()
    """The logical ids of what holds data in the deployed stack."""
    will_hold: tuple[str, ...] = ()
    """The logical ids of what holds data after the change."""
    changes: tuple[ResourceChange, ...] = ()
    permissions: AccessDiff = AccessDiff()
    network: AccessDiff = AccessDiff()
    declared: tuple[DeclaredChange, ...] = ()
    outputs: tuple[Difference, ...] = ()
    settings: tuple[Difference, ...] = ()
    """What differs in the stack's tags, whom CloudFormation notifies, when it rolls back, as which
    role it acts."""
    findings: tuple[Finding, ...] = ()
    observations: tuple[Observation, ...] = ()
    """Not compared before the execution: these are no part of what is executed."""
    risks: tuple[Risk, ...] = ()
    """Every accepted risk of the stack after the change."""
    new_risks: tuple[Risk, ...] = ()
    """Those that the deployed stack does not have."""

    @property
    def functions(self) -> tuple[ResourceChange, ...]:
        """Return the functions whose code changes."""
        return tuple(
            change
            for change in self.changes
            if change.type == "AWS::Lambda::Function"
            and change.effect is not Effect.ADD
            and any(
                difference.path.startswith("Properties.Code") for difference in change.differences
            )
        )

    @property
    def guarded(self) -> frozenset[str]:
        """Return the items whose names have to be typed."""
        typed = (f for f in self.findings if f.danger in TYPED)
        return frozenset(
            (
                *(change.item for change in self.changes if change.guarded),
                *(item_of(finding.place) for finding in typed),
            )
        )


class Review(_Record):
    """Everything that one preparation would do."""

    version: int = 1
    id: str
    account: str
    configuration: str
    revision: str | None
    prepared_by: str
    prepared_at: datetime
    execute_before: datetime
    stacks: tuple[StackReview, ...]
    undeclared: tuple[str, ...] = ()
    """Deployed stacks that the configuration no longer has. They are left as they are."""
    drift: Drift = Drift()
    """What was changed outside CloudFormation in the stacks that are updated."""
    takes_back: bool = False
    """Whether its change sets take that back, in place of what the file changes."""

    @property
    def changed(self) -> tuple[StackReview, ...]:
        """Return the stacks to which something happens."""
        return tuple(stack for stack in self.stacks if stack.change_set)

    def text(self) -> str:
        """Return the review as it is kept."""
        return self.model_dump_json(indent=2) + "\n"

    def digest(self) -> str:
        """Return the SHA-256 of the review's text."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    @property
    def guarded(self) -> tuple[str, ...]:
        """Return the items, each after its stack's name, whose names have to be typed.

        They hold data that is replaced or leaves its stack, something about them cannot be read, or
        they decide who has to approve.
        """
        return tuple(
            sorted({f"{stack.name}/{item}" for stack in self.stacks for item in stack.guarded})
        )

    @property
    def ruled_out(self) -> tuple[str, ...]:
        """Return what the file rules out by `keep_data`: nobody can approve a review with it."""
        found = {
            f"{stack.name}/{item_of(finding.place)}: {finding.text}"
            for stack in self.stacks
            for finding in stack.findings
            if finding.danger is Danger.RULED_OUT
        }
        return tuple(sorted(found))

    @property
    def leaving(self) -> tuple[str, ...]:
        """Return the items, each after its stack's name, whose stack policy has to be lifted."""
        found = {f"{s.name}/{c.item}" for s in self.stacks for c in s.changes if c.leaves}
        return tuple(sorted(found))


class Approval(_Record):
    """Somebody's word that a review may be executed."""

    review: str
    digest: str
    """The SHA-256 of the review's text, byte by byte, as the approver saw it."""
    orders: str
    """S3's checksum of what the state machine would do."""
    approved_by: str
    approved_at: datetime
    typed: tuple[str, ...] = ()
    """The items whose replacement or deletion was approved by typing their names."""


class ExecutionStatus(StrEnum):
    """How far an execution came."""

    BEGUN = "begun"
    DONE = "executed"
    FAILED = "failed"


class Execution(_Record):
    """What was executed, by whom, and how it ended."""

    review: str
    digest: str
    executed_by: str
    executed_at: datetime
    status: ExecutionStatus
    change_sets: tuple[str, ...]
    lifted: tuple[str, ...] = ()
    """The items whose protection by a stack policy was lifted meanwhile."""
    message: str = ""
    execution: str = ""
    """The execution of the state machine; empty where the command executed."""


def digest_of(document: object) -> str:
    """Return the SHA-256 of a document, whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
