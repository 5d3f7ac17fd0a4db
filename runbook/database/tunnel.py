"""A tunnel to a database through its bastion: Session Manager forwards one port to it.

<https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html>
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.database.place import Place

SECONDS = 60
"""How long a tunnel may take to open."""


def command(place: Place, port: int) -> list[str]:
    """Return the command that forwards a port of this machine; say what it lacks."""
    program = shutil.which("aws")
    if not program or not shutil.which("session-manager-plugin"):
        raise UserError(
            "The tunnel needs AWS's command line and its session-manager-plugin.",
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
            "session-manager-working-with-install-plugin.html",
        )
    document, forwarded = place.document, f"localPortNumber={port}"
    if document is None:
        document = "AWS-StartPortForwardingSessionToRemoteHost"
        forwarded = f"host={place.host},portNumber={place.port},{forwarded}"
    return [
        program,
        *("ssm", "start-session", "--region", place.region, "--target", place.require_bastion()),
        *("--document-name", document),
        *("--parameters", forwarded),
    ]


def wake(place: Place) -> None:
    """Start the bastion, which stops itself an hour after its last session."""
    client = boto3.client("ec2", region_name=place.region, config=aws.CONFIG)
    bastion = place.require_bastion()
    aws.announce(aws.caller(place.region), place.region)
    with Console(stderr=True).status("Starting the bastion: a minute or two when it was stopped"):
        client.start_instances(InstanceIds=[bastion])
        client.get_waiter("instance_status_ok").wait(InstanceIds=[bastion])


@contextmanager
def opened(arguments: list[str], port: int) -> Iterator[None]:
    """Run the forwarding command until the end of the block."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            # Apart from the terminal, whose Ctrl-C is for the session inside the tunnel.
            start_new_session=True,
        )
        try:
            if not _listens(process, port):
                said.seek(0)
                text = said.read().decode(errors="replace").strip()
                raise UserError(f"The tunnel did not open: {text}")
            yield
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return True
    return False
