"""`groundwork adopt`: what the account has already, written into the file and imported."""

from __future__ import annotations

from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, STATE, Configuration, Json, State

Names = list[str] | None
Regions = Annotated[
    Names, typer.Option("--region", help="Look in this region, too; the file's unless named.")
]
Only = Annotated[
    Names, typer.Option("--only", help="A place as in mail/domains; everything unless named.")
]
Without = Annotated[
    Names, typer.Option("--without", help="A place that is left out, as in data/databases/old.")
]
Write = Annotated[bool, typer.Option("--write", help="Write what was found into the file.")]
Prepare = Annotated[
    bool, typer.Option("--prepare", help="Make the change sets that import it, for review.")
]
KeepPassword = Annotated[
    bool,
    typer.Option(
        "--keep-password",
        help="Ask for each database's master password, and keep it; without, it is replaced.",
    ),
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Discard others' open reviews of the same stacks.")
]
Owner = Annotated[str, typer.Option(help="Who owns the accepted risks that it needs.")]
Contact = Annotated[str, typer.Option(help="The contact of senders: an address of the team.")]
CostCenter = Annotated[str, typer.Option(help="Who pays for senders.")]
Approval = Annotated[str, typer.Option(help="The approval of senders.")]
UNNAMED = "to be named"


def adopt(  # noqa: PLR0913, PLR0917 - each parameter is one of the command's options
    config: Configuration = CONFIGURATION,
    state: State = STATE,
    region: Regions = None,
    only: Only = None,
    without: Without = None,
    write: Write = False,
    prepare: Prepare = False,
    keep_password: KeepPassword = False,
    replace: Replace = False,
    owner: Owner = UNNAMED,
    contact: Contact = "",
    cost_center: CostCenter = UNNAMED,
    approval: Approval = UNNAMED,
    as_json: Json = False,
) -> None:
    """Write an account that was made by hand as the file, and import it, touching nothing.

    Without --write and --prepare it only looks. With --only, it also takes over
    what was changed outside CloudFormation in items that the file declares.

    Example: groundwork adopt --region eu-west-2 --write --contact ops@example.org
    """
    from runbook.adopt import commands
    from runbook.adopt.options import Options

    look_at = (tuple(region or ()), tuple(only or ()), tuple(without or ()))
    steps = (write, prepare, keep_password, replace)
    register = (owner, contact, cost_center, approval)
    commands.adopt(Options(config, state, *look_at, *steps, *register, as_json))
