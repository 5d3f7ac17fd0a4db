"""`groundwork local`: the AWS that runs on this machine."""

from __future__ import annotations

import typer

from runbook.base.options import CONFIGURATION, STATE, Configuration, State

app = typer.Typer(help="The AWS that runs on this machine.", no_args_is_help=True)


@app.command()
def deploy(config: Configuration = CONFIGURATION, state: State = STATE) -> None:
    """Deploy the configuration to the embedded AWS, through change sets.

    Example: groundwork local deploy --config ours.yaml
    """
    from runbook.local import deploy as flow

    flow.deploy(config, state)


@app.command()
def stop(state: State = STATE) -> None:
    """Stop the embedded AWS. What was deployed to it is gone then.

    Example: groundwork local stop
    """
    from runbook.local import deploy as flow

    flow.stop(state)
