"""What the commands of `groundwork changes` do, step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from rich.console import Console

from runbook.base import aws, project
from runbook.base.assembly import Assembly
from runbook.base.errors import UserError
from runbook.base.options import naming
from runbook.changes import direct, groups, machine, pacing
from runbook.changes.alive import unless_executing
from runbook.changes.change_set import discard_reviewed
from runbook.changes.context import Context
from runbook.changes.direct import refuse_expired
from runbook.changes.execute import verify
from runbook.changes.guarding import guard_again
from runbook.changes.locks import preparing
from runbook.changes.people import name, same
from runbook.changes.prepare import Preparation, discarded_unless_saved, now, review
from runbook.changes.records import Records, StoredApproval, StoredReview
from runbook.changes.render import terminal
from runbook.changes.review import Approval, ExecutionStatus, Review
from runbook.changes.stores import Folder
from runbook.changes.undeclared import undeclared
from runbook.doctor import command as doctor
from runbook.drift.reviewed import refuse_new, with_drift
from settings import Settings
from settings.values.regions import REGIONS

SAVED = "Review {id} is saved to {place}."
"""What `prepare` says last: the workflow in .github reads the id from it."""
KEPT = (
    "Nobody can approve it: it loses data that the file says to keep. Leave that data alone; or "
    "set keep_data: false there, have that executed, and then prepare this again."
)
Ask = Callable[[str], str]


def prepare(
    context: Context,
    configuration: Path,
    stacks: Collection[str],
    output: Path,
    *,
    replace: bool = False,
) -> Review:
    """Synthesize once, make the change sets, and save the review.

    Where somebody else has a review of one of the stacks open, that is refused, or with `replace`
    discarded first.
    """
    doctor.warn(context.console, context.settings, stacks)
    with context.console.status("Synthesizing the stacks"):
        assembly = project.synthesize(configuration, output).only(stacks)
    names = {stack.name for stack in assembly.stacks}
    with preparing(context, names, replace=replace) as save:
        made = prepared(
            context.console, assembly, context.settings, configuration, context.caller, now()
        )
        with discarded_unless_saved(made):
            made = with_drift(context.console, made)
            terminal.present(made, context.console)
            if made.changed:
                save(made)
    if made.changed:
        place = context.records.store.place
        context.console.print(f"\n{SAVED.format(id=made.id, place=place)}", soft_wrap=True)
        approve_it = f"Next: groundwork changes approve {made.id}{naming(configuration)}"
        following = KEPT if made.ruled_out else approve_it
        context.console.print(following, markup=False, soft_wrap=True)
    return made


def prepared(
    console: Console,
    assembly: Assembly,
    settings: Settings,
    configuration: Path,
    who: aws.Caller,
    moment: datetime,
) -> Review:
    """Publish an assembly and make its change sets. An interrupted attempt leaves nothing."""
    for note in settings.mail.notes():
        console.print(f"Note: {note}", markup=False)
    preparation = Preparation.of(assembly, moment)
    with console.status("Publishing the templates and the functions' code"):
        preparation.publish(who)
    # It asks every region: while it may be interrupted, there is no change set yet.
    left = undeclared(assembly.names, REGIONS, settings.environment)
    with console.status("Making a change set for every stack"):
        made = preparation.make(who)
    for note in pacing.notes(made):
        console.print(f"Note: {note}", markup=False)
    return review(
        assembly,
        made,
        name=preparation.name,
        configuration=configuration.name,
        prepared_by=who.arn,
        now=moment,
        undeclared=left,
    )


def approve(
    context: Context, identifier: str | None, typed: Collection[str], ask: Ask | None
) -> Approval:
    """Show a review, and record that it may be executed.

    What loses data, cannot be read, or decides who approves, is approved by typing its name: in
    `typed`, or in answer to `ask` where there is a person to ask.
    """
    found = context.records.review(identifier)
    _two_people(context, found)
    refuse_expired(found.review)
    _not_executed(context.records, found.review)
    context.records.refuse_other_orders(found)
    for stack in found.review.changed:
        verify(stack)
    terminal.present(found.review, context.console)
    if found.review.ruled_out:
        raise UserError(f"Not approved: {'; '.join(found.review.ruled_out)}.", KEPT)
    for item in found.review.guarded:
        if item not in typed and (ask is None or ask(item) != item):
            raise UserError(
                f"Not approved: the name {item} was not typed.",
                f"Type it when asked, or pass --type {item}",
            )
    approval = Approval(
        review=found.review.id,
        digest=found.digest,
        orders=found.orders,
        approved_by=context.caller.arn,
        approved_at=now(),
        typed=found.review.guarded,
    )
    context.records.save_approval(approval)
    others = groups.missing(context, found, context.records.approvals(found))
    following = f"Next: groundwork changes execute {found.review.id}{naming(context.file)}"
    if others:
        following = f"Still to approve: one of the group {', one of the group '.join(others)}."
    context.console.print(f"\nApproved. {following}", markup=False, soft_wrap=True)
    return approval


def run(context: Context, identifier: str | None) -> None:
    """Execute exactly what was approved, and record how it ended."""
    found = context.records.review(identifier)
    approvals = _approved(context, found)
    if not context.records.executions(found.review):  # what was begun is shown, or goes on
        refuse_expired(found.review)
        refuse_new(context.console, found.review)
    if arn := machine.start(context, found, approvals):
        machine.follow(context, found, arn)
        context.console.print(f"[bold green]Executed[/] review {found.review.id}.")
        return
    typed = {item for stored in approvals for item in stored.approval.typed}
    direct.run(context, found, tuple(item for item in found.review.leaving if item in typed))
    context.console.print(f"[bold green]Executed[/] review {found.review.id}.")


def discard(context: Context, identifier: str | None) -> None:
    """Remove the change sets of a review. Its record stays."""
    found = context.records.review(identifier)
    _not_executed(context.records, found.review)
    store = context.records.store
    if isinstance(store, Folder):
        names = {stack.name for stack in found.review.changed}
        with unless_executing(store, names) as free:
            if taken := ", ".join(sorted(names - free)):
                raise UserError(
                    f"Another command executes a change of {taken} right now.", "Wait for its end."
                )
            _discard(found, interrupted=bool(context.records.executions(found.review)))
    else:
        _discard(found)
    context.console.print(f"The change sets of review {found.review.id} are deleted.")


def _discard(found: StoredReview, *, interrupted: bool = False) -> None:
    for stack in found.review.changed:
        discard_reviewed(stack)
        if interrupted:
            guard_again(stack)


def _approved(context: Context, found: StoredReview) -> list[StoredApproval]:
    """Return the approvals of a review, as many as the file asks for."""
    approvals = context.records.approvals(found)
    access = context.settings.access
    if access and access.two_people:
        approvals = [one for one in approvals if not same(one.approved_by, found.prepared_by)]
    needed = access.approvers if access else 1
    people = {name(one.approved_by) for one in approvals}
    if len(people) < needed:
        raise UserError(
            f"Review {found.review.id} is not approved: it has {len(people)} of {needed} approvals "
            "that are of this very text.",
            f"Have it approved: groundwork changes approve {found.review.id}",
        )
    groups.refuse_missing(context, found, approvals)
    _not_executed(context.records, found.review)
    return approvals


def _not_executed(records: Records, reviewed: Review) -> None:
    if any(execution.status is ExecutionStatus.DONE for execution in records.executions(reviewed)):
        raise UserError(f"Review {reviewed.id} was already executed.", "Prepare again.")


def _two_people(context: Context, found: StoredReview) -> None:
    access = context.settings.access
    if access and access.two_people and same(found.prepared_by, context.records.writer):
        raise UserError(
            "You prepared this change and cannot approve it: the file requires two people.",
            "Ask a second person to approve it.",
        )
