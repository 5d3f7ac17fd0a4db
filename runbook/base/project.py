"""The checkout in which the command runs, and the cloud assembly that it makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from runbook.base.assembly import Assembly
from runbook.base.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
PATHS = {"aws:cdk:enable-path-metadata": True}
"""As the CDK's command line has it: a template says where in the application a resource is."""
USUAL_QUALIFIER = "hnb659fds"
"""The CDK's own, in every bootstrap that names none."""


def synthesize(configuration: Path, output: Path) -> Assembly:
    """Run the application once and return what it made, or say what it said against it.

    The CDK's command line is not needed for that: the application reads cdk.json's context from the
    environment, in the way in which the command line hands it over.
    """
    if configuration.exists() and not configuration.is_file():
        raise UserError(
            f"{configuration} is a pipe or a folder: the configuration is read several times.",
            "Write it to a file, and name that with --config.",
        )
    context = {**_context(), **PATHS, "config": str(configuration.absolute())}
    environment = {
        **compiling(),
        "CDK_OUTDIR": str(output.absolute()),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
        "NODE_COMPILE_CACHE": str(ROOT / ".cache" / "node"),
        # Else in the home, which cannot be written in some containers.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(ROOT / ".cache" / "jsii"),
    }
    run = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise UserError(f"The configuration cannot be deployed:\n{run.stderr.strip()}")
    return Assembly(output.absolute())


def qualifier() -> str:
    """Return what tells this application's bootstrap from others of the account, as the CDK does.

    <https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html>
    """
    return str(_context().get("@aws-cdk/core:bootstrapQualifier", USUAL_QUALIFIER))


def _context() -> dict[str, object]:
    context: dict[str, object] = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    return context


def cdk(*arguments: str, session: str = "") -> None:
    """Run the pinned CDK command line quietly, or show what it said when it fails.

    `session` names its sessions of the bootstrap's roles; without, it is the user of this machine.
    Away from cdk.json: the command line would synthesize the application again, even to bootstrap.
    """
    named = {"CDK_ROLE_SESSION_NAME": session} if session else {}
    run = subprocess.run(
        [Path(sys.executable).parent / "cdk", *arguments, "--no-notices", "--no-version-reporting"],
        cwd=tempfile.gettempdir(),
        env={**compiling(), **named, "CI": "true", "CDK_DISABLE_CLI_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        # For each asset and region it repeats what it could not do.
        said = dict.fromkeys((run.stderr + run.stdout).strip().splitlines())
        raise UserError("\n".join([f"cdk {arguments[0]} failed:", *said]))


def compiling() -> dict[str, str]:
    """Return this environment, in which Python keeps what it compiles.

    Containers often forbid that, and then each Python that imports the CDK compiles it again, for
    four seconds of CPU time. Where the files cannot be written, Python goes on without them.
    <https://docs.python.org/3/using/cmdline.html#envvar-PYTHONDONTWRITEBYTECODE>
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def revision() -> str | None:
    """Return the commit of the checkout, marked when something in it is not committed."""

    def git(*arguments: str) -> str | None:
        run = subprocess.run(
            ["git", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.stdout.strip() if run.returncode == 0 else None

    commit = git("rev-parse", "HEAD")
    changed = git("status", "--porcelain")
    return f"{commit} with changes that are not committed" if commit and changed else commit
