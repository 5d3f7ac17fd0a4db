"""Messages that are really signed, verified against a real name server."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import dkim
import nacl.signing
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from rich.console import Console

from runbook.base.errors import UserError
from runbook.dns.servers import resolver_at
from runbook.mail.dmarc.command import dmarc
from runbook.mail.dmarc.decision import Decision, decide
from runbook.mail.dmarc.message import Received
from runbook.mail.dmarc.presenting import EXPECTED, present
from runbook.mail.dmarc.signatures import Result
from tests.runbook.dns.nameserver import Nameserver, serving

SES_SERVER = "54.240.8.64"
FORWARDER = "203.0.113.25"
BODY = (
    b"From: Jane <noreply@example.org>\r\nTo: you@example.net\r\nSubject: Hello\r\n\r\nHello.\r\n"
)
RECEIVED = (
    b"Return-Path: <0100-0000@mail.example.org>\r\n"
    b"Received: by 10.1.2.3 with SMTP id abc; Mon, 23 Nov 2026 09:00:02 +0000\r\n"
    b"Received: from a8-64.smtp-out.amazonses.com (a8-64.smtp-out.amazonses.com. [54.240.8.64])\r\n"
    b"        by mx.example.net with ESMTPS id abc; Mon, 23 Nov 2026 09:00:01 +0000\r\n"
)
SPF_FAILS = RECEIVED.replace(SES_SERVER.encode(), FORWARDER.encode())


@cache
def key() -> tuple[bytes, str]:
    """Make one key for all signers: the private one for dkimpy, the public one for the DNS."""
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return pem, base64.b64encode(public).decode()


def record(selector: str) -> str:
    public = key()[1]
    return f'{selector}._domainkey TXT "v=DKIM1; k=rsa; p={public[:200]}" "{public[200:]}"\n'


def zones(policy: str = "p=reject", more: str = "") -> dict[str, str]:
    return {
        "example.org": f'_dmarc TXT "v=DMARC1; {policy}"\n{record("own")}'
        'mail TXT "v=spf1 include:amazonses.com -all"\n@ MX 10 ns1\nns1 A 192.0.2.1\n' + more,
        "amazonses.com": f'{record("ses")}@ TXT "v=spf1 ip4:54.240.0.0/18 -all"\n',
        "example.net": record("seal"),
    }


def signed(message: bytes, domain: str, selector: str = "own", **options: bool) -> bytes:
    """Put one more signature on top."""
    headers = [b"From", b"To", b"Subject"]
    return bytes(
        dkim.sign(
            message,
            selector.encode(),
            domain.encode(),
            key()[0],
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=headers,
            **options,
        )
        + message
    )


@pytest.fixture
def server() -> Iterator[Nameserver]:
    with serving(zones()) as found:
        yield found


def judged(message: bytes, server: Nameserver, trusted: str | None = None) -> Decision:
    return decide(Received(message), resolver_at(server.at, 0.5), trusted)


def printed(decision: Decision) -> str:
    text = io.StringIO()
    present(Console(file=text, soft_wrap=True), decision)
    return text.getvalue()


OWN_FIRST = signed(signed(BODY, "amazonses.com", "ses"), "example.org")
SES_FIRST = signed(signed(BODY, "example.org"), "amazonses.com", "ses")


@pytest.mark.parametrize("message", [OWN_FIRST, SES_FIRST], ids=["own first", "SES first"])
def test_one_aligned_signature_passes_wherever_that_of_ses_stands(
    message: bytes, server: Nameserver
) -> None:
    found = judged(SPF_FAILS + message, server)
    assert found.result is Result.PASS
    assert {one.domain: (one.result.value, is_aligned) for one, is_aligned in found.signatures} == {
        "example.org": ("pass", True),
        "amazonses.com": ("pass", False),
    }
    assert found.spf.result is Result.FAIL
    assert EXPECTED in printed(found)


def test_aligned_spf_passes_without_any_signature(server: Nameserver) -> None:
    found = judged(RECEIVED + BODY, server)
    assert found.result is Result.PASS
    assert (found.spf.domain, found.spf.result, found.spf_aligned) == (
        "mail.example.org",
        Result.PASS,
        True,
    )
    assert "For the server 54.240.8.64: from the topmost Received header" in printed(found)


def test_a_changed_body_fails_and_is_said_to_be_changed(server: Nameserver) -> None:
    found = judged(SPF_FAILS + OWN_FIRST.replace(b"Hello.\r\n", b"Hello!\r\n"), server)
    assert found.result is Result.FAIL
    assert {one.reason for one, _ in found.signatures} == {"the body was changed on the way"}


def test_a_changed_header_fails_and_is_said_to_be_changed(server: Nameserver) -> None:
    found = judged(SPF_FAILS + OWN_FIRST.replace(b"Subject: Hello", b"Subject: [list] Hi"), server)
    assert found.result is Result.FAIL
    assert all("a signed header was changed" in one.reason for one, _ in found.signatures)


def test_one_broken_signature_does_not_spoil_the_other(server: Nameserver) -> None:
    found = judged(SPF_FAILS + signed(signed(BODY, "example.org", "gone"), "example.org"), server)
    assert [one.result for one, _ in found.signatures] == [Result.PASS, Result.FAIL]
    assert found.result is Result.PASS


def test_the_signature_of_ses_alone_fails_and_points_at_the_domains_dkim(
    server: Nameserver,
) -> None:
    envelope = RECEIVED.replace(b"mail.example.org", b"amazonses.com")
    found = judged(envelope + signed(BODY, "amazonses.com", "ses"), server)
    assert found.result is Result.FAIL
    assert "groundwork dns check example.org" in found.remarks[0]
    assert "no MAIL FROM domain is set" in found.remarks[1]


@pytest.mark.parametrize(("mode", "result"), [("", Result.PASS), ("; adkim=s", Result.FAIL)])
def test_alignment_is_as_strict_as_the_live_record_says(mode: str, result: Result) -> None:
    more = record("own").replace("own._domainkey", "own._domainkey.news")
    with serving(zones(f"p=none{mode}", more)) as server:
        found = judged(SPF_FAILS + signed(BODY, "news.example.org"), server)
    assert found.result is result


def test_strict_spf_wants_the_authors_own_domain() -> None:
    with serving(zones("p=none; aspf=s")) as server:
        assert judged(RECEIVED + BODY, server).result is Result.FAIL


def test_a_forwarded_message_passes_by_its_signature_and_is_said_to_be_forwarded(
    server: Nameserver,
) -> None:
    forwarded = SPF_FAILS.replace(b"<0100-0000@mail.example.org>", b"<SRS0=x=y=z@example.net>")
    found = judged(forwarded + b"X-Forwarded-To: me@example.com\r\n" + OWN_FIRST, server)
    assert found.result is Result.PASS
    assert found.spf.domain == "example.net"
    assert "X-Forwarded-To, a Return-Path that a forwarder rewrote (SRS)" in found.remarks[0]


def test_a_list_that_adds_a_footer_is_named(server: Nameserver) -> None:
    changed = OWN_FIRST + b"-- \r\nThe list\r\n"
    found = judged(SPF_FAILS + b"List-Id: <talk.example.net>\r\n" + changed, server)
    assert found.result is Result.FAIL
    assert "came through a list: the header List-Id" in found.remarks[0]


def test_a_key_that_is_gone_is_told_from_a_server_that_does_not_answer() -> None:
    gone = zones()
    gone["example.org"] = gone["example.org"].replace("own._domainkey", "older._domainkey")
    with serving(gone) as server:
        found = judged(SPF_FAILS + OWN_FIRST, server)
    assert found.result is Result.FAIL
    assert "its key is not in the DNS" in found.signatures[0][0].reason
    with serving(zones(), faults={"own._domainkey.example.org": "SERVFAIL"}) as server:
        found = judged(SPF_FAILS + OWN_FIRST, server)
    assert found.result is Result.TEMPERROR
    assert "answers SERVFAIL" in found.signatures[0][0].reason


def test_a_policy_that_nobody_answers_for_is_not_known() -> None:
    with serving(zones(), faults={"_dmarc.example.org": "SERVFAIL"}) as server:
        found = judged(RECEIVED + OWN_FIRST, server)
    assert found.result is Result.TEMPERROR
    assert "The policy is not known: _dmarc.example.org: answers SERVFAIL" in found.remarks[0]
    assert "DKIM  pass       example.org, alignment unknown" in printed(found)
    assert "has no DMARC record" not in printed(found)


def test_spf_that_nobody_answers_for_is_a_temporary_error() -> None:
    with serving(zones(), faults={"mail.example.org": "SERVFAIL"}) as server:
        found = judged(RECEIVED + BODY, server)
    assert (found.spf.result, found.result) == (Result.TEMPERROR, Result.TEMPERROR)


WRITTEN = (
    b"Authentication-Results: mx.example.net;\r\n spf=pass smtp.mailfrom=x@mail.example.org\r\n"
)


def test_what_a_receiver_wrote_counts_only_when_it_is_trusted(server: Nameserver) -> None:
    message = WRITTEN + SPF_FAILS + BODY
    assert judged(message, server).result is Result.FAIL
    found = judged(message, server, "mx.example.net")
    assert found.result is Result.PASS
    assert "what mx.example.net wrote" in printed(found)
    with pytest.raises(UserError, match=r"those of: mx\.example\.net") as raised:
        judged(message, server, "mx.example.com")
    assert "no Authentication-Results of mx.example.com" in raised.value.message


def test_a_bounce_is_judged_by_the_name_of_its_server(server: Nameserver) -> None:
    bounce = RECEIVED.replace(b"<0100-0000@mail.example.org>", b"<>")
    found = judged(bounce + BODY, server)
    assert found.spf.domain == "a8-64.smtp-out.amazonses.com"


def test_without_an_envelope_spf_is_not_known_and_dkim_decides(server: Nameserver) -> None:
    found = judged(OWN_FIRST, server)
    assert (found.spf.result, found.result) == (Result.NONE, Result.PASS)
    assert "does not say who handed it over" in printed(found)


@pytest.mark.parametrize(
    ("author", "more", "treatment"),
    [
        (b"example.org", "", "none"),
        (b"news.example.org", "news A 192.0.2.1\n", "quarantine"),
        (b"nothing.example.org", "", "reject"),
    ],
)
def test_the_policy_depends_on_whether_the_author_is_a_subdomain_and_exists(
    author: bytes, more: str, treatment: str
) -> None:
    message = SPF_FAILS + BODY.replace(b"noreply@example.org", b"noreply@" + author)
    with serving(zones("p=none; sp=quarantine; np=reject", more)) as server:
        found = judged(message, server)
    assert found.policy
    assert (found.policy.domain, found.policy.treatment) == ("example.org", treatment)


def test_testing_is_one_step_milder() -> None:
    with serving(zones("p=reject; t=y")) as server:
        text = printed(judged(SPF_FAILS + BODY, server))
    assert "mail that fails goes to spam (testing)" in text


def test_without_a_record_receivers_go_by_their_own_rules() -> None:
    without = zones()
    without["example.org"] = without["example.org"].replace("_dmarc", "elsewhere")
    with serving(without) as server:
        found = judged(SPF_FAILS + OWN_FIRST, server)
    assert (found.policy, found.result) == (None, Result.PASS)
    assert "has no DMARC record" in printed(found)


def test_a_signature_over_a_part_of_the_body_is_said_to_be_weak(server: Nameserver) -> None:
    found = judged(SPF_FAILS + signed(BODY, "example.org", length=True) + b"More.\r\n", server)
    assert found.result is Result.PASS
    assert "only a part of the body" in found.signatures[0][0].reason


def test_an_ed25519_signature_is_verified() -> None:
    private = nacl.signing.SigningKey.generate()
    public = base64.b64encode(bytes(private.verify_key)).decode()
    message = (
        dkim.sign(
            BODY,
            b"ed",
            b"example.org",
            base64.b64encode(bytes(private)),
            signature_algorithm=b"ed25519-sha256",
            include_headers=[b"From"],
        )
        + BODY
    )
    with serving(zones(more=f'ed._domainkey TXT "v=DKIM1; k=ed25519; p={public}"\n')) as server:
        assert judged(SPF_FAILS + message, server).result is Result.PASS


def sealed(message: bytes) -> bytes:
    """Let a forwarder seal a message, as ARC has it."""
    written = b"Authentication-Results: mx.example.net; dkim=pass header.d=example.org\r\n"
    headers = dkim.arc_sign(
        written + message,
        b"seal",
        b"example.net",
        key()[0],
        b"mx.example.net",
        include_headers=[b"From", b"Subject"],
    )
    return b"".join(headers) + written + message


def test_arc_is_named_and_does_not_decide(server: Nameserver) -> None:
    found = judged(SPF_FAILS + sealed(BODY), server)
    assert found.result is Result.FAIL
    assert found.arc
    assert (found.arc.holds, found.arc.sealers) == (True, ("example.net",))
    assert "the chain of example.net holds" in printed(found)
    broken = judged(SPF_FAILS + sealed(BODY).replace(b"Hello.\r\n", b"Hello!\r\n"), server)
    assert broken.arc
    assert not broken.arc.holds


@pytest.mark.parametrize(
    "before", [b"\xef\xbb\xbf", b"\r\n\r\n", b"From MAILER-DAEMON Mon Nov 23 09:00:00 2026\n"]
)
def test_what_mail_programs_put_before_a_message_does_not_matter(
    before: bytes, server: Nameserver
) -> None:
    assert judged(before + SPF_FAILS + OWN_FIRST, server).result is Result.PASS


def test_line_ends_of_unix_do_not_matter(server: Nameserver) -> None:
    message = (SPF_FAILS + OWN_FIRST).replace(b"\r\n", b"\n")
    assert judged(message, server).result is Result.PASS


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"", "not an e-mail"),
        (b"\x00\xff\n\n", "not an e-mail"),
        (b"To: a@example.org\r\n\r\n", "has 0 From headers"),
        (b"From: a@example.org\r\nFrom: b@example.org\r\n\r\n", "has 2 From headers"),
        (b"From: a@example.org, b@example.net\r\n\r\n", "has 2 domains"),
        (b"From: undisclosed\r\n\r\n", "has no domains"),
    ],
)
def test_without_one_author_nothing_is_decided(
    message: bytes, said: str, server: Nameserver
) -> None:
    with pytest.raises(UserError, match=said):
        judged(message, server)


def test_the_exit_status_tells_and_json_has_all_of_it(
    server: Nameserver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "received.eml"
    file.write_bytes(RECEIVED + SES_FIRST)
    with file.open("rb") as opened:
        assert dmarc(opened, server.at, None, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["result"], found["author"]) == ("pass", "example.org")
    assert [one["aligned"] for one in found["signatures"]] == [False, True]
    assert dmarc(io.BytesIO(SPF_FAILS + BODY), server.at, None, as_json=False) == 1


def test_the_command_takes_a_message_from_a_pipe(server: Nameserver) -> None:
    program = Path(sys.executable).parent / "groundwork"
    run = subprocess.run(
        [program, "mail", "dmarc", "-", "--server", server.at],
        input=RECEIVED + OWN_FIRST,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()
    assert run.stdout.decode().startswith("DMARC passes for example.org\n")
