"""What a release's notes are made of: CHANGELOG.md itself has the form that they are read in."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tools import changelog

CHANGELOG = """# Changes

Introduction.

## Unreleased

- mail: More.

## 1.2.0 – 2026-12-01

Replaces nothing.

- mail: Some.

## 1.1.0 – 2026-11-22

- First.
"""


def test_a_release_says_what_its_section_says() -> None:
    assert changelog.notes(CHANGELOG, "v1.2.0", "1.2.0") == "Replaces nothing.\n\n- mail: Some."
    assert changelog.notes(CHANGELOG, "v1.1.0", "1.1.0") == "- First."


@pytest.mark.parametrize(
    ("tag", "version", "said"),
    [
        ("v1.3.0", "1.3.0", "CHANGELOG.md has no section ## 1.3.0 – YYYY-MM-DD."),
        ("v1.2.0", "1.3.0", "The tag is v1.2.0, but pyproject.toml has version 1.3.0."),
        ("1.2.0", "1.2.0", "The tag is 1.2.0, but pyproject.toml has version 1.2.0."),
    ],
)
def test_a_version_without_notes_is_not_released(tag: str, version: str, said: str) -> None:
    with pytest.raises(changelog.ChangelogError) as caught:
        changelog.notes(CHANGELOG, tag, version)
    assert str(caught.value) == said


def test_a_failure_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert changelog.main("v0.0.0") == 1
    said = capsys.readouterr()
    assert not said.out
    assert said.err.startswith("The tag is v0.0.0, but ")


class TestChangelog:
    TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    def test_what_is_not_released_stands_first(self) -> None:
        assert next(iter(changelog.sections(self.TEXT))) == changelog.UNRELEASED

    def test_every_other_section_is_a_version_with_its_day_newest_first(self) -> None:
        _, *released = changelog.sections(self.TEXT)
        found = [changelog.RELEASE.fullmatch(heading) for heading in released]
        assert all(found), released
        versions = [[*map(int, one["version"].split("."))] for one in found if one]
        assert versions == sorted(versions, reverse=True)
        days = [one["day"] for one in found if one]
        assert days == sorted(days, reverse=True)

    def test_no_section_is_empty_but_what_is_not_released(self) -> None:
        sections = changelog.sections(self.TEXT)
        assert all(body for heading, body in sections.items() if heading != changelog.UNRELEASED)
