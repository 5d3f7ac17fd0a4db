"""A real Postfix, given what `groundwork credentials show` writes, relays through SES's SMTP."""

from __future__ import annotations

import json
import os
import ssl
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.postfix import postfix
from tests.end_to_end.conftest import groundwork
from tests.end_to_end.sending import Account
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.embedded, pytest.mark.xdist_group("senders")]

FROM, TO = "noreply@example.org", "you@example.net"


@dataclass(frozen=True)
class Relay:
    """The deployed sender whose mail a server hands to Postfix."""

    account: Account

    def show(self, *arguments: str | Path) -> str:
        """Run `credentials show` as the role that may read the secret."""
        file = self.account.instance.directory / "groundwork.yaml"
        words = ("credentials", "show", "app", *map(str, arguments), "--config", str(file))
        run = groundwork(*words, variables=self.account.operators())
        assert run.status == 0, run.errors
        return run.output

    def sent(self) -> list[tuple[str, list[str], str]]:
        """Return the sender, recipients and subject of each message that SES accepted."""
        instance = self.account.instance
        trust = ssl.create_default_context(cafile=instance.certificate)
        url = f"{instance.endpoint}/_ministack/ses/messages"
        with urllib.request.urlopen(url, context=trust) as answer:  # noqa: S310 - always https
            found = json.load(answer)["messages"].get(instance.account, [])
        return [(mail["Source"], mail["To"], mail["Subject"]) for mail in found]


@pytest.fixture
def relay(request: pytest.FixtureRequest) -> Relay:
    """Return the sender, deployed once it is known that there is a Postfix."""
    require("postfix")
    if os.geteuid():
        pytest.skip("Postfix starts as root only")
    return Relay(request.getfixturevalue("account"))


def test_a_message_arrives_as_root_wrote_it_and_another_senders_waits(
    relay: Relay, tmp_path: Path
) -> None:
    with postfix(smtp_tls_loglevel="1") as machine:
        folder = tmp_path / "relay"
        relay.show("--as", "postfix", "--from", machine.main_cf, "--to", folder)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "ses_password").stat().st_mode & 0o777 == 0o600
        machine.run("sh", folder / "apply.sh")
        with machine.running():
            machine.send(FROM, TO, "accepted", envelope="root@server.example.net")
            machine.send("ceo@example.org", TO, "another address")
            machine.until(lambda: "status=sent (250 Ok " in machine.log)
            machine.until(lambda: "status=SOFTBOUNCE" in machine.log)
    assert "Verified TLS connection established to localhost" in machine.log
    assert "554 Access denied: User `arn:aws:iam::123456789012:user/app'" in machine.log
    subjects = [(recipients, subject) for _, recipients, subject in relay.sent()]
    assert ([TO], "accepted") in subjects
    assert ([TO], "another address") not in subjects


def test_a_message_waits_while_the_password_is_wrong(relay: Relay, tmp_path: Path) -> None:
    with postfix() as machine:
        relay.show("--as", "postfix", "--from", machine.main_cf, "--to", tmp_path)
        passwords = tmp_path / "ses_password"
        passwords.write_text(passwords.read_text().rstrip() + "x\n")
        machine.run("sh", tmp_path / "apply.sh")
        with machine.running():
            machine.send(FROM, TO, "wrong password")
            machine.until(lambda: "said: 535 Authentication Credentials Invalid" in machine.log)
            machine.until(lambda: "status=deferred" in machine.log)
            assert machine.waiting() == 1
    assert "wrong password" not in [subject for _, _, subject in relay.sent()]


def test_printed_it_is_one_text_in_which_the_password_stands_once(relay: Relay) -> None:
    text = relay.show("--as", "postfix")
    password = json.loads(relay.show("--as", "json"))["password"]
    assert text.count(password) == 1
    assert "# /etc/postfix/ses_password, mode 0600\n" in text
    assert "relayhost = [localhost]:" in text
