"""`groundwork backup`: a user's access key, in the form that its machine takes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from runbook.base.options import CONFIGURATION, Configuration

app = typer.Typer(help="Backup users and their keys.", no_args_is_help=True)


class Form(StrEnum):
    """What the key is pasted into."""

    SALT = "salt"
    PROFILE = "profile"
    ENVIRONMENT = "environment"


FORMS = {
    Form.SALT: (
        "aws:\n  access_key: {access_key_id}\n"
        "  secret_key: {secret_access_key}\n  region: {region}\n"
    ),
    Form.PROFILE: (
        "[{user}]\naws_access_key_id = {access_key_id}\n"
        "aws_secret_access_key = {secret_access_key}\nregion = {region}\n"
    ),
    Form.ENVIRONMENT: (
        "AWS_ACCESS_KEY_ID={access_key_id}\nAWS_SECRET_ACCESS_KEY={secret_access_key}\n"
        "AWS_DEFAULT_REGION={region}\n"
    ),
}


@app.command()
def key(
    user: Annotated[str, typer.Argument(help="A user of backup.buckets.")],
    form: Annotated[Form, typer.Option("--as", help="Salt Pillar, AWS profile, or variables.")] = (
        Form.SALT
    ),
    config: Configuration = CONFIGURATION,
) -> None:
    """Print a user's access key. It is shown in full: send it to a file, not to a terminal."""
    from runbook.base import aws, secrets
    from runbook.base.outputs import Outputs
    from settings import load
    from settings.contract import Output

    settings = load(config)
    aws.caller_in(settings.account, settings.region)
    secret = secrets.read(Outputs(settings, Output.USER_SECRET)[Output.USER_SECRET, user])
    print(FORMS[form].format(**{**secret, "user": user}), end="")
