"""Text of one form: a pattern, the rule in words, and AWS's exceptions from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema


def refuse(message: str) -> PydanticCustomError:
    """Make the error that a validator raises, without pydantic reading braces in the message."""
    return PydanticCustomError("groundwork_refused", "{reason}", {"reason": message})


@dataclass(frozen=True)
class Matching:
    """Text of one form: `pattern` whole; `refused` says why a match is not taken all the same.

    Letters and digits are ASCII's, unless `letters` asks for those of every language.
    """

    pattern: str
    rule: str
    refused: Callable[[str], str | None] = lambda value: None
    letters: re.RegexFlag = re.ASCII

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check after pydantic made sure that it is text."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give the pattern to editors, which check it while one types."""
        rule = {"pattern": f"^(?:{self.pattern})$", "patternErrorMessage": f"must be {self.rule}"}
        return {**handler(schema), **rule}

    def check(self, value: str) -> str:
        """Return the value, or refuse it with the rule in words."""
        if not re.fullmatch(self.pattern, value, self.letters):
            raise refuse(self.rule)
        if reason := self.refused(value):
            raise refuse(reason)
        return value


def at_most(length: int) -> Callable[[str], str | None]:
    """Refuse what is longer."""
    return lambda value: f"at most {length} characters" if len(value) > length else None


_SWITCHES = frozenset({"yes", "no", "on", "off", "true", "false", "null"})


def why_no_name(value: str) -> str | None:
    """Refuse what people write for a switch: `stack: no` would be a stack of that name."""
    return f"a name other than {value}; leave it out for none" if value in _SWITCHES else None


ONE_LINE = Matching(
    r"\S(?:[^\n]*\S)?", "one line of text that neither starts nor ends with a space"
)
"""What a report prints on a line of its own, such as a reason or a name."""
