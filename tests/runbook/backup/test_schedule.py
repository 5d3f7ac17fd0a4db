"""What starts a drill again and again, as systemd and GitHub read it."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from runbook.backup.drill.command import found
from runbook.backup.drill.names import Schedule
from runbook.backup.drill.schedule import written
from runbook.base.errors import UserError
from settings import parse
from tests.conftest import ACCOUNT, ROOT

CONFIGURATION = """
backup:
  buckets:
    ocp:
      region: eu-west-2
      notify: [a@example.org]
      users:
        database: {tool: pgbackrest, prefix: main}
        laptop: {tool: restic, prefix: laptop}
        recovery: {tool: read-only, drill: {of: database, every: 7d}}
        files: {tool: read-only, drill: {of: laptop, every: 24h}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "groundwork.yaml"
    path.write_text(ACCOUNT + CONFIGURATION)
    return path


def units(text: str) -> dict[str, ConfigParser]:
    found = {}
    for name, unit in re.findall(r"^# /etc/systemd/system/(\S+)\n(.*?)(?=^# )", text, re.M | re.S):
        parser = ConfigParser(interpolation=None, strict=True)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(unit)
        found[name] = parser
    return found


def test_a_timer_starts_the_drill_twice_before_the_alarm(file: Path) -> None:
    found = units(written(Schedule.SYSTEMD, file, "recovery"))
    service = found["groundwork-drill-recovery.service"]["Service"]
    assert f'backup drill recovery --config "{file}"' in service["ExecStart"]
    assert service["User"] == "postgres"
    timer = found["groundwork-drill-recovery.timer"]["Timer"]
    assert timer["OnUnitInactiveSec"] == f"{7 * 86_400 // 2}s"


def test_restics_password_reaches_the_service_as_a_credential(file: Path) -> None:
    found = units(written(Schedule.SYSTEMD, file, "files"))
    service = found["groundwork-drill-files.service"]["Service"]
    assert service["LoadCredential"] == "restic:/etc/restic/password"
    assert "User" not in service


@pytest.mark.parametrize(
    ("name", "cron"), [("recovery", "17 3 */3 * *"), ("files", "17 */12 * * *")]
)
def test_a_workflow_runs_it_with_a_role_and_without_a_key(file: Path, name: str, cron: str) -> None:
    text = written(Schedule.GITHUB, file, name)
    workflow = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes strings only
    assert workflow["on"]["schedule"] == [{"cron": cron}]
    job = workflow["jobs"]["drill"]
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert job["steps"][-1]["run"].startswith(f".venv/bin/groundwork backup drill {name}")
    assert ("RESTIC_PASSWORD" in text) == (name == "files")


def test_the_workflow_uses_the_actions_that_this_repository_pins(file: Path) -> None:
    ours = "".join(path.read_text() for path in (ROOT / ".github/workflows").glob("*.yml"))
    used = re.findall(r"uses: (.+)", written(Schedule.GITHUB, file, "recovery"))
    assert used
    assert [action for action in used if f"uses: {action}" not in ours] == []


def test_a_user_without_a_drill_is_told_apart_from_none(file: Path) -> None:
    with pytest.raises(UserError, match=r"(?s)database has no drill.*There are: recovery, files"):
        written(Schedule.SYSTEMD, file, "database")
    with pytest.raises(UserError, match="The file has no backup user nobody"):
        written(Schedule.SYSTEMD, file, "nobody")


def test_without_any_drill_it_is_said_how_one_is_declared() -> None:
    without = parse(ACCOUNT + "backup: {buckets: {a-bucket: {users: {one: {tool: files}}}}}")
    with pytest.raises(UserError, match=r"(?s)one has no drill.*docs/backups\.md"):
        found(without, "one")
