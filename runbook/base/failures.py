"""What went wrong, in one message for whoever ran the command: AWS, the network, this machine."""

from __future__ import annotations

import errno
import os

from botocore.exceptions import BotoCoreError, ClientError

from runbook.base.aws import SIGN_IN, UNSIGNED, is_denied, unreachable, unsigned
from runbook.base.errors import UserError

EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "InvalidAccessKeyId",
}
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
}


def explain(error: Exception) -> UserError:
    """Return the message for an error that no command explains by itself."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, ClientError):
        return _refusal(error)
    if isinstance(error, UNSIGNED):
        return unsigned(error)
    if isinstance(error, BotoCoreError):
        return unreachable(error)
    if isinstance(error, OSError):
        return _of_the_system(error)
    return UserError(
        f"Groundwork made a mistake: {type(error).__name__}: {error}",
        "Please report it. GROUNDWORK_TRACEBACK=1 shows where it happened.",
    )


def _refusal(error: ClientError) -> UserError:
    code = str(error.response["Error"].get("Code", ""))
    said = f"AWS refuses {error.operation_name}: {error.response['Error'].get('Message', code)}"
    if code in EXPIRED:
        return UserError(said, f"The credentials expired, or the region is not enabled. {SIGN_IN}")
    if code in _THROTTLED:
        return UserError(said, "Too many calls at once, yours or others'. Try again in a minute.")
    if is_denied(error):
        return UserError(said, "These credentials lack that permission: use another role.")
    return UserError(said)


def _of_the_system(error: OSError) -> UserError:
    place = f"{error.filename}: " if error.filename else ""
    text = os.strerror(error.errno) if error.errno else str(error)
    advice = {
        errno.ENOSPC: "Free some space, or write to another place.",
        errno.EACCES: "Use a place that you may read and write.",
        errno.ENOENT: "Create the folder first, or correct the path.",
    }.get(error.errno or 0, "")
    return UserError(f"{place}{text}", advice)
