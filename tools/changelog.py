"""Prints what CHANGELOG.md says of one version: the notes of its release.

`python tools/changelog.py v1.2.0` ends with status 1, and says why, where the version has no
section, or is not the project's own.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
RELEASE = re.compile(r"(?P<version>\d+\.\d+\.\d+) – (?P<day>\d{4}-\d\d-\d\d)")
UNRELEASED = "Unreleased"


class ChangelogError(Exception):
    """The version cannot be released. The message is for whoever tagged it."""


def sections(text: str) -> dict[str, str]:
    """Return each section by its heading, the newest first, without the page's introduction."""
    _, *parts = HEADING.split(text)
    return {heading: body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)}


def notes(text: str, tag: str, version: str) -> str:
    """Return the section of a tag, `v` and the project's version, as the release's notes."""
    if tag != f"v{version}":
        raise ChangelogError(f"The tag is {tag}, but pyproject.toml has version {version}.")
    for heading, body in sections(text).items():
        found = RELEASE.fullmatch(heading)
        if found and found["version"] == version:
            return body
    raise ChangelogError(f"CHANGELOG.md has no section ## {version} – YYYY-MM-DD.")


def main(tag: str) -> int:
    """Print the notes of a tag's release."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    try:
        text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        print(notes(text, tag, project["project"]["version"]))
    except ChangelogError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
