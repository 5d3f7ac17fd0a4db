"""Starting, finding and stopping the embedded AWS.

One directory holds one instance. Whether it runs is asked of the process and of its health
endpoint; the state file alone proves nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import re
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from embedded import certificate, processes
from embedded.environment import HOST, SCRATCH, server_environment
from embedded.instance import LOG, Embedded, load

START_SECONDS = 90.0
HEALTH_SECONDS = 5.0
MODULE = "embedded.server"


class EmbeddedError(Exception):
    """The embedded AWS could not be started or stopped. The message is for the person who tried."""


def start(directory: Path, account: str, region: str) -> Embedded:
    """Start the embedded AWS in `directory`, or return the one that already runs there.

    It listens on the loopback interface only, on free ports, in a session of its own: it outlives
    the command that started it. What it holds lives in its memory, so `stop` ends the account as
    well. `account` is the twelve-digit account that clients act in; one instance can serve several.
    """
    if not re.fullmatch(r"\d{12}", account):
        raise EmbeddedError(f'An AWS account is a number of 12 digits; "{account}" is not.')
    directory = directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    with _locked(directory):
        running = find(directory)
        if running is None:
            _end(directory)
            running = _launch(directory, account, region)
        running = replace(running, account=account, region=region)
        running.save()
    return running


def find(directory: Path) -> Embedded | None:
    """The embedded AWS that runs in `directory` and answers, or None."""
    instance = load(directory.absolute())
    if instance is None or not _is_ours(instance) or not _is_healthy(instance):
        return None
    return instance


def stop(directory: Path) -> bool:
    """End the embedded AWS of `directory` and all that it started; returns whether one was running.

    Only a process that runs our server for this very directory is signalled. Its log is kept.
    """
    directory = directory.absolute()
    if not directory.is_dir():
        return False
    with _locked(directory):
        return _end(directory)


def _launch(directory: Path, account: str, region: str) -> Embedded:
    files = certificate.issue(directory)
    port, smtp_port = _free_ports(2)
    environment = server_environment(directory, files, port, account, region)
    environment["EMBEDDED_SMTP_PORT"] = str(smtp_port)
    # The directory is an argument only so that the process can be recognised by its command line.
    command = [sys.executable, "-m", MODULE, str(directory)]
    with (directory / LOG).open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=Path(__file__).parent.parent,
            start_new_session=True,
        )
    instance = Embedded(
        endpoint=f"https://{HOST}:{port}",
        port=port,
        pid=process.pid,
        certificate=files.authority,
        directory=directory,
        account=account,
        region=region,
        smtp_port=smtp_port,
    )
    instance.save()
    _await_health(instance, process)
    return instance


def _await_health(instance: Embedded, process: subprocess.Popen[bytes]) -> None:
    ended = processes.until(
        lambda: process.poll() is not None or _is_healthy(instance), START_SECONDS
    )
    if process.poll() is None and ended:
        # The process is meant to outlive us; without this, Popen complains when it is collected.
        process.returncode = 0
        return
    how = (
        f"ended with status {process.returncode}"
        if ended
        else f"said nothing for {START_SECONDS:.0f} s"
    )
    _end(instance.directory)
    raise EmbeddedError(
        f"The embedded AWS did not start: it {how}.\nIts log, {instance.log}, ends with:\n"
        + _tail(instance.log)
    )


def _end(directory: Path) -> bool:
    instance = load(directory)
    if instance is None:
        return False
    ours = _is_ours(instance)
    if ours and not processes.end(processes.session(instance.pid)):
        raise EmbeddedError(
            f"The embedded AWS (process {instance.pid}) does not end, not even when killed."
        )
    instance.forget()
    shutil.rmtree(directory / SCRATCH, ignore_errors=True)
    return ours


def _is_ours(instance: Embedded) -> bool:
    """Whether the recorded process is (still) our server for this directory.

    A process id is used again by others after a while: the number alone must never be signalled.
    """
    return f"{MODULE} {instance.directory}" in processes.command_line(instance.pid)


def _is_healthy(instance: Embedded) -> bool:
    """Whether it answers, over TLS, with the certificate that only it can have."""
    try:
        trust = ssl.create_default_context(cafile=str(instance.certificate))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        url = f"{instance.endpoint}/_ministack/health"
        with opener.open(url, timeout=HEALTH_SECONDS) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Two commands at once must not start two instances in one directory."""
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
