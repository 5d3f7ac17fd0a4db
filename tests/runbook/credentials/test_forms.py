"""Every form is read back as its consumer reads it, with whatever characters a value has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from runbook.base.errors import UserError
from runbook.base.names import Kind
from runbook.credentials import forms
from runbook.credentials.forms import FORMS, Form, fitting, listing, written
from runbook.credentials.values import SECRETS as MODELS
from runbook.credentials.values import DatabaseSecret, SenderSecret
from tests.runbook.credentials.readers import READERS, shell, url
from tests.runbook.credentials.samples import backups, databases, senders

SECRETS = {Kind.SENDER: senders(), Kind.BACKUP_USER: backups(), Kind.DATABASE: databases()}
LAYOUTS = [(form, kind) for form, layout in FORMS.items() for kind in layout.kinds]
LEFT_OUT = {(Form.POSTFIX, Kind.SENDER)}
"""It has several files, and tests of its own."""


def test_every_form_has_a_row_a_template_and_a_reader() -> None:
    assert set(FORMS) == set(Form)
    assert set(READERS) | LEFT_OUT == set(LAYOUTS)
    folder = Path(forms.__file__).parent / "templates"
    known = {"sender": Kind.SENDER, "backup": Kind.BACKUP_USER, "database": Kind.DATABASE}
    found = (file.name.split(".") for file in folder.glob("*.*.j2"))
    assert {(Form(form), known[kind]) for form, kind, _ in found} == set(READERS)


@pytest.mark.parametrize(("form", "kind"), READERS)
@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_form_is_read_back_or_refused(form: Form, kind: Kind, data: Any) -> None:
    secret = data.draw(SECRETS[kind])
    reader, names = READERS[form, kind]
    try:
        text = written(form, secret)
    except UserError:
        reject()
    found = reader(text)
    fields = secret.fields()
    for field, name in names.items():
        value = fields[field]
        expected = [*value] if isinstance(value, tuple) else value
        assert str(found[name]) == str(expected)


PLAIN = "AWS4+secret/key=="


@pytest.mark.parametrize(("form", "kind"), READERS)
def test_every_form_holds_what_aws_makes(form: Form, kind: Kind) -> None:
    secret = sample(kind)
    assert PLAIN in written(form, secret).replace("%2B", "+").replace("%2F", "/").replace(
        "%3D", "="
    )


def sample(kind: Kind, password: str = PLAIN) -> Any:
    place = {"host": "h.example.org", "port": 587, "username": "AKIA", "password": password}
    key = {"access_key_id": "AKIA", "secret_access_key": password, "region": "eu-west-2"}
    made: dict[Kind, dict[str, Any]] = {
        Kind.SENDER: place
        | key
        | {"configuration_set": "s", "from": ["a@example.org"], "regions": {"eu-west-2": place}},
        Kind.BACKUP_USER: key | {"bucket": "dumps", "prefix": "main"},
        Kind.DATABASE: place | {"dbname": "common", "port": 5432},
    }
    return MODELS[kind].model_validate({"name": "app", "user": "app", **made[kind]})


@pytest.mark.parametrize(("form", "kind"), READERS)
@pytest.mark.parametrize("character", ["\n", "\0", "\x1b", "\u200b", "\u2028", "\ufffe"])
def test_a_value_that_no_line_can_hold_is_refused_unseen(
    form: Form, kind: Kind, character: str
) -> None:
    with pytest.raises(UserError) as caught:
        written(form, sample(kind, f"hidden{character}hidden"))
    assert "hidden" not in str(caught.value)


def test_a_form_without_escapes_refuses_what_its_reader_would_change() -> None:
    for password in (" xyz", "xyz ", '"xyz"', "'xyz'"):
        with pytest.raises(UserError, match="cannot hold") as caught:
            written(Form.AWSCLI, sample(Kind.BACKUP_USER, password))
        assert "xyz" not in str(caught.value)


def test_the_salt_pillar_is_the_one_of_the_wiki_page() -> None:
    import yaml

    found = yaml.safe_load(written(Form.SALT, sample(Kind.BACKUP_USER)))
    assert found == {"aws": {"access_key": "AKIA", "secret_key": PLAIN, "region": "eu-west-2"}}


def test_the_settings_of_rails_are_indented_alike() -> None:
    lines = written(Form.RAILS, sample(Kind.SENDER)).splitlines()
    assert "  enable_starttls: true" in lines


def test_a_prefix_is_part_of_the_place_that_a_tool_is_given() -> None:
    restic = shell(written(Form.RESTIC, sample(Kind.BACKUP_USER)))
    assert restic["RESTIC_REPOSITORY"] == "s3:https://s3.eu-west-2.amazonaws.com/dumps/main"
    duplicity = shell(written(Form.DUPLICITY, sample(Kind.BACKUP_USER)))
    assert duplicity["TARGET"] == "boto3+s3://dumps/main"


@pytest.mark.parametrize(
    ("form", "starttls", "tls"),
    [
        (Form.DJANGO, "EMAIL_USE_TLS = True", "EMAIL_USE_SSL = True"),
        (Form.RAILS, "enable_starttls: true", "tls: true"),
        (Form.LARAVEL, "MAIL_SCHEME=smtp\n", "MAIL_SCHEME=smtps\n"),
        (Form.WORDPRESS, "'WPMS_SSL', 'tls'", "'WPMS_SSL', 'ssl'"),
        (Form.METABASE, "SECURITY=starttls\n", "SECURITY=ssl\n"),
        (Form.NODEMAILER, '"secure": false', '"secure": true'),
        (Form.MSMTP, "tls_starttls on\n", "tls_starttls off\n"),
        (Form.URL, "smtp://", "smtps://"),
        (Form.TABLE, " STARTTLS\n", " TLS\n"),
    ],
)
def test_at_port_465_tls_comes_first(form: Form, starttls: str, tls: str) -> None:
    sender: SenderSecret = sample(Kind.SENDER)
    assert starttls in written(form, sender)
    text = written(form, sender.at("eu-west-2", 465))
    assert tls in text
    assert starttls not in text
    assert "465" in text


def test_a_sender_with_patterns_alone_has_no_from_address() -> None:
    sender = sample(Kind.SENDER).model_copy(update={"from_addresses": ("*@example.org",)})
    for form in fitting(Kind.SENDER):
        if (form, Kind.SENDER) in READERS and form not in (Form.TABLE, Form.JSON):
            assert "@" not in re.sub(r"//AKIA:.*@", "", written(form, sender))


def test_a_database_is_reached_with_its_certificate_verified() -> None:
    secret: DatabaseSecret = sample(Kind.DATABASE)
    for form in fitting(Kind.DATABASE):
        if form not in (Form.PGPASS, Form.RAILS):
            assert "verify-full" in written(form, secret)
    assert url(written(Form.URL, secret))["sslmode"] == "verify-full"


def test_the_help_names_every_form() -> None:
    assert all(str(form) in listing() for form in Form)


@pytest.mark.parametrize("kind", [Kind.SENDER, Kind.BACKUP_USER, Kind.DATABASE])
def test_what_is_printed_by_accident_has_no_password(kind: Kind) -> None:
    assert PLAIN not in repr(sample(kind))
