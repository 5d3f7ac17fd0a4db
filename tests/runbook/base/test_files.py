"""Files that a person names: what is no text is said, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbook.base import files
from runbook.base.errors import UserError


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "main.cf"
    file.write_bytes("relayhost = x\n# für später\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"main\.cf, line 2: this is not UTF-8") as caught:
        files.read(file)
    assert "iconv -f latin1 -t utf-8" in caught.value.advice
    file.write_text("# für später\n", encoding="utf-8")
    assert files.read(file) == "# für später\n"
