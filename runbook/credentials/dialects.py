"""How a value is written in each language that a form is in, so that its reader finds it again.

A dialect takes any text that `unreadable` lets through. One that has no way to write some text says
so: a password that a program would read as another one is worse than none.
"""

from __future__ import annotations

import json as json_
import re
import shlex
import unicodedata
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from runbook.base.errors import UserError

Dialect = Callable[[str], str]

UNSEEN: Final = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
"""Unicode's control, invisible, unassigned and private characters, and what may end a line."""


def unreadable(text: str) -> bool:
    """Tell whether text has a character that a line of a configuration file cannot show."""
    return any(unicodedata.category(character) in UNSEEN for character in text)


def line(text: str) -> str:
    """Write text as it is, where blanks around it would not be seen."""
    if text != text.strip():
        raise inexpressible("blanks at its ends")
    return text


def word(text: str) -> str:
    """Write text as it is, where blanks around it or quotes at its ends would be taken away.

    Files of `key = value` whose readers know no escapes: botocore's, libpq's, pgBackRest's.
    """
    if text != text.strip() or text[:1] in "\"'`" or text[-1:] in "\"'`":
        raise inexpressible("blanks or quotes at its ends")
    return text


def rclone(text: str) -> str:
    """Write text as it is, where `%(name)s` would be another value of the file."""
    if "%(" in text:
        raise inexpressible("%( in it")
    return word(text)


def s3cmd(text: str) -> str:
    """Write text as it is, where `$NAME` would be a variable of the environment.

    <https://github.com/s3tools/s3cmd/blob/master/S3/Config.py>
    """
    if text.startswith("$"):
        raise inexpressible("$ at its start")
    return word(text)


def shell(text: str) -> str:
    """Quote for `sh`."""
    return shlex.quote(text)


def environment(text: str) -> str:
    r"""Quote for `sh`, systemd and dotenv alike, which part over `'` beside other signs.

    <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=>
    """
    if "'" not in text:
        return shlex.quote(text)
    if found := re.search(r'["$`\\!]', text):
        raise inexpressible(f"' and {found[0]} in it")
    return f'"{text}"'


def dotenv(text: str) -> str:
    """Quote for PHP's dotenv, as Laravel reads it: single quotes have no escapes there.

    <https://github.com/vlucas/phpdotenv>
    """
    if re.fullmatch(r"[A-Za-z0-9@%+=:,./_-]+", text):
        return text
    if "'" not in text:
        return f"'{text}'"
    return '"' + re.sub(r'(["\\$])', r"\\\1", text) + '"'


def percent(text: str) -> str:
    """Encode for a part of a URL."""
    return quote(text, safe="")


def json(text: str) -> str:
    """Quote for JSON, and for JavaScript and YAML, which read its strings alike."""
    return json_.dumps(text, ensure_ascii=False)


def pillar(text: str) -> str:
    """Quote for a Salt Pillar: YAML, which Jinja renders first, as `{{`, `{%` and `{#` would be.

    <https://docs.saltproject.io/en/latest/ref/renderers/>
    """
    return re.sub(r"\{(?=[{%#])", r"\\u007b", json(text))


def python(text: str) -> str:
    """Quote for Python."""
    return repr(text)


def single_quoted(text: str) -> str:
    """Quote for Ruby and PHP, where single quotes know two escapes and nothing else."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def erb(text: str) -> str:
    """Quote for Rails' YAML, which is a template as well: `<%` would begin Ruby."""
    return json(text).replace("<%", "<%%")


def double_quoted(text: str) -> str:
    """Quote for msmtp, which takes away the outermost quotes and knows no escapes."""
    return f'"{text}"'


def exim(text: str) -> str:
    """Quote for a list of expanded strings of Exim's, in which `^` stands for NUL.

    <https://www.exim.org/exim-html-current/doc/html/spec_html/ch-the_plaintext_authenticator.html>
    """
    if text.startswith("^"):
        raise inexpressible("^ at its start")
    expanded = re.sub(r"([\\$])", r"\\\1", text).replace("^", "^^").replace(":", "::")
    return re.sub(r'(["\\])', r"\\\1", expanded)


def pgpass(text: str) -> str:
    r"""Escape a field of PostgreSQL's password file: `:` and `\\`."""
    return re.sub(r"([:\\])", r"\\\1", text)


def inexpressible(what: str) -> UserError:
    """Say that a form cannot hold a value, without the value."""
    return UserError(
        f"This form cannot hold a value with {what}.",
        "Renew the credentials, or use another form: json holds every value.",
    )
