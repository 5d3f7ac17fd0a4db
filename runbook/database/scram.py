"""What PostgreSQL keeps of a password: the digest by which it recognizes it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode

ITERATIONS = 4096
"""PostgreSQL's own number. A generated password of 40 characters needs no more."""


def verifier(password: str, salt: bytes | None = None) -> str:
    """Return the text that `ALTER ROLE … PASSWORD` takes in place of a password.

    A client that has it cannot log in: that needs the password.
    <https://www.postgresql.org/docs/current/catalog-pg-authid.html>
    <https://www.rfc-editor.org/rfc/rfc5802#section-3>
    """
    salt = secrets.token_bytes(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    parts = (_text(salt), _text(stored), _text(_keyed(salted, b"Server Key")))
    return f"SCRAM-SHA-256${ITERATIONS}:{parts[0]}${parts[1]}:{parts[2]}"


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _text(value: bytes) -> str:
    return b64encode(value).decode()
