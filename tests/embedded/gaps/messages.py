"""Messages for SES."""

from email.message import EmailMessage


def message(from_: str, to: str, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = from_, to, "subject"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("text")
    return mail.as_bytes()
