"""What each kind of notification says, and the reasons of delays and rejects.

<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>
"""

from __future__ import annotations

from runbook.mail.notifications.meaning import Meaning

VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES publishes once to a topic that becomes an event destination: all of its text."""

EVENTS: dict[str, Meaning] = {
    "Bounce": Meaning("SES could not deliver the message, and has stopped trying."),
    "Complaint": Meaning("A recipient or their provider objects to the message."),
    "Delivery": Meaning(
        "The recipient's server took the message. It may still put it with the spam, or return "
        "it later, which is told as a bounce."
    ),
    "Send": Meaning("SES took the message from the sender, and will try to deliver it."),
    "Reject": Meaning("SES took the message, and then refused to deliver it."),
    "Open": Meaning("Somebody, or a program on their behalf, loaded the message's pictures."),
    "Click": Meaning("Somebody, or a program that checks links, followed a link of the message."),
    "Rendering Failure": Meaning("SES could not fill in the template, so that nothing was sent."),
    "DeliveryDelay": Meaning("The message is not delivered yet, and SES goes on trying."),
    "Subscription": Meaning("A recipient changed what mail of a contact list they receive."),
    "AmazonSnsSubscriptionSucceeded": Meaning(
        "SES tried the topic that it is to publish feedback to. No message bounced."
    ),
    VALIDATED: Meaning("SES tried the topic that it is to publish events to. No message bounced."),
    "Alarm": Meaning("An alarm of CloudWatch, and no notification of SES."),
    "SubscriptionConfirmation": Meaning(
        "SNS asks whether this address wants what the topic publishes. Until somebody opens the "
        "link, nothing else of the topic arrives.",
        "Open the link if the topic is yours. It is good for two days.",
    ),
    "UnsubscribeConfirmation": Meaning(
        "Somebody ended this subscription: nothing of the topic arrives here any more.",
        "If that was a mistake, take the address out of notify, deploy, and put it back.",
    ),
}
"""By `eventType` or `notificationType`, and the `Type` of what SNS itself sends."""

DELAYS: dict[str, Meaning] = {
    "InternalFailure": Meaning("A fault inside SES delays the message.", "Wait: SES tries again."),
    "General": Meaning(
        "The conversation with the recipient's server failed.",
        "Wait: SES tries again. The diagnostic code has the server's words.",
    ),
    "MailboxFull": Meaning(
        "The recipient's mailbox is full.", "Wait, or ask the recipient to make room."
    ),
    "SpamDetected": Meaning(
        "The recipient's server received much mail of this account that it takes for spam.",
        "Send less at a time to this provider, and only to people who asked for the mail.",
    ),
    "RecipientServerError": Meaning(
        "The recipient's server has a passing fault.", "Wait: SES tries again."
    ),
    "IPFailure": Meaning(
        "The recipient's provider blocks or slows the address that SES sends from.",
        "Wait: SES tries from others. If it lasts for hours, send AWS the diagnostic code in a "
        "support case.",
    ),
    "TransientCommunicationFailure": Meaning(
        "The connection to the recipient's server broke.", "Wait: SES tries again."
    ),
    "BYOIPHostNameLookupUnavailable": Meaning(
        "SES could not look up the host name of an address range that this account brought along.",
        "Check the reverse DNS of these addresses.",
    ),
    "Undetermined": Meaning("SES could not tell why.", "Wait: SES tries again."),
    "SendingDeferral": Meaning(
        "SES itself holds the message back for a while.",
        "Wait. If much mail is held back, look at the reputation: groundwork mail status.",
    ),
}
"""By `delayType`."""

REJECTS: dict[str, Meaning] = {
    "Bad content": Meaning(
        "SES found a virus in the message, and delivered it to nobody.",
        "Find out where the file came from before the sender goes on: AWS may pause an account "
        "that sends viruses.",
    ),
}
"""By `reason`."""

RENDERING_FAILURE = Meaning(
    "The template and its data do not fit, most often because a value is missing.",
    "Correct the data or the template, and send again: SES does not.",
)

ALARMS: dict[str, Meaning] = {
    "Reputation.BounceRate": Meaning(
        "Too much of the mail bounces: AWS reviews an account from 5 % and may pause it from 10 %.",
        "Find the sender whose mail bounces by its bounces, and stop it until its list is clean.",
    ),
    "Reputation.ComplaintRate": Meaning(
        "Too much of the mail is complained about: AWS reviews an account from 0.1 %, and may "
        "pause it from 0.5 %.",
        "Find the sender by its complaints, and stop it until it writes only to people who asked.",
    ),
    "Send": Meaning(
        "More is sent than was declared, or nearly as much as the account may send.",
        "See whether the sender is abused. If not, ask for a higher volume, and AWS for a higher "
        "quota.",
    ),
}
"""By the metric that an alarm of this project watches."""
