"""Clients that reach the services of this very process, for whoever serves a request of it.

CloudFormation reads resources while it answers, on the thread that would answer a call over the
network too: such a call would wait for itself. So the request that botocore makes is handed to the
service's own handler, with the account and region that are being served.

Cloud Control and drift detection read as whoever called them, who needs the permission for each
call: <https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html>. CloudFormation's
own reads, for change sets and imports, are those of its execution role.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from functools import cache
from threading import local
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from embedded.gaps._ministack import account, iam_actions, iam_evaluator, region, router, service
from embedded.readers.reader import Clients

MODULES = {
    "cloudtrail": "cloudtrail",
    "cloudwatch": "cloudwatch",
    "ec2": "ec2",
    "events": "eventbridge",
    "iam": "iam",
    "lambda": "lambda_svc",
    "logs": "cloudwatch_logs",
    "rds": "rds",
    "s3": "s3",
    "scheduler": "scheduler",
    "secretsmanager": "secretsmanager",
    "ses": "ses",
    "sesv2": "ses_v2",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "stepfunctions": "stepfunctions",
}
"""The module of ministack that serves each client."""

DENIED = "AccessDeniedException"
CONFIG = Config(
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    # Otherwise a body comes in chunks with a checksum behind them, which only the server undoes.
    request_checksum_calculation="when_required",
)


def here() -> Clients:
    """Return clients for the region of the request that is being served. IAM is not asked."""
    place = region()
    return lambda name: _client(name, place)


def as_caller() -> Clients:
    """Return the same clients, which may do no more than whoever signed the request."""
    place = region()
    return lambda name: _client(name, place, asking=True)


@cache
def _client(name: str, place: str, asking: bool = False) -> Any:
    make: Any = boto3.client
    client: Any = make(
        name,
        region_name=place,
        endpoint_url="https://inside",
        aws_access_key_id="inside",
        aws_secret_access_key="inside",  # noqa: S106 - nobody checks it
        config=CONFIG,
    )
    module = service(MODULES[name])

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        url = urlsplit(request.url)
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        query = parse_qs(url.query, keep_blank_values=True)
        asked = request.method, unquote(url.path), headers, _bytes(request.body), query
        if asking:
            _authorize(*asked)
        status, answered, body = _run(module.handle_request(*asked))
        return AWSResponse(request.url, status, answered, _Body(_bytes(body)))

    client.meta.events.register("before-send", answer)
    return client


def _authorize(method: str, path: str, headers: Any, body: bytes, query: Any) -> None:
    """Refuse what the caller may not do. No signature of the root user is checked."""
    caller = iam_evaluator._verified_key.get()
    if not caller:
        return
    asked = router.detect_service(method, path, headers, query)
    action = iam_actions.extract_iam_action(asked, method, path, headers, body, query)
    resource = iam_actions.extract_resource_arn(
        asked, method, path, headers, body, query, region(), account()
    )
    denied = iam_evaluator.enforce(caller, action, asked, region(), resource_arn=resource)
    if denied:
        who = getattr(denied, "principal_arn", caller)
        message = f"User: {who} is not authorized to perform: {action} on resource: {resource}"
        raise ClientError({"Error": {"Code": DENIED, "Message": message}}, action)


class _Loop(local):
    """A loop for each thread: to make one takes longer than most answers."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()


_LOOP = _Loop()
_THREADS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="reader")


def _run(handler: Any) -> Any:
    """Run a handler to its end, on another loop: the server's is the one that waits here."""
    return _THREADS.submit(_serve, handler, copy_context()).result()


def _serve(handler: Any, context: Context) -> Any:
    return _LOOP.runner.run(handler, context=context)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode()
    return bytes(value if isinstance(value, (bytes, bytearray)) else value.read())


class _Body:
    """A body as botocore reads it from urllib3."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        """Yield the whole of it."""
        yield self._content
