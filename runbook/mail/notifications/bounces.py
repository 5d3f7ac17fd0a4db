"""Every type and subtype of a bounce that AWS documents.

Identity feedback and event publishing share them. AWS adds subtypes: the newest here are those of
tenants and of the validation of addresses (2026).
<https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types>
<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>
"""

from __future__ import annotations

from typing import NamedTuple

from runbook.mail.notifications.meaning import Meaning


class Bounce(NamedTuple):
    """A bounce's type and subtype in plain words.

    `counts` says whether it counts towards the account's bounce rate, for which AWS reviews an
    account from 5 % and may pause it from 10 %; None where AWS does not say.
    """

    text: str
    advice: str
    counts: bool | None


BOUNCES: dict[tuple[str, str], Bounce] = {
    ("Undetermined", "Undetermined"): Bounce(
        "The recipient's server returned the message, and SES could not tell why.",
        "Read the diagnostic code, or the returned message itself, which went to the envelope's "
        "sender. Send again once; stop if it comes back again.",
        None,
    ),
    ("Permanent", "General"): Bounce(
        "The recipient's server refused the message for good, without a reason that SES knows.",
        "Take the address off the list now. If the diagnostic code speaks of policy, spam or "
        "authentication, the fault is with the message or the domain: fix that first.",
        True,
    ),
    ("Permanent", "NoEmail"): Bounce(
        "The recipient's server says that the address does not exist.",
        "Take the address off the list now, and look for a typing error where it was entered.",
        True,
    ),
    ("Permanent", "Suppressed"): Bounce(
        "SES did not try: the address is on the list that SES keeps for all its customers, since "
        "it bounced for somebody recently.",
        "Take the address off the list. If the owner says that it works, wait (SES forgets an "
        "address after at most 14 days), or let the account's own suppression list decide: it "
        "overrides this one.",
        True,
    ),
    ("Permanent", "OnAccountSuppressionList"): Bounce(
        "SES did not try: the address is on this account's suppression list, since a message to "
        "it bounced or was complained about before.",
        "See when and why: groundwork mail suppressed ADDRESS. Add --remove if the address works "
        "again and its owner wants the mail; otherwise take it off the list.",
        False,
    ),
    ("Permanent", "OnTenantSuppressionList"): Bounce(
        "SES did not try: the address is on the suppression list of the tenant that the message "
        "was sent for.",
        "Take the address off the list. The entry belongs to the tenant: it is removed there, not "
        "on the account's list.",
        False,
    ),
    ("Permanent", "EmailValidationSuppressed"): Bounce(
        "SES did not try: its validation of addresses finds that this one is unlikely to exist or "
        "to receive mail.",
        "Look for a typing error in the address. If it is right, lower the threshold of the "
        "validation at the account or the configuration set.",
        None,
    ),
    ("Permanent", "UnsubscribedRecipient"): Bounce(
        "SES did not try: the recipient unsubscribed from this contact list or topic.",
        "Nothing to fix: stop sending them this kind of mail.",
        None,
    ),
    ("Transient", "General"): Bounce(
        "The recipient's server kept refusing the message for now, and SES stopped trying.",
        "Send again later. The diagnostic code has the reason.",
        False,
    ),
    ("Transient", "MailboxFull"): Bounce(
        "The recipient's mailbox is full.",
        "Send again later; take the address off the list if it stays full for weeks.",
        False,
    ),
    ("Transient", "MessageTooLarge"): Bounce(
        "The message is larger than the recipient's server takes.",
        "Send a smaller one: a link instead of an attachment.",
        False,
    ),
    ("Transient", "CustomTimeoutExceeded"): Bounce(
        "SES could not deliver the message within the time that the sender or its configuration "
        "set allows.",
        "The diagnostic code says what the attempts failed on. Send again if the mail is still of "
        "use, or allow more time.",
        False,
    ),
    ("Transient", "ContentRejected"): Bounce(
        "The recipient's server refused the content of the message.",
        "Change what it took offence at: links, wording, missing authentication. The diagnostic "
        "code often names it.",
        False,
    ),
    ("Transient", "AttachmentRejected"): Bounce(
        "The recipient's server refused an attachment, as archives and programs often are.",
        "Send a link instead, or another format.",
        False,
    ),
}

TYPES: dict[str, Meaning] = {
    "Undetermined": Meaning(
        "The recipient's server returned the message, and SES could not tell why.",
        "Read the diagnostic code.",
    ),
    "Permanent": Meaning(
        "The message will not be delivered, however often it is sent.",
        "Take the address off the list, unless the diagnostic code blames the message.",
    ),
    "Transient": Meaning(
        "SES tried for a while and stopped: another try may succeed.",
        "Send again later.",
    ),
}
"""What the type alone says, for subtypes that are new."""
