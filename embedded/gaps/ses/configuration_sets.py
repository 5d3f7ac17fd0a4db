"""The configuration set that a message names."""

from __future__ import annotations

from embedded.gaps._ministack import Response, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._send import Send, before_sending

GAP = Gap(
    aws="A message is refused if its configuration set does not exist, or does not send.",
    page="https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html",
    ministack="A raw message may name any, and a paused one sends.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Look the set up."""
    before_sending(_check)


def _check(send: Send) -> Response | None:
    used = send.configuration_set_in_use
    if not used:
        return None
    second, first = service("ses_v2")._config_sets, service("ses")._configuration_sets
    if used not in second and used not in first:
        message = f"Configuration set <{used}> does not exist."
        return send.refuse("ConfigurationSetDoesNotExist", message)
    options = second.get(used, {}).get("SendingOptions") or {}
    if options.get("SendingEnabled", True):
        return None
    message = f"Sending paused for configuration set <{used}>."
    return send.refuse("ConfigurationSetSendingPausedException", message)
