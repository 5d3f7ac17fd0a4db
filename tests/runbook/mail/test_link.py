"""The verification link: AWS's own or none."""

from __future__ import annotations

import uuid
from email.message import EmailMessage

import boto3
import pytest

from runbook.base import aws
from runbook.mail.link import newest_link, verification_link

LINK = "https://email-verification.us-east-1.amazonaws.com/?Context=1&X-Amz-Signature=abc"


def mail(text: str, subtype: str = "plain") -> bytes:
    message = EmailMessage()
    message["From"] = "no-reply-aws@amazon.com"
    message["Subject"] = "Amazon Web Services – Email Address Verification Request"
    message.set_content(text, subtype=subtype)
    return message.as_bytes()


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_the_link_of_aws_is_found(subtype: str) -> None:
    text = f'<a href="{LINK}">verify</a>' if subtype == "html" else f"Go to:\n\n{LINK}\n\nThanks"
    assert verification_link(mail(text, subtype)) == LINK


@pytest.mark.parametrize(
    "address",
    [
        "http://email-verification.us-east-1.amazonaws.com/?Context=1",
        "https://email-verification.us-east-1.amazonaws.com.example.org/?Context=1",
        "https://example.org/email-verification.us-east-1.amazonaws.com",
        "https://email-verification.us-east-1.amazonaws.com@example.org/",
        "https://somebody:else@email-verification.us-east-1.amazonaws.com/",
        "https://email-verification.us-east-1.amazonaws.com:8443/",
        "https://bucket.s3.us-east-1.amazonaws.com/page.html",
        "https://[broken",
    ],
)
def test_a_link_to_anybody_else_is_not_shown(address: str) -> None:
    assert verification_link(mail(f"Verify here: {address}")) is None


def test_a_mail_without_a_body_has_no_link() -> None:
    assert verification_link(b"") is None


@pytest.mark.embedded
@pytest.mark.xdist_group("runbook")
@pytest.mark.usefixtures("account")
def test_the_newest_link_below_the_address_is_taken() -> None:
    client = boto3.client("s3", config=aws.CONFIG)
    bucket = f"received-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=bucket)
    assert newest_link(client, bucket, "data@example.org") is None
    client.put_object(Bucket=bucket, Key="data@example.org/1", Body=mail(f"{LINK}&old"))
    client.put_object(Bucket=bucket, Key="data@example.org/2", Body=mail("Nothing here"))
    client.put_object(Bucket=bucket, Key="other@example.org/3", Body=mail(f"{LINK}&other"))
    assert newest_link(client, bucket, "data@example.org") == f"{LINK}&old"
