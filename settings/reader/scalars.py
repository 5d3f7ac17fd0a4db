"""What a scalar of YAML stands for: text, unless it is plain and looks like something else.

By YAML 1.2's core schema `on`, `no` and `1:30` are text, as they look, and a date stays the text
that the models check. <https://yaml.org/spec/1.2.2/#103-core-schema>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from settings.diagnostics import quoted, shortened

if TYPE_CHECKING:
    from pydantic import JsonValue
    from yaml import ScalarEvent

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")


def scalar(event: ScalarEvent) -> tuple[JsonValue, str]:
    """Return a value and how the file words it. Only text without quotes can be another kind."""
    text = event.value
    if event.implicit[0]:
        if text in _NULLS:
            return None, "nothing"
        if text in _TRUE or text in _FALSE:
            return text in _TRUE, text
        if _INTEGER.fullmatch(text):
            return int(text), text
        if _FLOAT.fullmatch(text):
            return float(text), shortened(text)
        if " " not in text:
            return text, shortened(text)
    return text, quoted(text)
