"""Tags, as every service of AWS takes them.

<https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>
"""

from __future__ import annotations

import re
from typing import Annotated

from settings.values.matching import Matching


def _why_no_tag(text: str) -> str | None:
    if text.lower().startswith("aws:"):
        return "a tag that does not start with aws:, which AWS reserves"
    return None


TagKey = Annotated[
    str,
    Matching(
        r"[\w .:/=+@-]{1,128}",
        "a tag's key: 1 to 128 letters, digits, spaces and _.:/=+-@",
        _why_no_tag,
        re.UNICODE,
    ),
]
TagValue = Annotated[
    str,
    Matching(
        r"[\w .:/=+@-]{0,256}",
        "a tag's value: up to 256 letters, digits, spaces and _.:/=+-@",
        _why_no_tag,
        re.UNICODE,
    ),
]

RegisterEntry = Annotated[
    str,
    Matching(
        r"[\w .:/=+@-]{1,256}",
        "letters, digits, spaces and _.:/=+-@, between quotes: it becomes a tag",
        _why_no_tag,
        re.UNICODE,
    ),
]
"""What the register knows of a sender, and keeps as a tag of its user."""
