"""What can be wrong with a file before anybody asks what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import ConfigurationError, load, parse

ACCOUNT = 'account: "123456789012"\n'


def fault(text: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        parse(text, "f")
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f:1:1: the file is empty: it needs an account at least"),
        ("# nothing\n", "f:1:1: the file is empty: it needs an account at least"),
        ("---\n...\n", "f:1:1: the file is empty: it needs an account at least"),
        ("account\n", "f:1:1: found account; must be a mapping, as in name: value"),
        ("- account\n", "f:1:1: found a list; must be a mapping, as in name: value"),
        ("mail:\n\tdomains: {}\n", "f:2:1: this is not YAML: a tab; indent with spaces"),
        (
            "account: @1\n",
            "f:1:10: this is not YAML: a value that starts with @ goes between quotes",
        ),
        (
            "tags:\n  note: a: b\n",
            "f:2:10: this is not YAML: a colon too many, or wrong indentation; "
            "text with a colon goes between quotes",
        ),
        ('account: "1234\nmail: {}\n', "f:1:10: this is not YAML: a quote is not closed"),
        ("tags: {a: b\n", "f:1:7: this is not YAML: a comma or the closing } is missing"),
        (
            "accepted_risks: [a, b\n",
            "f:1:17: this is not YAML: a comma or the closing ] is missing",
        ),
        (
            "mail:\n    domains: {}\n  senders: {}\n",
            "f:3:3: this is not YAML: wrong indentation, or a bracket or quote that is not closed",
        ),
        (
            "only_to: [*@example.org]\n",
            "f:1:12: this is not YAML: a value that starts with * or & goes between quotes",
        ),
        ("tags: *team\n", "f:1:7: tags: *team needs a complete value marked &team before it"),
        (
            "tags: &team {a: *team}\n",
            "f:1:17: tags.a: *team needs a complete value marked &team before it",
        ),
        (
            ACCOUNT + "mail: {quota: {}}\n---\n" + ACCOUNT,
            "f:3:1: a second document starts here; a file has one",
        ),
        (
            ACCOUNT + "tags: {a: \x1b[2J}\n",
            "f:2:11: found the character U+001B, which a text file does not have",
        ),
        ("tags: \ud800\n", "f:1:7: found the character U+D800, which a text file does not have"),
        (
            ACCOUNT + "tags: {a: b}  # one\u2028two\n",
            "f:2:20: found the character U+2028, which a text file does not have",
        ),
        ("# " + "x" * 5_000_000, "f:1:1: the file has more than 5,000,000 characters"),
        ("[" * 10_000, "f:1:22: [0][0][0]: nested more than 20 levels deep"),
    ],
)
def test_a_text_that_cannot_be_read_is_explained(text: str, expected: str) -> None:
    assert fault(text) == expected


def test_aliases_that_repeat_each_other_do_not_fill_the_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "more than 200,000 values up to here" in fault("\n".join(lines))


def test_only_so_much_is_printed_of_a_file_that_is_wrong_throughout() -> None:
    lines = fault(ACCOUNT + "".join(f"unknown{number}:\n" for number in range(150))).splitlines()
    assert len(lines) == 101
    assert lines[-1] == "f: and 50 more"


def test_an_alias_stands_for_a_whole_value() -> None:
    settings = parse(
        ACCOUNT
        + "mail:\n  addresses:\n    a@example.org: {notify: &team [team@example.org]}\n"
        + "    b@example.org: {notify: *team}\n"
    )
    assert settings.mail.addresses["b@example.org"].notify == ("team@example.org",)


def test_a_fault_in_an_aliased_value_is_reported_where_it_is_used_too() -> None:
    text = ACCOUNT + "tags: &tags {team: 5}\nmail:\n  addresses: *tags\n"
    assert fault(text).splitlines()[0].startswith("f:2:20: tags.team: found 5; must be text")
    assert fault(text).splitlines()[1].startswith("f:4:3: mail.addresses.team:")


@pytest.mark.parametrize("before", ["", "\ufeff"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_marks_and_line_endings_of_any_editor_are_read(
    tmp_path: Path, before: str, ending: str
) -> None:
    file = tmp_path / "groundwork.yaml"
    lines = ['account: "123456789012"', "mail:", "  suppression: []", ""]
    file.write_bytes((before + ending.join(lines)).encode())
    assert load(file).mail.suppression == ()


def test_columns_count_characters_as_editors_do() -> None:
    assert fault(ACCOUNT + "tags: {ä: 5}\n").startswith("f:2:11: tags.ä: found 5;")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^no\.yaml:1:1: there is no such file$"):
        load("no.yaml")
    with pytest.raises(ConfigurationError, match="the file cannot be read: is a directory"):
        load(tmp_path)
    with pytest.raises(ConfigurationError, match=r"^a\\x00b:1:1: the file cannot be read"):
        load("a\0b")


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigurationError, match="the file cannot be read: permission denied"):
        load(tmp_path / "groundwork.yaml")


def test_an_encoding_other_than_utf_8_is_reported_where_it_shows(tmp_path: Path) -> None:
    file = tmp_path / "groundwork.yaml"
    file.write_bytes(ACCOUNT.encode() + "tags: {stadt: Zürich}\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r":2:16: this is not UTF-8"):
        load(file)
