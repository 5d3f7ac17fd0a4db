"""The verification link: AWS's own, for this address, region and account, or none."""

from __future__ import annotations

import quopri
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook.mail.link import Wanted, fault, links

ACCOUNT = "123456789012"
ADDRESS = "data+ses@example.org"
HOST = "email-verification.us-east-1.amazonaws.com"
WANTED = Wanted(ADDRESS, "us-east-1", ACCOUNT)


def link(
    host: str = HOST, scheme: str = "https", account: str = ACCOUNT, address: str = ADDRESS
) -> str:
    """A link in the form that SES sends."""
    return (
        f"{scheme}://{host}/?Context={account}&X-Amz-Date=20261122T115309Z"
        f"&Identity.IdentityName={quote(address, safe='')}&X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&Identity.IdentityType=EmailAddress&X-Amz-SignedHeaders=host"
        "&X-Amz-Credential=AKIAEXAMPLE%2F20261122%2Fus-east-1%2Fses%2Faws4_request"
        "&Operation=ConfirmVerification&Namespace=Bacon&X-Amz-Signature=5f0936557070c31f9a8cd97cf7"
    )


TEXT = f"""Dear Amazon Web Services Customer,

We have received a request to authorize this email address – {ADDRESS} – for use with Amazon SES.
If you requested this verification, please go to the following URL:

{link()}

Learn more: https://docs.aws.amazon.com/ses/latest/dg/verify-addresses-and-domains.html.
"""
HTML = f'<p>Hello – <a href="{link().replace("&", "&amp;")}">verify this address</a></p>'


def mail(text: str = "", html: str = "", **given: Any) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Amazon Web Services <no-reply-aws@amazon.com>"
    message["Subject"] = "Amazon Web Services – Email Address Verification Request"
    if text:
        message.set_content(text, **given)
    if html and text:
        message.add_alternative(html, subtype="html", **given)
    elif html:
        message.set_content(html, subtype="html", **given)
    return message


def genuine(message: bytes) -> list[str]:
    return [each.url for each in links(message, WANTED) if not each.fault]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("utf-8", "base64"),
        ("utf-8", "quoted-printable"),
        ("utf-8", "8bit"),
        ("windows-1252", "base64"),
        ("windows-1252", "quoted-printable"),
        ("windows-1252", "8bit"),
        ("utf-16", "base64"),
        ("utf-16", "quoted-printable"),
    ],
)
@pytest.mark.parametrize(
    "body", [{"text": TEXT}, {"html": HTML}, {"text": "See below", "html": HTML}]
)
def test_it_is_found_in_every_encoding(body: dict[str, str], charset: str, encoding: str) -> None:
    assert genuine(mail(**body, charset=charset, cte=encoding).as_bytes()) == [link()]


def test_it_is_found_where_the_character_set_is_unknown_or_a_lie() -> None:
    raw = mail(TEXT, cte="8bit").as_bytes()
    for charset in (b'"x-unknown"', b'"us-ascii"', b"", b'"base64"'):
        assert genuine(raw.replace(b'"utf-8"', charset)) == [link()]


def test_it_is_found_where_long_lines_are_broken_softly() -> None:
    broken = quopri.encodestring(TEXT.encode())
    assert b"=\n" in broken
    head = (
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    )
    assert genuine(head + broken) == [link()]


def test_it_is_found_in_a_mail_within_a_mail() -> None:
    outer = mail("Fwd")
    outer.add_attachment(mail(TEXT, HTML))
    assert genuine(outer.as_bytes()) == [link()]


def test_a_mail_with_nothing_else_has_no_other_links() -> None:
    assert [each.fault for each in links(mail(TEXT, HTML).as_bytes(), WANTED)] == [""]


def test_a_link_without_the_account_and_address_is_taken_by_its_host() -> None:
    assert fault(f"https://{HOST}/?Context2=1&X-Amz-Signature=abc", WANTED) == ""


LOOK_ALIKES = {
    link(scheme="http"): "it is not https",
    link(
        host="email-verification.eu-west-1.amazonaws.com"
    ): "its host is email-verification.eu-west",
    link(host=f"{HOST}.example.org"): f"its host is {HOST}.example.org",
    link(host=f"{HOST}."): "its host is",
    link(host="email-verification-us-east-1.amazonaws.com"): "its host is",
    link(host=f"x.{HOST}"): "its host is",
    link(host="bucket.s3.us-east-1.amazonaws.com"): "its host is bucket.s3",
    link(host=f"{HOST}@example.org"): "before the @",
    link(host=f"aws:pass@{HOST}"): "before the @",
    link(host=f"@{HOST}"): "before the @",
    link(host=f"{HOST}:8443"): "it names a port",
    link(host=f"{HOST}:port"): "not written as a link",
    link(host=f"{HOST}\\@example.org"): "letters that a link to AWS does not have",
    link(host=HOST.replace("amazon", "аmazon")): "letters that a link to AWS does not have",  # noqa: RUF001
    link(host=f"{HOST}%2eexample.org"): "its host is",
    f"https://example.org/{HOST}/verify": "its host is example.org",
    "https:///verify": "its host is missing",
    "https://[verify": "not written as a link",
    link(account="210987654321"): "another AWS account send as the address: 210987654321",
    link() + "&Context=210987654321": "another AWS account",
    link(address="ceo@example.org"): "it verifies another address: ceo@example.org",
}


@pytest.mark.parametrize("url", LOOK_ALIKES, ids=range(len(LOOK_ALIKES)))
def test_a_look_alike_is_refused_with_the_reason(url: str) -> None:
    (found,) = links(mail(f"Verify here: {url} today").as_bytes(), WANTED)
    assert found.url == url
    assert LOOK_ALIKES[url] in found.fault


def test_what_is_shown_does_not_decide_where_it_leads() -> None:
    page = f'<a href="https://example.org/verify">{HOST}</a>'
    assert [each.url for each in links(mail(html=page).as_bytes(), WANTED)] == [
        "https://example.org/verify"
    ]


@pytest.mark.parametrize("text", ["", "Hello", "https://example.org/newsletter"])
def test_a_mail_without_such_a_link_has_none(text: str) -> None:
    assert links(mail(text).as_bytes(), WANTED) == []


@given(st.binary(max_size=200))
def test_no_mail_is_an_error(noise: bytes) -> None:
    for head in (b"", b"Content-Type: text/html\n\n", b"Content-Transfer-Encoding: base64\n\n"):
        for found in links(head + noise + b" https://verify.example", WANTED):
            assert found.fault
