"""What the commands of `groundwork changes` do, step by step."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from runbook.base import aws, project
from runbook.base.assembly import Assembly
from runbook.base.errors import UserError
from runbook.changes import terminal
from runbook.changes.execute import execute, verify
from runbook.changes.prepare import Preparation, discard_reviewed, now, review, undeclared
from runbook.changes.progress import watching
from runbook.changes.records import Kept, Records, records_of
from runbook.changes.review import Approval, Execution, Outcome, Review
from settings import Settings, load
from settings.values.regions import REGIONS

Ask = Callable[[str], str]


class Work(NamedTuple):
    """What every command starts with: the configuration, who calls, and the account's records."""

    console: Console
    settings: Settings
    caller: aws.Caller
    records: Records

    @classmethod
    def at(cls, configuration: Path, state: Path) -> Work:
        """Read the configuration and make sure that the credentials are for its account."""
        settings = load(configuration)
        who = aws.caller_in(settings.account, settings.region)
        return cls(Console(highlight=False), settings, who, records_of(settings, state))


def prepare(work: Work, configuration: Path, stacks: Collection[str], output: Path) -> Review:
    """Synthesize once, make the change sets, and keep the review."""
    moment = now()
    with work.console.status("Synthesizing the stacks"):
        assembly = project.synthesize(configuration, output).only(stacks)
    made = prepared(work.console, assembly, work.settings, configuration, work.caller, moment)
    terminal.present(made, work.console)
    if made.changed:
        work.records.keep_review(made)
        work.console.print(
            f"\nReview {made.id} is kept in {work.records.store.place}.", soft_wrap=True
        )
        work.console.print(f"Next: groundwork changes approve {made.id}")
    return made


def prepared(
    console: Console,
    assembly: Assembly,
    settings: Settings,
    configuration: Path,
    who: aws.Caller,
    moment: datetime,
) -> Review:
    """Publish and make the change sets of an assembly. Nothing stays of an interrupted attempt."""
    for note in settings.mail.notes():
        console.print(f"Note: {note}", markup=False)
    preparation = Preparation.of(assembly, moment)
    with console.status("Publishing the templates and the functions' code"):
        preparation.publish()
    with console.status("Making a change set for every stack"):
        made = preparation.make()
    return review(
        assembly,
        made,
        name=preparation.name,
        configuration=configuration.name,
        prepared_by=who.arn,
        now=moment,
        undeclared=undeclared(assembly.names, REGIONS, settings.environment),
    )


def approve(
    work: Work, identifier: str | None, typed: Collection[str], ask: Ask | None
) -> Approval:
    """Show a review, and record that it may be executed.

    Each replacement or deletion of what holds data is approved by typing its name: in `typed`, or
    in answer to `ask` where there is a person to ask.
    """
    found = work.records.review(identifier)
    _two_people(work, found.review)
    _in_time(found.review)
    _not_executed(work.records, found.review)
    for stack in found.review.changed:
        verify(stack)
    terminal.present(found.review, work.console)
    for name in found.review.guarded:
        if name not in typed and (ask is None or ask(name) != name):
            raise UserError(
                f"Not approved: what holds data is replaced or deleted, and {name} was not typed.",
                f"Type it when asked, or pass --type {name}",
            )
    approval = Approval(
        review=found.review.id,
        digest=found.digest,
        approved_by=work.caller.arn,
        approved_at=now(),
        typed=found.review.guarded,
    )
    work.records.keep_approval(approval)
    work.console.print(f"\nApproved. Next: groundwork changes execute {found.review.id}")
    return approval


def run(work: Work, identifier: str | None) -> None:
    """Execute exactly what was approved, and record how it ended."""
    found = work.records.review(identifier)
    approval = _approved(work.records, found)
    _in_time(found.review)
    lifted = tuple(name for name in found.review.guarded if name in approval.typed)
    try:
        with watching(work.console, found.review) as watch:
            execute(found.review, watch, lifted=lifted)
    except BaseException as error:
        with suppress(UserError):  # what went wrong first is what the person has to know
            _record(work, found, lifted, str(error) or "interrupted")
        raise
    _record(work, found, lifted)
    work.console.print(f"[bold green]Executed[/] review {found.review.id}.")


def _record(work: Work, found: Kept, lifted: tuple[str, ...], failure: str = "") -> None:
    execution = Execution(
        review=found.review.id,
        digest=found.digest,
        executed_by=work.caller.arn,
        executed_at=now(),
        outcome=Outcome.FAILED if failure else Outcome.DONE,
        change_sets=tuple(stack.change_set or "" for stack in found.review.changed),
        lifted=lifted,
        message=failure,
    )
    work.records.keep_execution(execution)


def discard(work: Work, identifier: str | None) -> None:
    """Remove the change sets of a review. Its record stays."""
    found = work.records.review(identifier)
    _not_executed(work.records, found.review)
    for stack in found.review.changed:
        discard_reviewed(stack)
    work.console.print(f"The change sets of review {found.review.id} are removed.")


def history(work: Work) -> None:
    """List reviews, with who approved and executed them."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Review", "Prepared by", "Approved by", "Executed by"):
        table.add_column(heading, overflow="fold")
    for identifier, item in work.records.reviews():
        if item is None:
            table.add_row(Text(identifier), "cannot be read")
            continue
        approval = work.records.approval(item)
        executions = work.records.executions(item)
        table.add_row(
            Text(identifier),
            Text(person(item.prepared_by)),
            Text(person(approval.approved_by) if approval else "–"),
            Text(", ".join(f"{person(e.executed_by)} ({e.outcome})" for e in executions) or "–"),
        )
    work.console.print(table if table.row_count else "No change has been reviewed yet.")


def state(records: Records, reviewed: Review) -> str:
    """Say in a line how far a review has come."""
    approval, executions = records.approval(reviewed), records.executions(reviewed)
    if executions:
        last = executions[-1]
        return (
            f"{str(last.outcome).capitalize()} by {person(last.executed_by)}, {last.executed_at}."
        )
    if approval:
        return f"Approved by {person(approval.approved_by)}, {approval.approved_at}."
    return f"Prepared by {person(reviewed.prepared_by)}, {reviewed.prepared_at}; not approved yet."


def person(arn: str) -> str:
    """Return the part of a caller's ARN by which people know each other."""
    return arn.rpartition(":")[2].removeprefix("assumed-role/")


def _approved(records: Records, found: Kept) -> Approval:
    approval = records.approval(found.review)
    if approval is None:
        raise UserError(
            f"Review {found.review.id} is not approved.",
            f"Somebody approves it with: groundwork changes approve {found.review.id}",
        )
    if approval.digest != found.digest:
        raise UserError(
            f"Review {found.review.id} is not what was approved: its text has another digest.",
            "Prepare and approve again.",
        )
    _not_executed(records, found.review)
    return approval


def _not_executed(records: Records, reviewed: Review) -> None:
    if any(execution.outcome is Outcome.DONE for execution in records.executions(reviewed)):
        raise UserError(f"Review {reviewed.id} is executed already.", "Prepare again.")


def _in_time(prepared_review: Review) -> None:
    if now() > prepared_review.execute_before:
        raise UserError(
            f"Review {prepared_review.id} was good until {prepared_review.execute_before}.",
            "Prepare again: what was true then need not be true now.",
        )


def _two_people(work: Work, prepared_review: Review) -> None:
    access = work.settings.access
    if access and access.two_people and _same(prepared_review.prepared_by, work.caller.arn):
        raise UserError(
            "Whoever prepared a change cannot approve it: the file asks for two people.",
            "Somebody else approves it.",
        )


def _same(first: str, second: str) -> bool:
    """Tell whether two callers are one person, who may have taken on two roles.

    A session that is named after an e-mail address, as single sign-on names them, is a person's.
    """
    sessions = [re.fullmatch(r".*:assumed-role/[^/]+/(.+@.+)", arn) for arn in (first, second)]
    people = [session[1] for session in sessions if session]
    return first == second or (len(people) == 2 and people[0] == people[1])
