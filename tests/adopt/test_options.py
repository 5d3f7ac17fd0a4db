"""Where `groundwork adopt` begins: with the team's file, with the start of one, or without any."""

from pathlib import Path

import pytest

from runbook.adopt.options import Home, Options, home_of
from runbook.base import aws
from settings import ConfigurationError

ACCOUNT = "123456789012"


@pytest.fixture(autouse=True)
def caller(monkeypatch: pytest.MonkeyPatch) -> None:
    who = aws.Caller(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/ann", "AIDAANN")
    monkeypatch.setattr(aws, "caller", lambda _: who)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "groundwork.yaml"


def test_without_a_file_the_account_is_the_callers(file: Path) -> None:
    assert home_of(file, "eu-west-2") == Home(ACCOUNT, "eu-west-2")
    assert Options(file, file.parent).text == ""


def test_a_file_with_an_account_and_a_region_alone_is_enough(file: Path) -> None:
    file.write_text(f'account: "{ACCOUNT}"\nregion: eu-west-1\n')
    assert home_of(file, "us-east-1") == Home(ACCOUNT, "eu-west-1", regions=("eu-west-1",))


def test_a_file_with_a_fault_is_refused_with_its_place(file: Path) -> None:
    file.write_text(f'account: "{ACCOUNT}"\nmail: {{domain: {{}}}}\n')
    with pytest.raises(ConfigurationError, match=r"groundwork\.yaml:2:8: mail\.domain"):
        home_of(file, "us-east-1")
