"""Reading the file: from its text to the typed configuration, or to everything wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from settings.diagnostics import ConfigurationError, Diagnostic, Location, dotted
from settings.models.settings import Settings
from settings.reader.check import check
from settings.reader.document import read

NOTHING = "must declare something to deploy: mail, data, backup, services or access"


def load(file: str | Path, *, may_be_empty: bool = False) -> Settings:
    """Read the configuration, or raise `ConfigurationError` with all that is wrong with it.

    A file that declares nothing is wrong, unless it `may_be_empty` because it is about to be
    written: then an account and a region are enough.
    """
    return parse(_text(file), str(file), may_be_empty=may_be_empty)


def _text(file: str | Path) -> str:
    try:
        content = Path(file).read_bytes()
    except FileNotFoundError:
        raise _unreadable(file, "there is no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(file, f"the file cannot be read: {reason.lower()}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        message = "this is not UTF-8: save the file in that encoding"
        raise ConfigurationError(str(file), [Diagnostic(line, column, "", message)]) from None


def configuration_error(
    file: str | Path, faults: Iterable[tuple[Location, str]]
) -> ConfigurationError:
    """Make the report of what a synthesis refuses, each at its place in the file.

    A place that the file does not have is reported at the nearest thing around it.
    """
    document = read(_text(file))
    return ConfigurationError(
        str(file),
        [
            Diagnostic(*document.place(location, key=True), dotted(location), message)
            for location, message in faults
        ],
    )


def parse(text: str, file: str = "configuration", *, may_be_empty: bool = False) -> Settings:
    """Read the configuration from text. `file` is what its faults are reported under."""
    document = read(text)
    faults = document.faults
    if document.data is not None:
        settings, wrong = check(document)
        if settings and settings.is_empty and not may_be_empty:
            settings, wrong = None, [Diagnostic(*document.place((), key=False), "", NOTHING)]
        if settings and not (faults or document.hidden):
            return settings
        explained = {(fault.line, fault.column) for fault in wrong}
        hidden = (f for f in document.hidden if (f.line, f.column) not in explained)
        faults = [*faults, *wrong, *hidden]
    empty = Diagnostic(1, 1, "", "the file is empty: it needs an account at least")
    raise ConfigurationError(file, faults or [empty])


def _unreadable(file: str | Path, message: str) -> ConfigurationError:
    return ConfigurationError(str(file), [Diagnostic(1, 1, "", message)])
