"""The files for a Postfix, and what becomes of the main.cf that was there."""

from __future__ import annotations

import os
import re
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook.credentials.postfix import File, Relay, as_document, files
from runbook.credentials.postfix import main_cf as main
from runbook.credentials.postfix.patterns import address_pattern, domain_pattern, header_pattern
from runbook.credentials.values import SenderSecret
from tests.runbook.credentials.samples import LOCALS

BEFORE = """\
# The machine's own notes stay.
compatibility_level = 3.6
relayhost = [smtp.example.net]:587
smtp_sasl_password_maps = hash:/etc/postfix/old,
# between
  hash:/etc/postfix/older
mynetworks =
  127.0.0.0/8
"""


def secret(**more: Any) -> SenderSecret:
    place = {
        "host": "email-smtp.eu-west-2.amazonaws.com",
        "port": 587,
        "username": "AKIA",
        "password": "pass$word",
    }
    return SenderSecret.model_validate(
        {
            **place,
            "name": "app",
            "user": "app",
            "region": "eu-west-2",
            "access_key_id": "AKIA",
            "secret_access_key": "x",
            "configuration_set": "system",
            "from": ["noreply@example.org"],
            "regions": {"eu-west-2": place},
            **more,
        }
    )


def made(before: str | None = BEFORE, **options: Any) -> dict[str, File]:
    given = {"secret": secret(), "identities": ["example.org"], "rate": 2, **options}
    return {file.name: file for file in files(Relay(**given), before)}


def test_the_previous_relay_stays_as_comments() -> None:
    text = made()["main.cf"].text
    assert "#relayhost = [smtp.example.net]:587\n" in text
    assert "#smtp_sasl_password_maps = hash:/etc/postfix/old,\n## between\n#  hash:" in text
    assert "\nmynetworks =\n  127.0.0.0/8\n" in text
    assert dict(main.entries(text))["relayhost"] == "[email-smtp.eu-west-2.amazonaws.com]:587"


def test_only_the_password_map_has_the_password_and_only_root_reads_it() -> None:
    found = made()
    assert [file.name for file in found.values() if "pass$word" in file.text] == ["ses_password"]
    assert found["ses_password"].mode == 0o600
    assert found["ses_password"].text == (
        "[email-smtp.eu-west-2.amazonaws.com]:587 AKIA:pass$word\n"
    )


def test_done_again_it_changes_nothing_but_what_is_new() -> None:
    for shared in (False, True):
        once = made(shared=shared)["main.cf"].text
        assert made(once, shared=shared)["main.cf"].text == once
        faster = made(once, shared=shared, rate=5)["main.cf"].text
        assert faster.count(main.BEGIN) == faster.count(main.END) == 1
        assert "ses5_transport_rate_delay = 1s" in faster


def test_a_proved_relay_is_not_put_on_trial_again() -> None:
    once = made()["main.cf"].text
    assert "soft_bounce = yes\n" in once
    proved = once.replace("soft_bounce = yes\n", "")
    assert "soft_bounce" not in made(proved)["main.cf"].text


def test_a_shared_relay_keeps_what_it_had_behind_the_new() -> None:
    found = made(shared=True)
    settings = dict(main.entries(found["main.cf"].text))
    assert settings["relayhost"] == "[smtp.example.net]:587"
    assert settings["smtp_sasl_password_maps"] == (
        "$ses_password_maps, hash:/etc/postfix/old, hash:/etc/postfix/older"
    )
    assert found["ses_password"].text == r"/^noreply@example\.org$/ AKIA:pass$$word" + "\n"
    assert "ses_envelope" not in found


@pytest.mark.parametrize(("rate", "lanes"), [(1, 1), (14, 14), (500, 20)])
def test_each_lane_sends_once_a_second_to_one_recipient(rate: int, lanes: int) -> None:
    settings = dict(main.entries(made(rate=rate)["main.cf"].text))
    delays = [name for name in settings if re.fullmatch(r"ses\d+_transport_rate_delay", name)]
    assert len(delays) == lanes
    assert all(settings[name] == "1s" for name in delays)
    assert settings[f"ses{lanes}_destination_recipient_limit"] == "1"
    assert settings["ses_lanes"].count("]:587") == lanes


def test_at_port_465_the_services_begin_with_tls() -> None:
    assert "wrappermode" not in made()["apply.sh"].text
    at_465 = secret().at("eu-west-2", 465)
    found = made(secret=at_465)
    assert "-o smtp_tls_wrappermode=yes" in found["apply.sh"].text
    assert "[email-smtp.eu-west-2.amazonaws.com]:465 " in found["ses_password"].text


def test_the_set_is_named_where_it_is_another_than_the_identitys() -> None:
    assert "ses_header" not in made()
    found = made(secret=secret(header=True))
    assert "PREPEND X-SES-CONFIGURATION-SET: system\n" in found["ses_header"].text
    assert "smtp_header_checks=regexp:$config_directory/ses_header" in found["apply.sh"].text


def test_the_tenant_is_named_on_every_message() -> None:
    found = made(secret=secret(tenant="bulk"))
    assert "/^From:/ PREPEND X-SES-TENANT: bulk\n" in found["ses_header"].text
    assert "/^X-SES-TENANT:/ IGNORE\n" in found["ses_header"].text
    assert "CONFIGURATION-SET" not in found["ses_header"].text
    shared = made(secret=secret(tenant="bulk"), shared=True)["ses_header"].text
    assert shared.endswith("PREPEND X-SES-TENANT: bulk\n")


def test_a_message_that_needs_two_headers_gets_one_before_each_of_two() -> None:
    found = made(secret=secret(tenant="bulk", header=True))
    lines = found["ses_header"].text.splitlines()
    assert "/^From:/ PREPEND X-SES-CONFIGURATION-SET: system" in lines
    assert "/^Message-ID:/ PREPEND X-SES-TENANT: bulk" in lines
    assert "always_add_missing_headers = yes" in found["main.cf"].text


def test_without_an_address_of_its_own_no_envelope_sender_is_changed() -> None:
    found = made(secret=secret(**{"from": ["news-*@example.org"]}))
    assert "ses_envelope" not in found
    assert "sender_canonical_maps" not in found["main.cf"].text


def test_without_a_main_cf_there_are_the_new_settings_alone() -> None:
    found = made(None)
    assert found["main.cf"].text.startswith(main.BEGIN)
    assert 'cat main.cf >> "$folder/main.cf"' in found["apply.sh"].text


STUBS = {
    "postconf": 'case "$1" in -h) echo "$FOLDER" ;; esac',
    "postmap": "",
    "postfix": 'case "$1" in check) exit "$CHECKED" ;; *) exit 1 ;; esac',
}
"""Programs of a Postfix that does not run."""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Postfix's folder, with a main.cf of the machine's own; its programs beside it."""
    (tmp_path / "bin").mkdir()
    for name, text in STUBS.items():
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    folder = tmp_path / "etc"
    folder.mkdir()
    for name in ("main.cf", "master.cf"):
        (folder / name).write_text("# the machine's own\n")
    return folder


def apply(folder: Path, checked: int = 0, **options: Any) -> dict[str, str]:
    """Run apply.sh as it is without --from; what the folder has then, by file."""
    relay = folder.parent / "relay"
    relay.mkdir(exist_ok=True)
    for file in made(None, **options).values():
        (relay / file.name).write_text(file.text)
    path = f"{folder.parent / 'bin'}:{os.environ['PATH']}"
    environment = {"PATH": path, "FOLDER": str(folder), "CHECKED": str(checked)}
    run = subprocess.run(["/bin/sh", relay / "apply.sh"], env=environment, check=False)
    assert run.returncode == checked
    return {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}


def test_a_relay_that_becomes_shared_keeps_nothing_of_the_one_before(machine: Path) -> None:
    alone = apply(machine, secret=secret(header=True))
    assert "sender_canonical_maps = regexp:$config_directory/ses_envelope" in alone["main.cf"]
    shared = apply(machine, shared=True)
    maps = {"ses_header", "ses_password", "ses_senders"}
    assert shared.keys() == {"main.cf", "master.cf"} | maps
    assert not shared["ses_header"]
    assert shared["main.cf"].startswith(f"# the machine's own\n{main.BEGIN}\n")
    assert shared["main.cf"].count(main.BEGIN) == 1
    assert "ses_envelope" not in shared["main.cf"]
    assert shared["ses_password"].startswith("/^noreply@")
    other = secret(**{"from": ["news@example.org"]})
    both = apply(machine, shared=True, secret=other)["ses_senders"]
    assert both == "/^news@example\\.org$/ ses\n/^noreply@example\\.org$/ ses\n"
    assert "ses_senders" not in apply(machine)


def test_what_postfix_refuses_is_put_back_whole(machine: Path) -> None:
    before = apply(machine)
    assert apply(machine, checked=1, shared=True) == before


def test_no_password_stays_with_the_settings_from_before(machine: Path) -> None:
    for checked in (0, 0, 1):
        apply(machine, checked=checked)
    kept = [*machine.glob("before-ses.*/*")]
    assert [file.name for file in sorted(kept)] == ["main.cf", "master.cf"] * 2


def test_a_main_cf_without_a_last_newline_keeps_its_last_setting(machine: Path) -> None:
    (machine / "main.cf").write_text("# mine\nmyorigin = example.org")
    for _ in range(2):
        text = apply(machine)["main.cf"]
        assert text.startswith(f"# mine\nmyorigin = example.org\n{main.BEGIN}\n")
        assert text.count(main.BEGIN) == 1


def test_the_document_names_each_file_and_its_mode() -> None:
    text = as_document([*made().values()])
    for line in ("main.cf, mode 0644", "ses_password, mode 0600", "apply.sh, mode 0755"):
        assert f"# /etc/postfix/{line}\n" in text


def matches(pattern: str, text: str) -> bool:
    """As a POSIX expression of Postfix's does, which knows no case."""
    expression = pattern[1:-1].replace("[[:space:]]", r"\s").replace("[:space:]", r"\s")
    return re.search(expression, text, re.IGNORECASE) is not None


@given(LOCALS, LOCALS)
def test_a_pattern_takes_the_addresses_that_iam_takes(pattern: str, local: str) -> None:
    address = f"{local}@example.org".lower()
    wanted = fnmatchcase(address, f"{pattern}@example.org".lower())
    assert matches(address_pattern(f"{pattern}@example.org"), address) == wanted
    assert matches(header_pattern(f"{pattern}@example.org"), f"From: A <{address}>") >= wanted


def test_a_domain_takes_its_subdomains_and_no_look_alike() -> None:
    pattern = domain_pattern("example.org")
    assert matches(pattern, "a@example.org")
    assert matches(pattern, "a@mail.example.org")
    assert not matches(pattern, "a@notexample.org")
    assert not matches(pattern, "a@example.org.evil.net")
    assert not matches(domain_pattern("me@example.org"), "you@example.org")


@given(st.text(st.sampled_from("ab#= \t\n"), max_size=60))
def test_reading_and_commenting_keep_every_other_line(text: str) -> None:
    changed = main.changed(text, "c = 1\n")
    assert changed.startswith(text)
    assert changed.endswith(f"{main.BEGIN}\nc = 1\n{main.END}\n")
