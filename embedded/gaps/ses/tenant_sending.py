"""The tenant that a message is sent in."""

from __future__ import annotations

from embedded.gaps._ministack import Response, account, region, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._send import Send, before_sending, identity_of

GAP = Gap(
    aws=(
        "A message that names a tenant is refused while the tenant is paused, and where its "
        "identity or configuration set is not the tenant's."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/tenants.html",
    ministack="A message may name any tenant.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Look the tenant up. AWS's own words are not documented: these say the same."""
    before_sending(_check)


def _check(send: Send) -> Response | None:
    name = send.tenant
    if not name:
        return None
    found = service("ses_v2")._tenants.get(name)
    if found is None:
        return send.refuse("InvalidParameterValue", f"Tenant <{name}> does not exist.")
    if found["SendingStatus"] == "DISABLED":
        return send.refuse("MessageRejected", f"Sending is paused for tenant <{name}>.")
    ours = service("ses_v2")._tenant_resources[name]
    for arn in _needed(send):
        if arn not in ours:
            return send.refuse("InvalidParameterValue", f"<{arn}> is not of tenant <{name}>.")
    return None


def _needed(send: Send) -> list[str]:
    prefix = f"arn:aws:ses:{region()}:{account()}"
    used = send.configuration_set_in_use
    return [
        f"{prefix}:identity/{identity_of(send.sender)[0]}",
        f"{prefix}:configuration-set/{used or '(none)'}",
    ]
