"""The forms in which products take credentials: one table of all of them.

A form is a template for each kind of credentials that it can hold, in `templates/FORM.KIND.j2`, and
a dialect: whatever a template puts in passes through it, so that no value is left unquoted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING

from runbook.base.errors import UserError
from runbook.base.names import Kind
from runbook.credentials import dialects
from runbook.credentials.dialects import Dialect

if TYPE_CHECKING:
    from jinja2 import Environment

    from runbook.credentials.values import Secret

SENDER, BACKUP, DATABASE = Kind.SENDER, Kind.BACKUP_USER, Kind.DATABASE
EVERY = (SENDER, BACKUP, DATABASE)


class Form(StrEnum):
    """What credentials are pasted into."""

    TABLE = "table"
    ENV = "env"
    URL = "url"
    JSON = "json"
    POSTFIX = "postfix"
    EXIM = "exim"
    MSMTP = "msmtp"
    DJANGO = "django"
    RAILS = "rails"
    LARAVEL = "laravel"
    WORDPRESS = "wordpress"
    AUTH0 = "auth0"
    METABASE = "metabase"
    NODEMAILER = "nodemailer"
    AWSCLI = "awscli"
    SALT = "salt"
    RCLONE = "rclone"
    RESTIC = "restic"
    PGBACKREST = "pgbackrest"
    DUPLICITY = "duplicity"
    S3CMD = "s3cmd"
    SERVICE = "service"
    PGPASS = "pgpass"
    JDBC = "jdbc"


@dataclass(frozen=True)
class Layout:
    """What a form holds, and where it belongs."""

    kinds: Collection[Kind]
    place: str
    dialect: Dialect | None
    """None for Postfix, which takes several files: see `runbook.credentials.postfix`."""
    dialects: tuple[tuple[Kind, Dialect], ...] = ()
    """Where the language differs by the kind."""

    def of(self, kind: Kind) -> Dialect:
        """Return the dialect for one kind."""
        return dict(self.dialects).get(shape(kind)) or self.dialect or dialects.line


FORMS: dict[Form, Layout] = {
    Form.TABLE: Layout(EVERY, "for a person: one field a line", dialects.line),
    Form.ENV: Layout(EVERY, "variables for sh, systemd and dotenv", dialects.environment),
    Form.URL: Layout((SENDER, DATABASE), "one URL", dialects.percent),
    Form.JSON: Layout(EVERY, "JSON", dialects.json),
    Form.POSTFIX: Layout((SENDER,), "files for /etc/postfix", None),
    Form.EXIM: Layout((SENDER,), "Exim's configuration", dialects.exim),
    Form.MSMTP: Layout((SENDER,), "msmtprc", dialects.double_quoted),
    Form.DJANGO: Layout((SENDER, DATABASE), "settings.py", dialects.python),
    Form.RAILS: Layout(
        EVERY,
        "production.rb, storage.yml, database.yml",
        dialects.erb,
        ((SENDER, dialects.single_quoted),),
    ),
    Form.LARAVEL: Layout(EVERY, ".env", dialects.dotenv),
    Form.WORDPRESS: Layout((SENDER,), "wp-config.php, for WP Mail SMTP", dialects.single_quoted),
    Form.AUTH0: Layout((SENDER,), "the body of POST /api/v2/emails/provider", dialects.json),
    Form.METABASE: Layout((SENDER,), "Metabase's variables", dialects.shell),
    Form.NODEMAILER: Layout((SENDER,), "the argument of createTransport()", dialects.json),
    Form.AWSCLI: Layout((BACKUP,), "~/.aws/credentials", dialects.word),
    Form.SALT: Layout((BACKUP,), "a Salt Pillar", dialects.pillar),
    Form.RCLONE: Layout((BACKUP,), "rclone.conf", dialects.rclone),
    Form.RESTIC: Layout((BACKUP,), "restic's variables", dialects.shell),
    Form.PGBACKREST: Layout((BACKUP,), "pgbackrest.conf", dialects.word),
    Form.DUPLICITY: Layout((BACKUP,), "duplicity's variables, and its TARGET", dialects.shell),
    Form.S3CMD: Layout((BACKUP,), "~/.s3cfg", dialects.s3cmd),
    Form.SERVICE: Layout((DATABASE,), "~/.pg_service.conf", dialects.word),
    Form.PGPASS: Layout((DATABASE,), "~/.pgpass", dialects.pgpass),
    Form.JDBC: Layout((DATABASE,), "a JDBC URL", dialects.percent),
}


def listing() -> str:
    """Return the forms by what they hold, for the command's help."""
    parts = [f"For {kind}s: {', '.join(fitting(kind))}." for kind in EVERY]
    return " ".join(parts)


def shape(kind: Kind) -> Kind:
    """Return the kind whose templates a kind has: a consumer has what a database's owner has."""
    return DATABASE if kind is Kind.CONSUMER else kind


def fitting(kind: Kind) -> list[Form]:
    """Return the forms that hold a kind of credentials."""
    return [form for form, layout in FORMS.items() if shape(kind) in layout.kinds]


def written(form: Form, secret: Secret) -> str:
    """Write credentials in a form, or say why the form cannot hold them.

    Raises `UserError`, without the value, for one that the form's reader would not find again.
    """
    suffix = {SENDER: "sender", BACKUP: "backup", DATABASE: "database"}[shape(secret.kind)]
    template = _templates(FORMS[form].of(secret.kind)).get_template(f"{form}.{suffix}.j2")
    return template.render(secret.fields())


@cache
def _templates(dialect: Dialect) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(  # noqa: S701 - the dialect escapes; none of the forms is HTML
        loader=PackageLoader("runbook.credentials"),
        finalize=partial(_quoted, dialect),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _quoted(dialect: Callable[[str], str], value: object) -> object:
    """Pass a text through the form's dialect. Numbers stay as they are, and JSON knows nothing."""
    if value is None:
        return "null"
    if not isinstance(value, str):
        return value
    if dialects.unreadable(value):
        raise UserError(
            "The secret has a character that no configuration file can hold.",
            "Renew the credentials: groundwork credentials rotate",
        )
    return dialect(value)
