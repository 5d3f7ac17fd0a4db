"""The enhanced status codes of mail servers, and the plain reply codes of SMTP.

All of the registry, in words of our own: a class says whether to try again, the rest says why.
<https://www.iana.org/assignments/smtp-enhanced-status-codes/>
<https://www.rfc-editor.org/rfc/rfc3463> <https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3>
"""

from __future__ import annotations

from typing import Final

DNS: Final = "Check the domain's records: groundwork dns check."
RECORDS: Final = "The message did not prove where it comes from"

CLASSES: dict[str, str] = {
    "2": "success",
    "4": "failed for now: another try may succeed",
    "5": "failed for good",
}

SUBJECTS: dict[str, str] = {
    "0": "Nothing more is known.",
    "1": "Something about the address of the recipient or the sender.",
    "2": "Something about the recipient's mailbox.",
    "3": "Something about the recipient's mail system.",
    "4": "Something about the network or the route to the recipient.",
    "5": "Something about the conversation between the mail servers.",
    "6": "Something about the message's format.",
    "7": "A rule of the recipient's server, or security.",
}
"""What the middle number alone says, for codes that the registry does not have."""

CODES: dict[str, str] = {
    "0.0": "The server gives no reason.",
    "1.0": "Something is wrong with an address; the server does not say what.",
    "1.1": "The mailbox does not exist: the part before the @ is wrong.",
    "1.2": "The recipient's domain does not exist, or takes no mail.",
    "1.3": "The recipient's address is not written as an address.",
    "1.4": "The recipient's address fits several mailboxes.",
    "1.5": "The recipient's address is valid.",
    "1.6": "The mailbox has moved, and mail is not forwarded.",
    "1.7": "The sender's address is not written as an address.",
    "1.8": "The sender's domain does not exist, or takes no mail. " + DNS,
    "1.9": "Passed on to a system that reports nothing more.",
    "1.10": "The recipient's domain says in its DNS that it takes no mail.",
    "2.0": "Something is wrong with the mailbox; the server does not say what.",
    "2.1": "The mailbox exists and is switched off.",
    "2.2": "The mailbox is full.",
    "2.3": "The message is larger than this mailbox takes.",
    "2.4": "The mailing list could not be resolved into its members.",
    "3.0": "The mail system has a fault; the server does not say which.",
    "3.1": "The mail system's disk is full.",
    "3.2": "The mail system takes no mail at the moment: overload, shutdown or maintenance.",
    "3.3": "The mail system lacks a feature that the message needs.",
    "3.4": "The message is larger than the mail system takes.",
    "3.5": "The mail system is configured wrongly.",
    "3.6": "Taken, with another priority than was asked for.",
    "4.0": "The network or the route failed; the server does not say where.",
    "4.1": "The recipient's server does not answer.",
    "4.2": "The connection to the recipient's server broke.",
    "4.3": "A directory, such as the DNS, did not answer.",
    "4.4": "There is no route to the recipient: its MX record is missing or wrong.",
    "4.5": "The mail system has too much mail to handle.",
    "4.6": "The message went round in a loop of forwarding.",
    "4.7": "The message was not delivered in the time allowed.",
    "5.0": "The servers did not understand each other; no detail is given.",
    "5.1": "A command came out of turn, or is not supported.",
    "5.2": "A command could not be read.",
    "5.3": "The message has more recipients than the server takes at once.",
    "5.4": "A command's arguments are wrong or not supported.",
    "5.5": "The servers speak different versions of the protocol.",
    "5.6": "An answer at login was too long.",
    "6.0": "Something about the content; the server does not say what.",
    "6.1": "The content is of a kind that the server does not take.",
    "6.2": "The content would have to be converted, and may not be.",
    "6.3": "The content would have to be converted, and cannot be.",
    "6.4": "Delivered; something was lost when the content was converted.",
    "6.5": "Converting the content failed.",
    "6.6": "Content that the message refers to could not be fetched.",
    "6.7": "An address has letters beyond ASCII, which the server does not take.",
    "6.8": "The answer would need UTF-8, which was not agreed on.",
    "6.9": "The headers have UTF-8, which the server does not take.",
    "6.10": "The answer would need UTF-8, which was not agreed on.",
    "7.0": "Refused by a rule; the server does not say which.",
    "7.1": "Refused by a rule of the recipient's server: this sender may not send there. "
    "The words beside the code often say why: reputation, a block list, content.",
    "7.2": "The sender may not post to this mailing list.",
    "7.3": "The message would have to be protected in another way, which is not possible.",
    "7.4": "The server lacks a security feature that the message asks for, such as TLS.",
    "7.5": "The message could not be decrypted or verified: key material is missing or wrong.",
    "7.6": "The message uses a cipher that the server does not know.",
    "7.7": "The message was damaged or altered on its way.",
    "7.8": "User name or password is wrong.",
    "7.9": "The way of logging in is too weak for this server.",
    "7.10": "The connection has to be encrypted first.",
    "7.11": "This way of logging in needs an encrypted connection.",
    "7.12": "The user has to change over to another way of logging in first.",
    "7.13": "The user's account is disabled.",
    "7.14": "The server has to be set up to trust another one first.",
    "7.15": "The message's priority is too low for this server at the moment.",
    "7.16": "The message is too large for its priority.",
    "7.17": "The mailbox has another owner than when the address was noted.",
    "7.18": "The domain has another owner than when the address was noted.",
    "7.19": "The server cannot tell whether the mailbox still has the same owner.",
    "7.20": f"{RECORDS}: no DKIM signature is valid. {DNS}",
    "7.21": f"{RECORDS}: no DKIM signature is one that the server accepts. {DNS}",
    "7.22": f"{RECORDS}: no valid DKIM signature is of the From address's domain. {DNS}",
    "7.23": f"{RECORDS}: SPF fails. {DNS}",
    "7.24": f"{RECORDS}: the SPF record cannot be evaluated, as with more than ten look-ups. {DNS}",
    "7.25": "The reverse DNS of the address that sent the message is missing or wrong.",
    "7.26": f"{RECORDS}: SPF, DKIM or DMARC fail together. {DNS}",
    "7.27": "The sender's domain says in its DNS that it takes no mail, so that no answer could "
    "reach it. " + DNS,
    "7.28": "The server takes the message for one of a flood. Send less at a time.",
    "7.29": "The chain of ARC seals of a forwarded message is broken.",
    "7.30": "The message asks for TLS all the way, which the next server does not offer.",
}
"""By subject and detail, the two numbers after the class."""

REPLIES: dict[str, str] = {
    "421": "The server closes the connection: overload, or too much mail at once.",
    "450": "The mailbox is busy or blocked for now; with greylisting, a later try succeeds.",
    "451": "The server has a fault of its own, or puts the sender off for now.",
    "452": "The server has no room, or the message too many recipients.",
    "454": "The server cannot do this at the moment.",
    "455": "The server cannot do this with these parameters at the moment.",
    "500": "The server does not know the command.",
    "501": "The server cannot read the command's arguments.",
    "502": "The server does not support the command.",
    "503": "A command came out of turn.",
    "504": "The server does not support the command's argument.",
    "521": "The host takes no mail at all.",
    "530": "The server asks for TLS or a login first.",
    "535": "User name or password is wrong.",
    "541": "Refused by the recipient's spam filter.",
    "550": "The mailbox does not exist, or a rule of the server refuses the message.",
    "551": "The mailbox is not on this server.",
    "552": "The mailbox is full, or the message too large.",
    "553": "The server does not allow this address.",
    "554": "The server refuses the message, often by a rule or a block list.",
    "555": "The server does not support the parameters of sender or recipient.",
    "556": "The recipient's domain takes no mail.",
}
"""By the three digits at the start of a server's answer, where it gives no enhanced code."""
