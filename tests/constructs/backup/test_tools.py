from __future__ import annotations

import pytest

from groundwork.backup.tools import TOOLS, Tool
from settings import parse

USERS = {
    Tool.FILES: "{tool: files}",
    Tool.PGBACKREST: "{tool: pgbackrest, prefix: main}",
    Tool.RESTIC: "{tool: restic}",
    Tool.RESTIC_APPEND_ONLY: "{tool: restic, append_only: true}",
    Tool.READ_ONLY: "{tool: read-only}",
}


def test_every_tool_has_its_permissions() -> None:
    assert {*TOOLS} == {*Tool}


@pytest.mark.parametrize("tool", Tool)
def test_every_tool_can_be_declared(tool: Tool) -> None:
    buckets = f"{{ocp: {{versioned: true, users: {{one: {USERS[tool]}}}}}}}"
    backup = parse(f'account: "123456789012"\nbackup: {{buckets: {buckets}}}').backup
    assert Tool.of(backup.buckets["ocp"].users["one"]) is tool
