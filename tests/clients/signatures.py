"""What a tool for backups meets at S3, as far as to show the secret key that it signed with.

<https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from embedded.certificate import Certificate
from tests.clients.ses import encrypted

EMPTY = (
    b'<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
)
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/]+/([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=(\w+)"
)


class Request(BaseHTTPRequestHandler):
    """Answers that a bucket is empty, and keeps what was signed."""

    signed: tuple[str, str, str]

    def do_GET(self) -> None:
        """Keep the scope, the text to sign, and the signature."""
        found = _AUTHORIZATION.search(self.headers["Authorization"])
        assert found
        scope, names, signature = found.groups()
        path, _, query = self.path.partition("?")
        lines = [f"{name}:{self.headers[name].strip()}" for name in names.split(";")]
        payload = self.headers["x-amz-content-sha256"]
        canonical = "\n".join((self.command, path, query, *lines, "", names, payload))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = "\n".join(("AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, digest))
        type(self).signed = (scope, text, signature)
        self.send_response(200)
        self.send_header("Content-Length", str(len(EMPTY)))
        self.end_headers()
        self.wfile.write(EMPTY)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


def was_signed_with(secret: str) -> bool:
    """Tell whether the last request was signed with a secret access key."""
    scope, text, signature = Request.signed
    key = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.compare_digest(key.hex(), signature)


@contextmanager
def serving(trust: Certificate) -> Iterator[int]:
    """Serve over TLS at a port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Request) as server:
        server.socket = encrypted(trust.chain, trust.key).wrap_socket(
            server.socket, server_side=True
        )
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
