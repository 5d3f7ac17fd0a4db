"""What a message has to be before SES looks at whom it is from and to."""

from __future__ import annotations

from embedded.gaps._ministack import Response
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._send import Send, address, before_sending

GAP = Gap(
    aws=(
        "A message has one From header, at most 50 recipients, and addresses of 7-bit ASCII with "
        "a domain."
    ),
    page="https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html",
    ministack="It takes any, and fails with an internal error where From is not ASCII.",
    effect=Effect.STRICTER,
)
RECIPIENTS = 50
ONCE = ("From", "Sender", "Subject", "Date")


def install() -> None:
    """Refuse what SES would."""
    before_sending(_check)


def _check(send: Send) -> Response | None:
    fault = _fault(send)
    return send.refuse("InvalidParameterValue", fault) if fault else None


def _fault(send: Send) -> str | None:
    if send.is_raw and not send.header("From"):
        return "Missing required header 'From'."
    for name in ONCE:
        if len(send.message.get_all(name, [])) > 1:
            return f"Duplicate header '{name}'."
    if len(send.recipients) > RECIPIENTS:
        return f"Recipient count exceeds {RECIPIENTS}."
    for written in (address(send.sender), *send.recipients):
        local, _, domain = written.rpartition("@")
        if not local or not domain or not written.isascii():
            return "Missing final '@domain'"
    return None
