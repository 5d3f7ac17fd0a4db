"""Names that a command is given: right, of another kind, misspelled, unknown."""

from __future__ import annotations

import pytest

from runbook.base.errors import UserError
from runbook.base.names import Kind, declared, listed, nearest, printable, require
from settings import Settings, parse
from tests.settings.test_every_field import EVERYTHING


def refusal(settings: Settings, name: str, *kinds: Kind) -> UserError:
    with pytest.raises(UserError) as caught:
        require(settings, name, *kinds)
    return caught.value


def test_a_name_of_the_file_tells_its_kind(example: Settings) -> None:
    assert require(example, "credere", Kind.SENDER, Kind.DATABASE) == [Kind.SENDER]


def test_a_name_of_two_kinds_tells_both(example: Settings) -> None:
    kinds = (Kind.BUCKET, Kind.BACKUP_USER)
    assert require(example, "ocp-redmine-backup", *kinds) == [*kinds]


@pytest.mark.parametrize("typed", ["creder", "Credere", "credre", "crédere"])
def test_a_misspelled_name_gets_the_nearest(example: Settings, typed: str) -> None:
    found = refusal(example, typed, Kind.SENDER)
    assert found.message == f"The file has no sender {typed}."
    assert found.advice.startswith("Did you mean credere?")


def test_a_sender_in_place_of_a_backup_user_is_recognized(example: Settings) -> None:
    found = refusal(example, "credere", Kind.BACKUP_USER)
    assert found.message == (
        "credere is a configuration set and a sender in the file, not a backup user."
    )
    assert "ocp-redmine-backup" in found.advice


def test_a_name_like_no_other_gets_those_that_there_are(example: Settings) -> None:
    found = refusal(example, "zzz", Kind.DATABASE)
    assert found.advice == "There are: analysis, common."


def test_every_kind_is_read_from_the_file() -> None:
    assert all(declared(parse(EVERYTHING), kind) for kind in Kind)


def test_hundreds_of_names_do_not_fill_the_screen() -> None:
    assert listed([f"app-{n}" for n in range(300)]).endswith("app-11, and 288 more.")
    assert listed([]) == "The file has none of that kind."
    assert listed(["one"]) == "There is: one."


def test_what_was_typed_cannot_draw_on_the_terminal(example: Settings) -> None:
    assert printable("a\x1b[2J\n") == "a\\x1b[2J\\n"
    assert "\x1b" not in refusal(example, "\x1b[31m", Kind.SENDER).message


def test_the_nearest_keeps_the_names_own_case() -> None:
    assert nearest("MAIN", ["Main", "other"]) == ["Main"]
