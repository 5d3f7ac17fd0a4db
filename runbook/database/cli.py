"""`groundwork database`: where a database is, how to connect, and the tunnel to a private one."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration

if TYPE_CHECKING:
    from settings import Settings

app = typer.Typer(help="Connect to a database.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A database of data.databases.")]

READ = (
    'PGPASSWORD="$(aws secretsmanager get-secret-value --region {region} --secret-id {secret} '
    "--query SecretString --output text | "
    """python3 -c 'import json, sys; print(json.load(sys.stdin)["password"])')" """
)
CONNECT = "psql 'host={host} port={port} dbname={database} user={user} sslmode=require'"


@app.command()
def show(name: Name, config: Configuration = CONFIGURATION) -> None:
    """Print host, port, database, user, where the password is, and a command that connects."""
    settings = _settings(config)
    host, port, secret = _place(settings, name)
    declared = settings.data.databases[name]
    region = secret.split(":")[3]
    details = {
        "host": host,
        "port": port,
        "database": declared.first_database(name),
        "user": declared.user,
        "password": f"in the secret {secret}",
    }
    for key, value in details.items():
        print(f"{key:9} {value}")
    print("\nConnect:")
    print(READ.format(region=region, secret=secret) + CONNECT.format(**details))
    if not declared.public:
        print(f"\nIt has no public address. Before: groundwork database tunnel {name}")
        print("in another terminal, and here with hostaddr=127.0.0.1 behind the host.")


@app.command()
def tunnel(
    name: Name,
    config: Configuration = CONFIGURATION,
    port: Annotated[int, typer.Option(help="The port of this machine.")] = 5432,
) -> None:
    """Open a tunnel through the bastion: no inbound port, no key pair. Ctrl-C closes it."""
    from runbook.base.errors import UserError
    from runbook.base.outputs import Outputs
    from settings.contract import Output

    settings = _settings(config)
    host, there, secret = _place(settings, name)
    network = settings.data.network_of(settings.data.databases[name])
    if not settings.data.bastion:
        raise UserError("There is no bastion.", "Set data.bastion: true and deploy that.")
    bastion = Outputs(settings, Output.BASTION)[Output.BASTION, network]
    region = secret.split(":")[3]
    program = shutil.which("aws")
    if not program or not shutil.which("session-manager-plugin"):
        raise UserError(
            "The tunnel needs AWS's command line and its session-manager-plugin.",
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
            "session-manager-working-with-install-plugin.html",
        )
    _wake(bastion, region)
    print(f"Listening on 127.0.0.1:{port}; Ctrl-C closes the tunnel.", flush=True)
    os.execv(program, session(bastion, region, host, there, port))  # noqa: S606 - no shell


def session(bastion: str, region: str, host: str, there: str, here: int) -> list[str]:
    """Return the command that forwards a port of this machine through the bastion."""
    parameters = f"host={host},portNumber={there},localPortNumber={here}"
    command = (
        f"aws ssm start-session --region {region} --target {bastion} "
        f"--document-name AWS-StartPortForwardingSessionToRemoteHost --parameters {parameters}"
    )
    return shlex.split(command)


def _wake(bastion: str, region: str) -> None:
    """Start the bastion, which stops itself an hour after its last session."""
    import boto3
    from rich.console import Console

    from runbook.base import aws

    client = boto3.client("ec2", region_name=region, config=aws.CONFIG)
    with Console(stderr=True).status("Starting the bastion: a minute or two when it was stopped"):
        client.start_instances(InstanceIds=[bastion])
        client.get_waiter("instance_status_ok").wait(InstanceIds=[bastion])


def _settings(config: Path) -> Settings:
    from runbook.base import aws
    from settings import load

    settings = load(config)
    aws.caller_in(settings.account, settings.region)
    return settings


def _place(settings: Settings, name: str) -> tuple[str, str, str]:
    """Return a database's host, its port, and the ARN of its secret."""
    from runbook.base.outputs import Outputs
    from settings.contract import Output

    outputs = Outputs(settings, Output.DATABASE_ADDRESS, Output.DATABASE_SECRET)
    host, _, port = outputs[Output.DATABASE_ADDRESS, name].rpartition(":")
    return host, port, outputs[Output.DATABASE_SECRET, name]
