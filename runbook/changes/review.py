"""The review: what one preparation would do to every stack, as one file with one digest."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from runbook.changes.parts import (
    TYPED,
    AccessDiff,
    Danger,
    DeclaredChange,
    Difference,
    Effect,
    Finding,
    Observation,
    Record,
    ResourceChange,
    Risk,
    item_of,
)
from runbook.drift.change import Drift


class StackAction(StrEnum):
    """What happens to a stack as a whole."""

    CREATE = "created"
    UPDATE = "updated"
    NOTHING = "unchanged"


class StackReview(Record):
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
    parameters: dict[str, str] = Field(default_factory=dict)
    assets: dict[str, str] = Field(default_factory=dict)
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


class Review(Record):
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


class Approval(Record):
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


class Execution(Record):
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
