"""Where S3 is: AWS, unless the environment leads elsewhere, as the embedded AWS's does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Endpoint:
    """Another host than AWS's own, and the certificates that prove it."""

    host: str
    port: int
    certificates: str

    @classmethod
    def of_environment(cls) -> Self | None:
        """Return what AWS's own clients would use: AWS_ENDPOINT_URL with AWS_CA_BUNDLE."""
        url = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
        if not url.hostname:
            return None
        # pgBackRest compares a certificate with names alone, and tries again for a minute.
        host = "localhost" if url.hostname == "127.0.0.1" else url.hostname
        return cls(host, url.port or 443, os.environ.get("AWS_CA_BUNDLE", ""))
