"""`python -m embedded start|stop|status`: the embedded AWS by hand."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import embedded

ACCOUNT = "123456789012"
REGION = "us-east-1"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 when not, and from `status` also when nothing runs."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m embedded", description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path(".local"), help="default: .local")
    commands = parser.add_subparsers(required=True)
    starting = commands.add_parser("start", help="start it, or find it running")
    starting.add_argument("--account", default=ACCOUNT)
    starting.add_argument("--region", default=REGION)
    starting.set_defaults(run=_start)
    commands.add_parser("stop", help="end it and all that it started").set_defaults(run=_stop)
    commands.add_parser("status", help="say whether it runs").set_defaults(run=_status)
    return parser


def _start(options: argparse.Namespace) -> int:
    _describe(embedded.start(options.directory, options.account, options.region))
    return 0


def _stop(options: argparse.Namespace) -> int:
    stopped = embedded.stop(options.directory)
    print("Stopped." if stopped else f"Nothing runs in {options.directory}.")
    return 0


def _status(options: argparse.Namespace) -> int:
    instance = embedded.find(options.directory)
    if instance is None:
        print(f"Nothing runs in {options.directory}.")
        return 1
    _describe(instance)
    return 0


def _describe(instance: embedded.Embedded) -> None:
    print(f"The embedded AWS runs at {instance.endpoint} (account {instance.account}).")
    print(f"SES's SMTP interface: localhost:{instance.smtp_port}, with STARTTLS")
    print(f"Point a shell at it:  . {instance.directory}/aws.env")
    print(f"Its log:              {instance.log}")


if __name__ == "__main__":
    sys.exit(main())
