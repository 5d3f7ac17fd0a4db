"""Renewing changes one number of the file, however the file is written."""

from __future__ import annotations

import difflib
from pathlib import Path
from textwrap import indent

import pytest
import yaml

from runbook.base.errors import UserError
from runbook.base.names import Kind
from runbook.credentials.rotate import rotate
from runbook.credentials.rotation import place, raised
from settings import parse
from tests.builders import sender
from tests.conftest import EXAMPLE

HEAD = """\
# A comment.
account: "123456789012"   # kept
mail:
    domains: {example.org: {mail_from: "m", configuration_set: one}}
    configuration_sets: {one: {}}
    senders:
"""
SENDER = sender("a@example.org")[1:-1]
BLOCK = indent(yaml.safe_dump(yaml.safe_load(f"{{{SENDER}}}")), " " * 10).replace(
    "category: system", "category: system   # yes"
)
SCHEDULE = "rotate_every: 90d"
WAYS = {
    "flow": f"        app: {{{SENDER}}}\n",
    "flow-with": f"        app: {{{SENDER}, credentials: {{version: 1}}}}\n",
    "flow-readers": f"        app: {{{SENDER}, credentials: {{{SCHEDULE}}}}}\n",
    "block": f"        app:\n{BLOCK}",
    "block-with": f"        app:\n{BLOCK}          credentials:\n            version: 1 # one\n",
    "block-schedule": f"        app:\n{BLOCK}          credentials:\n            {SCHEDULE}\n",
    "windows": f"        app:\n{BLOCK}".replace("\n", "\r\n"),
}


@pytest.mark.parametrize("way", WAYS)
def test_only_the_number_changes(way: str) -> None:
    text = HEAD + WAYS[way]
    changed, version = raised(text, ("mail", "senders", "app"))
    assert version == 2
    assert parse(changed).mail.senders["app"].credentials.version == 2
    steps = difflib.SequenceMatcher(None, text, changed, autojunk=False).get_opcodes()
    lost = "".join(text[a:b] for tag, a, b, _, _ in steps if tag in ("replace", "delete"))
    assert lost in ("", "1")
    again, version = raised(changed, ("mail", "senders", "app"))
    assert version == 3
    assert again.count("\n") == changed.count("\n")


def test_ten_follows_nine() -> None:
    text = HEAD + f"        app: {{{SENDER}, credentials: {{version: 9, rotate_every: 90d}}}}\n"
    changed, _ = raised(text, ("mail", "senders", "app"))
    assert "{version: 10, rotate_every: 90d}" in changed


def test_an_entry_that_stands_for_two_items_is_left_to_a_person() -> None:
    text = HEAD + f"        app: &same {{{SENDER}}}\n        web: *same\n"
    with pytest.raises(UserError, match="shares its entry"):
        raised(text, ("mail", "senders", "web"))


def test_the_example_takes_one_line_more_for_each(tmp_path: Path, capsys: object) -> None:
    file = tmp_path / "groundwork.yaml"
    file.write_text(EXAMPLE)
    file.chmod(0o644)
    rotate(file, "credere")
    rotate(file, "ocp-redmine-backup")
    settings = parse(file.read_text())
    assert settings.mail.senders["credere"].credentials.version == 2
    assert file.stat().st_mode & 0o777 == 0o644
    lines = [*difflib.unified_diff(EXAMPLE.splitlines(), file.read_text().splitlines(), n=0)]
    assert len([line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]) <= 4


def test_a_database_has_no_number(tmp_path: Path) -> None:
    file = tmp_path / "groundwork.yaml"
    file.write_text(EXAMPLE)
    with pytest.raises(UserError, match="its owner's password has no number"):
        rotate(file, "analysis")
    assert file.read_text() == EXAMPLE


def test_the_place_of_a_backup_user_is_in_its_bucket() -> None:
    name = "ocp-redmine-backup"
    found = place(parse(EXAMPLE), name, Kind.BACKUP_USER)
    assert found == ("backup", "buckets", name, "users", name)
