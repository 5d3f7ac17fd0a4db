"""What is known about a running embedded AWS, and how any AWS client is pointed at it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass
from pathlib import Path

STATE = "embedded.json"
ENV_FILE = "aws.env"
LOG = "embedded.log"

# Whoever holds an account's number is its administrator here, and no secret is checked. It is one
# all the same: a client does not sign without. It opens nothing but this machine's own emulator.
SECRET = "embedded-aws-has-no-secrets"  # noqa: S105

CLEARED = "AWS_"
"""What the name of every variable starts with that could lead a client away from the embedded AWS.

There is a variable for each service's endpoint, and each SDK has some of its own: none is kept but
those that are set here.
"""
CLEARING = (
    'for name in $(env | sed -n "s/^\\(AWS_[A-Za-z0-9_]*\\)=.*/\\1/p"); do unset "$name"; done; '
    "unset name"
)
"""The same for a shell."""


@dataclass(frozen=True)
class Embedded:
    """A running instance. `directory` is where its certificate, log and state file are.

    An instance that an older version started has no SMTP interface: its port is 0.
    """

    endpoint: str
    port: int
    pid: int
    certificate: Path
    directory: Path
    account: str
    region: str
    smtp_port: int = 0

    @property
    def log(self) -> Path:
        """The instance's log: the place to look when a deployment fails for no visible reason."""
        return self.directory / LOG

    def environment(self) -> dict[str, str]:
        """The variables that make any AWS client use this instance as the account's administrator.

        They are understood by the AWS CLI, boto3, the CDK CLI and other SDKs. The endpoint is an IP
        address, so S3 clients put the bucket into the path: no name has to resolve. No client knows
        EMBEDDED_SMTP_PORT, which stands for port 587 of SES's hosts. See `within` for what has to
        go from an environment as well.
        """
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "EMBEDDED_SMTP_PORT": str(self.smtp_port),
            "AWS_CA_BUNDLE": str(self.certificate),
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(self.directory / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.directory / "aws-credentials"),
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    def within(self, environ: Mapping[str, str]) -> dict[str, str]:
        """A copy of `environ` for a subprocess whose every AWS call must reach this instance."""
        kept = {name: value for name, value in environ.items() if not name.startswith(CLEARED)}
        return kept | self.environment()

    def enter(self, environ: MutableMapping[str, str]) -> None:
        """Change `environ` in place to what `within` returns, so that this process is led here."""
        wanted = self.within(environ)
        for name in [*environ]:
            if name not in wanted:
                del environ[name]
        environ.update(wanted)

    def save(self) -> None:
        """Write the state file and the shell's `aws.env`.

        The AWS configuration files are empty at first, and keep the profiles that a user adds. The
        state file comes last and in one step: whoever reads it finds everything else in place.
        """
        (self.directory / "aws-config").touch()
        (self.directory / "aws-credentials").touch()
        (self.directory / ENV_FILE).write_text(self._exports())
        data = {name: str(v) if isinstance(v, Path) else v for name, v in asdict(self).items()}
        staged = self.directory / f"{STATE}.new"
        staged.write_text(json.dumps(data, indent=2) + "\n")
        staged.replace(self.directory / STATE)

    def forget(self) -> None:
        """Remove the state file and `aws.env`, so that nobody is pointed at what is gone."""
        for name in (STATE, ENV_FILE):
            (self.directory / name).unlink(missing_ok=True)

    def _exports(self) -> str:
        lines = [
            "# Points this shell at the embedded AWS:  . "
            + shlex.quote(str(self.directory / ENV_FILE)),
            CLEARING,
            *(f"export {name}={_quoted(value)}" for name, value in self.environment().items()),
            "# AWS's command line before 2.13 (Debian 12's) does not read the endpoint itself.",
            'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
        ]
        return "\n".join(lines) + "\n"


def load(directory: Path) -> Embedded | None:
    """The instance that the directory's state file describes, running or not."""
    try:
        data = json.loads((directory / STATE).read_text())
        paths = {name: Path(data[name]) for name in ("certificate", "directory")}
        return Embedded(**{**data, **paths})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        # A file that is not ours to read describes no instance; `start` writes a new one.
        return None


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
