"""Every subtype and feedback type of a complaint that AWS documents.

The feedback types are those of the abuse reporting format, as mailbox providers fill them in.
<https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#complaint-object>
<https://www.iana.org/assignments/marf-parameters/marf-parameters.xhtml>
"""

from __future__ import annotations

from runbook.mail.notifications.meaning import Meaning

SUBTYPES: dict[str, Meaning] = {
    "OnAccountSuppressionList": Meaning(
        "SES did not try: the address is on this account's suppression list, since its owner "
        "complained before. This is no new complaint, and does not count as one.",
        "Take the address off the list. groundwork mail suppressed ADDRESS says since when.",
    ),
    "OnTenantSuppressionList": Meaning(
        "SES did not try: the address is on the suppression list of the tenant that the message "
        "was sent for. This is no new complaint, and does not count as one.",
        "Take the address off the list.",
    ),
}

NEW = Meaning(
    "A recipient, or their mailbox provider, reported the message as unwanted. It counts towards "
    "the complaint rate: AWS reviews an account from 0.1 % and may pause it from 0.5 %.",
    "Stop sending to the recipient. Most providers hide who complained: the recipients named here "
    "are those of that provider, one of whom did.",
)
"""A complaint without a subtype."""

FEEDBACK_TYPES: dict[str, Meaning] = {
    "abuse": Meaning("The recipient marked the message as spam, or reports other abuse."),
    "auth-failure": Meaning(
        "The message failed DKIM, SPF or DMARC at the provider. No recipient complained.",
        "Check the domain's records: groundwork dns check.",
    ),
    "fraud": Meaning(
        "The message is reported as fraud or phishing.",
        "Find out whether the sender's application or its key is abused before it sends more.",
    ),
    "not-spam": Meaning(
        "The recipient says that the message is not spam: no complaint, but a correction.",
        "Nothing to do: the recipient wants the mail.",
    ),
    "other": Meaning("The provider's reason fits none of the registered types."),
    "virus": Meaning(
        "The provider found a virus in the message.",
        "Stop the sender until it is clear where the file came from.",
    ),
}
