"""The first command: the whole configuration, deployed to an AWS on this machine."""

from __future__ import annotations

import os
import shlex
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape

import embedded
from runbook.base import aws, project
from runbook.base.assembly import Assembly
from runbook.base.errors import UserError
from runbook.base.options import STATE, naming
from runbook.changes import commands
from runbook.changes.change_set import find_stack
from runbook.changes.execute import execute
from runbook.changes.prepare import now
from runbook.changes.progress import watching
from runbook.changes.render import terminal
from runbook.changes.review import Review
from runbook.local import principals
from runbook.status import screen
from settings import Settings, load

TOOLKIT = "CDKToolkit"


def deploy(configuration: Path, state: Path) -> None:
    """Start the embedded AWS, prepare, show and execute every change, and show what was built."""
    console = Console(emoji=False, highlight=False)
    settings = load(configuration)
    with ThreadPoolExecutor(max_workers=1) as aside:
        making = aside.submit(project.synthesize, configuration, state / "assembly")
        with _running(console, settings, state):
            with console.status("Synthesizing the stacks"):
                assembly = making.result()
            _deploy(console, settings, assembly, configuration, state)


def _deploy(
    console: Console, settings: Settings, assembly: Assembly, configuration: Path, state: Path
) -> None:
    _bootstrap(console, assembly)
    if made := principals.make(settings):
        console.print(f"The account has what the file trusts, as yours must: {', '.join(made)}")
    who = aws.caller_in(assembly.account, settings.region)
    prepared = commands.prepared(console, assembly, settings, configuration, who, now())
    terminal.present(prepared, console)
    _execute(console, prepared)
    if made := principals.make_readers(settings):
        console.print(
            f"The account has the readers of its secrets, as yours may: {', '.join(made)}",
            soft_wrap=True,
        )
    screen.overview(console, settings, now(), _next(configuration, state))
    console.print(
        "\nHere RDS and Aurora answer calls but run no database; mail is kept, not delivered.",
        soft_wrap=True,
    )


def _next(configuration: Path, state: Path) -> tuple[tuple[str, str], ...]:
    """Return what to type next: by make, where it would do the same."""
    folder, chosen = shlex.quote(str(state)), naming(configuration)
    options = "" if state == STATE else f" --state {folder}"
    deploying = f"groundwork local deploy{chosen}{options}"
    stopping = f"groundwork local stop{options}"
    return (
        (f". {folder}/aws.env && aws s3 ls", "point this shell's AWS clients at it"),
        (
            deploying if chosen or options else "make deploy-local",
            f"deploy what you change in {configuration.name}",
        ),
        (stopping if options else "make stop-local", "stop it; what was deployed is gone then"),
    )


def stop(state: Path) -> None:
    """Stop the embedded AWS that keeps its state there."""
    console = Console(emoji=False, highlight=False)
    if embedded.stop(state):
        console.print("The embedded AWS is stopped, and what was deployed to it is gone.")
    else:
        console.print("The embedded AWS is not running.")


@contextmanager
def _running(console: Console, settings: Settings, state: Path) -> Iterator[None]:
    """Run the embedded AWS and point this process at it.

    Interrupted, what this run started is stopped again; what ran before goes on.
    """
    before = embedded.find(state)
    try:
        instance = _started(console, settings, state)
        instance.enter(os.environ)
        console.print(
            f"The embedded AWS {'runs' if before else 'is started'} at {instance.endpoint}"
        )
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would stop the cleaning up
        if before is None:
            embedded.stop(state)
            raise UserError("Interrupted. The embedded AWS is stopped; nothing is left.") from None
        raise UserError(
            "Interrupted. The embedded AWS keeps running, and finishes what was begun."
        ) from None
    except UserError as fault:
        if embedded.find(state) is None:
            raise
        running = "The embedded AWS runs on, so that you can look; make stop-local stops it."
        raise UserError(fault.message, f"{fault.advice}\n{running}".strip()) from None


def _started(console: Console, settings: Settings, state: Path) -> embedded.Embedded:
    try:
        with console.status("Starting the embedded AWS"):
            return embedded.start(state, settings.account, settings.region)
    except embedded.EmbeddedError as error:
        raise UserError(str(error)) from None


def _bootstrap(console: Console, assembly: Assembly) -> None:
    missing = [r for r in assembly.regions if find_stack(aws.cloudformation(r), TOOLKIT) is None]
    if not missing:
        return
    with console.status(f"Preparing the account for the CDK in {', '.join(missing)}"):
        places = [f"aws://{assembly.account}/{region}" for region in missing]
        project.cdk("bootstrap", *places, "--qualifier", project.qualifier())
    console.print(f"The account is prepared for the CDK in {', '.join(missing)}")


def _execute(console: Console, prepared: Review) -> None:
    console.print()
    if not prepared.changed:
        console.print("[bold green]Nothing changed:[/] the account is as the file declares it.")
        return
    for name in prepared.guarded:
        console.print(f"On AWS, {escape(name)} would have to be typed.")
    with watching(console, prepared) as watch:
        execute(prepared, watch, lifted=prepared.leaving)
    count = len(prepared.changed)
    stacks = "1 stack" if count == 1 else f"{count} stacks"
    console.print(f"[bold green]Deployed[/] {stacks} through change sets.")
