"""Functions whose calls of AWS fail, or that die, at any call: the same for fakes and for AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.exceptions import ClientError


class Crash(BaseException):
    """The function's process is gone: nothing of it runs any more, no `except` and no `finally`."""


def refusal(code: str, kind: type[ClientError] = ClientError, message: str = "no") -> ClientError:
    return kind({"Error": {"Code": code, "Message": message}}, "AnyOperation")


class Fault(NamedTuple):
    """What happens at the nth call: `before` it has its effect, or after."""

    call: int
    before: bool
    error: BaseException


class Calls:
    """Counts the calls of some clients, and fails at one of them; after a crash at all others too.

    `watch` looks at what each call left.
    """

    def __init__(self, watch: Callable[[str], None] = lambda name: None) -> None:
        self.made: list[str] = []
        self.fault: Fault | None = None
        self.watch = watch

    def restart(self, fault: Fault | None = None) -> None:
        """Count anew, with this fault."""
        self.made, self.fault = [], fault

    def reached(self) -> bool:
        """Say whether the fault was reached, and let everything pass from now on."""
        reached = self.fault is not None and self.fault.call < len(self.made)
        self.fault = None
        return reached

    def make(self, name: str, work: Callable[[], Any]) -> Any:
        number, fault = len(self.made), self.fault
        self.made.append(name)
        if fault and isinstance(fault.error, Crash) and number > fault.call:
            raise fault.error
        due = fault if fault and fault.call == number else None
        if due and due.before:
            raise due.error
        try:
            answer = work()
        finally:
            self.watch(name)
            if due:
                raise due.error
        return answer


class Client:
    """A client, of boto3 or in memory, whose calls are counted."""

    def __init__(self, client: Any, calls: Calls) -> None:
        self._client, self._calls = client, calls
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)
        return lambda **parameters: self._calls.make(name, lambda: call(**parameters))
