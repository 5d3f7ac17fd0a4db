"""The link that verifies an address, read from the mail that SES received."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urlsplit

_LINK = re.compile(r"https?://[^\s<>\"']+")
_HOST = re.compile(r"email-verification\.[a-z0-9-]+\.amazonaws\.com")


def newest_link(client: Any, bucket: str, recipient: str) -> str | None:
    """Look through the mail below an address or a domain, the newest first."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{recipient}/")
    objects = [item for page in pages for item in page.get("Contents", ())]
    for item in sorted(objects, key=lambda item: item["LastModified"], reverse=True):
        body = client.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
        if link := verification_link(body):
            return link
    return None


def verification_link(mail: bytes) -> str | None:
    """Return the link of a verification mail; None unless it leads to AWS's own host over https.

    Anybody can write to the address, and put a link of theirs into a mail that looks like AWS's.
    """
    message = message_from_bytes(mail, policy=policy.default)
    part = message.get_body(preferencelist=("plain", "html"))
    text = part.get_content() if part else ""
    for candidate in _LINK.findall(text):
        try:
            parts = urlsplit(candidate)
            genuine = parts.port is None and not (parts.username or parts.password)
        except ValueError:
            continue
        if parts.scheme == "https" and genuine and _HOST.fullmatch(parts.hostname or ""):
            return str(candidate)
    return None
