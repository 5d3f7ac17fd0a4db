"""Users of a database beside its owner: SQL to review, in which no password stands."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from runbook.base.errors import UserError
from runbook.database.place import Place

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)
_RESERVED = ("pg_", "rds")


def statements(place: Place, application: str | None, reader: str | None) -> str:
    """Return SQL that makes an application's user, a reader, or both. It can be run again.

    psql asks for each password and sends no more than its digest.
    """
    for name in filter(None, (application, reader)):
        if not _NAME.fullmatch(name) or name.startswith(_RESERVED) or name == place.user:
            raise UserError(
                f"{name!r} cannot be the name of a further user.",
                "Use lower-case letters, digits and underscores; not pg_, rds or the owner's name.",
            )
    if not application and not reader:
        raise UserError("Name a user.", "With --application NAME, with --reader NAME, or both.")
    return render("users.sql.j2", place=place, application=application, reader=reader)


def render(name: str, **values: object) -> str:
    """Fill in a template of SQL, with names that were checked."""
    environment = Environment(  # noqa: S701 - SQL of names that were checked
        loader=PackageLoader("runbook.database"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(values)
