"""Parameters of databases: what they protect or record, and what only a restart loads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.inside import keys
from runbook.changes.consequences.model import Consequence, Kind, Rule, falls, is_on, number
from runbook.changes.parts import Danger

_STATIC = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html"


_GUARDS: Mapping[str, str] = {
    "log_min_error_statement": "fewer statements that fail are logged",
    "log_connections": "who connects is no longer logged",
    "log_disconnections": "who disconnects is no longer logged",
    "log_statement": "fewer statements are logged",
    "password_encryption": "passwords are stored in a weaker form",
    "pgaudit.log": "fewer kinds of statements are audited",
    "rds.accepted_password_auth_method": "weaker ways to sign in with a password are taken",
    "rds.force_ssl": "connections without TLS are taken",
    "rds.restrict_password_commands": "more may set passwords",
    "session_replication_role": "triggers and foreign keys are passed over",
    "ssl_min_protocol_version": "older versions of TLS are taken",
    "synchronous_commit": "what was committed may be lost in a crash",
}
"""Parameters that protect or record, and what it means that one of them does so less."""
_AUDITED = ("ddl", "function", "misc", "misc_set", "read", "role", "write")
_CONNECTIONS = ("authentication", "authorization", "receipt")
"""What `log_connections` logs where it is on, and by these names from version 18 on.

<https://www.postgresql.org/docs/18/runtime-config-logging.html#GUC-LOG-CONNECTIONS>
"""
_KINDS: Mapping[str, tuple[str, ...]] = {
    "log_min_error_statement": (
        *("panic", "fatal", "log", "error", "warning", "notice", "info"),
        *("debug1", "debug2", "debug3", "debug4", "debug5"),
    ),
    "log_statement": ("none", "ddl", "mod", "all"),
    "password_encryption": ("md5", "scram-sha-256"),
    "rds.accepted_password_auth_method": ("md5+scram", "scram"),
    "session_replication_role": ("replica", "origin"),
    "ssl_min_protocol_version": ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "synchronous_commit": ("off", "local", "remote_write", "on", "remote_apply"),
}
"""What some of them may be, the weakest first."""


_STRONG: Mapping[str, str] = {
    "password_encryption": "scram-sha-256",
    "rds.force_ssl": "1",
    "log_min_error_statement": "error",
    "session_replication_role": "origin",
    "ssl_min_protocol_version": "TLSv1.2",
    "synchronous_commit": "on",
}
"""What some of them are by default in some version: what was not set may have been this."""


def _protects(key: str, value: JsonValue) -> set[str]:
    """Return all that a parameter protects or records by its value; without one, nothing."""
    text = str(value or "").replace(" ", "")
    if kinds := _KINDS.get(key):
        return set(kinds[1 : kinds.index(text) + 1]) if text in kinds else set()
    if key == "pgaudit.log":
        return set(_AUDITED) if "all" in text.split(",") else set(text.split(",")) - {"", "none"}
    on = is_on(value) or text == "on"
    if key == "log_connections":
        named = set(text.split(","))
        return {*_CONNECTIONS} if on or "all" in named else named & {*_CONNECTIONS}
    return {"on"} if on else set()


def parameters(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge parameters, by themselves and by what they do."""
    old, new = keys(before), keys(after)
    for key, meaning in _GUARDS.items():
        yield from _guard(key, meaning, old.get(key), new.get(key))
    for key, rule in _RULES.items():
        if old.get(key) != new.get(key):
            yield from rule(old.get(key), new.get(key))


def _guard(key: str, meaning: str, was: JsonValue, becomes: JsonValue) -> Iterator[Consequence]:
    known = _STRONG.get(key) if was is None and becomes is not None else was
    if _protects(key, known) - _protects(key, becomes):
        words = f"{meaning}: {key} {was or 'the default'} → {becomes or 'the default'}"
        yield Consequence(words, _STATIC, danger=Danger.WEAKENED)


def _libraries(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge libraries, which are loaded when the database starts: people start it."""
    if before != after:
        words = (
            f"libraries change from {before or 'the default'} to {after or 'the default'} once the "
            "database is restarted: nobody does that but you"
        )
        yield Consequence(words, _STATIC, danger=Danger.INTERRUPTS)


def _slow(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge from how many milliseconds on a statement is logged: from -1 on, none is."""
    old, new = (number(side, -1) for side in (before, after))
    if old is not None and old >= 0 and (new is None or new < 0 or new > old):
        words = f"fewer slow statements are logged: {before} ms → {after or 'the default'}"
        yield Consequence(words, _STATIC, danger=Danger.WEAKENED)


def _extensions(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge which extensions may be installed: by default, and by a star, all that RDS has."""
    old, new = ({*str(side or "*").replace(" ", "").split(",")} for side in (before, after))
    if "*" not in old and (more := sorted(new - old)):
        words = f"further extensions may be installed: {', '.join(more)}"
        yield Consequence(words, _STATIC, danger=Danger.WEAKENED)


_RULES: Mapping[str, Rule] = {
    "log_min_duration_statement": _slow,
    "rds.allowed_extensions": _extensions,
    "rds.log_retention_period": falls(
        Consequence(
            "its log is kept on it for {after} minutes; before: {before}",
            _STATIC,
            danger=Danger.WEAKENED,
        ),
        4320,
    ),
    "shared_preload_libraries": _libraries,
}
PARAMETERS = Kind(rules={"Parameters": parameters})

KINDS: Mapping[str, Kind] = {
    "AWS::RDS::DBClusterParameterGroup": PARAMETERS,
    "AWS::RDS::DBParameterGroup": PARAMETERS,
}
