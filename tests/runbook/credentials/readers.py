"""The readers of the forms: the consumers' own parsers, or their documented grammar in a few lines.

Each returns what it found under the names that the consumer has for it.
"""

from __future__ import annotations

import configparser
import json
import re
import shlex
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

from runbook.base.names import Kind
from runbook.credentials.forms import Form

Found = dict[str, Any]


def table(text: str) -> Found:
    return dict(re.split(r"  +", line, maxsplit=1) for line in text.splitlines())


def shell(text: str) -> Found:
    """As `sh` reads assignments."""
    return dict(word.split("=", 1) for line in text.splitlines() for word in shlex.split(line))


def url(text: str) -> Found:
    parts = urlsplit(text.strip())
    return {
        "scheme": parts.scheme,
        "host": parts.hostname,
        "port": parts.port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path[1:]),
        **dict(parse_qsl(parts.query, strict_parsing=bool(parts.query))),
    }


def jdbc(text: str) -> Found:
    return url(text.removeprefix("jdbc:"))


def python(text: str) -> Found:
    names: Found = {}
    exec(text, {}, names)  # noqa: S102 - how Django reads its settings
    return names


def rails_yaml(text: str) -> Found:
    """ERB first, which writes `<%` for `<%%`; then YAML, whose first key is the environment."""
    assert not re.search(r"<%(?!%)", text)
    (found,) = yaml.safe_load(text.replace("<%%", "<%")).values()
    return dict(found)


def single_quoted(text: str) -> Found:
    """Ruby's and PHP's single quotes: `key: '…'` and `define( 'KEY', '…' );`."""
    pairs = re.findall(r"(\w+)'?(?::|,) '((?:[^'\\]|\\.)*)'", text, re.DOTALL)
    return {key: re.sub(r"\\(['\\])", r"\1", value) for key, value in pairs}


def dotenv(text: str) -> Found:
    """PHP's dotenv: single quotes are literal, double quotes take back \\\\, \\" and \\$."""
    found: Found = {}
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if value.startswith("'"):
            assert value.endswith("'"), value
            assert "'" not in value[1:-1]
            value = value[1:-1]
        elif value.startswith('"'):
            assert re.fullmatch(r'"(?:[^"\\$]|\\["\\$])*"', value)
            value = re.sub(r'\\(["\\$])', r"\1", value[1:-1])
        else:
            assert not set(value) & set(" #$\"'\\")
        found[key] = value
    return found


def ini(text: str) -> Found:
    """As botocore, s3cmd, rclone, libpq and pgBackRest: a value is the rest of its line."""
    parser = configparser.RawConfigParser(delimiters=("=",), default_section="", strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    (section,) = parser.sections()
    return dict(parser[section])


def pgpass(text: str) -> Found:
    fields = re.findall(r"((?:[^:\\]|\\.)*)(?::|$)", text.rstrip("\n"))[:5]
    values = [re.sub(r"\\(.)", r"\1", field) for field in fields]
    return dict(zip(("host", "port", "database", "user", "password"), values, strict=True))


def msmtp(text: str) -> Found:
    """An argument in quotes loses them, and nothing else is special.

    <https://marlam.de/msmtp/msmtp.html#Configuration-files>
    """
    pairs = (line.split(" ", 1) for line in text.splitlines())
    return {key: value[1:-1] if value.startswith('"') else value for key, value in pairs}


def exim(text: str) -> Found:
    """The string's own escapes, the list's doubled colons, the expansion, and `^` for NUL."""
    (quoted,) = re.findall(r'client_send = "((?:[^"\\]|\\.)*)"', text)
    raw = re.sub(r"\\(.)", r"\1", quoted)
    assert not re.search(r"(?<!:):(?!:)", raw.replace("::", ""))
    expanded = re.sub(r"\\(.)", r"\1", raw.replace("::", ":"))
    nul = expanded.replace("^^", "\1").replace("^", "\0").replace("\1", "^")
    _, username, password = nul.split("\0")
    return {"username": username, "password": password}


S, B, D = Kind.SENDER, Kind.BACKUP_USER, Kind.DATABASE
JSON = json.loads

READERS: dict[tuple[Form, Kind], tuple[Any, dict[str, str]]] = {
    (Form.TABLE, S): (table, {"password": "password", "username": "user name"}),
    (Form.TABLE, B): (table, {"secret_access_key": "secret access key", "bucket": "bucket"}),
    (Form.TABLE, D): (table, {"password": "password", "database": "database"}),
    (Form.ENV, S): (shell, {"password": "SMTP_PASSWORD", "host": "SMTP_HOST"}),
    (Form.ENV, B): (shell, {"secret_access_key": "AWS_SECRET_ACCESS_KEY", "region": "AWS_REGION"}),
    (Form.ENV, D): (shell, {"password": "PGPASSWORD", "database": "PGDATABASE"}),
    (Form.URL, S): (url, {"password": "password", "username": "username", "port": "port"}),
    (Form.URL, D): (url, {"password": "password", "certificates": "sslrootcert"}),
    (Form.JSON, S): (JSON, {"password": "password", "from_addresses": "from"}),
    (Form.JSON, B): (JSON, {"secret_access_key": "secret_access_key", "prefix": "prefix"}),
    (Form.JSON, D): (JSON, {"password": "password", "database": "database"}),
    (Form.EXIM, S): (exim, {"password": "password", "username": "username"}),
    (Form.MSMTP, S): (msmtp, {"password": "password", "host": "host", "from_address": "from"}),
    (Form.DJANGO, S): (python, {"password": "EMAIL_HOST_PASSWORD", "port": "EMAIL_PORT"}),
    (Form.DJANGO, D): (lambda text: python(text)["DATABASES"]["default"], {"password": "PASSWORD"}),
    (Form.RAILS, S): (single_quoted, {"password": "password", "from_address": "from"}),
    (Form.RAILS, B): (rails_yaml, {"secret_access_key": "secret_access_key"}),
    (Form.RAILS, D): (rails_yaml, {"password": "password", "port": "port"}),
    (Form.LARAVEL, S): (dotenv, {"password": "MAIL_PASSWORD", "from_address": "MAIL_FROM_ADDRESS"}),
    (Form.LARAVEL, B): (dotenv, {"secret_access_key": "AWS_SECRET_ACCESS_KEY"}),
    (Form.LARAVEL, D): (dotenv, {"password": "DB_PASSWORD", "username": "DB_USERNAME"}),
    (Form.WORDPRESS, S): (single_quoted, {"password": "WPMS_SMTP_PASS"}),
    (Form.AUTH0, S): (lambda text: JSON(text)["credentials"], {"password": "smtp_pass"}),
    (Form.METABASE, S): (shell, {"password": "MB_EMAIL_SMTP_PASSWORD"}),
    (Form.NODEMAILER, S): (lambda text: JSON(text)["auth"], {"password": "pass"}),
    (Form.AWSCLI, B): (ini, {"secret_access_key": "aws_secret_access_key", "region": "region"}),
    (Form.SALT, B): (lambda text: yaml.safe_load(text)["aws"], {"secret_access_key": "secret_key"}),
    (Form.RCLONE, B): (ini, {"secret_access_key": "secret_access_key"}),
    (Form.RESTIC, B): (shell, {"secret_access_key": "AWS_SECRET_ACCESS_KEY"}),
    (Form.PGBACKREST, B): (ini, {"secret_access_key": "repo1-s3-key-secret"}),
    (Form.DUPLICITY, B): (shell, {"secret_access_key": "AWS_SECRET_ACCESS_KEY"}),
    (Form.S3CMD, B): (ini, {"secret_access_key": "secret_key"}),
    (Form.SERVICE, D): (ini, {"password": "password", "certificates": "sslrootcert"}),
    (Form.PGPASS, D): (pgpass, {"password": "password", "database": "database"}),
    (Form.JDBC, D): (jdbc, {"password": "password", "certificates": "sslrootcert"}),
}
"""For each form and kind: its reader, and the names under which it finds the secret's fields."""
