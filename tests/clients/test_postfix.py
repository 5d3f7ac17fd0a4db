"""A real Postfix, given what `groundwork credentials show` writes, relays through SES's SMTP."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import embedded
from embedded import Embedded
from tests.builders import REST_OF_A_SENDER
from tests.clients.conftest import ACCOUNT, KEY, OPERATOR, make_operator
from tests.clients.postfix import postfix
from tests.commands import deploy
from tests.conftest import ACCOUNT as ACCOUNT_LINE
from tests.conftest import ROOT
from tests.instances import client_of
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.embedded, pytest.mark.xdist_group("postfix")]

REGION = "us-east-1"
FROM, TO = "noreply@example.org", "you@example.net"
CONFIGURATION = f"""{ACCOUNT_LINE}region: {REGION}
mail:
  domains:
    example.org: {{mail_from: bounces, configuration_set: system}}
  configuration_sets:
    system: {{}}
  senders:
    app: {{from: [{FROM}], {KEY}, {REST_OF_A_SENDER}}}
"""


@dataclass(frozen=True)
class Sender:
    """The deployed sender."""

    instance: Embedded

    def show(self, *arguments: str | Path) -> str:
        """Run `credentials show` as the role that may read the secret."""
        role = f"arn:aws:iam::{ACCOUNT}:role/{OPERATOR}"
        made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        finished = subprocess.run(
            [
                Path(sys.executable).parent / "groundwork",
                *("credentials", "show", "app"),
                *arguments,
                *("--config", self.instance.directory / "groundwork.yaml"),
            ],
            cwd=ROOT,
            env=self.instance.within(os.environ)
            | {
                "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
                "AWS_SESSION_TOKEN": made["SessionToken"],
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def sent(self) -> list[tuple[str, list[str], str]]:
        """Return the sender, recipients and subject of each message that SES accepted."""
        trust = ssl.create_default_context(cafile=self.instance.certificate)
        url = f"{self.instance.endpoint}/_ministack/ses/messages"
        with urllib.request.urlopen(url, context=trust) as answer:  # noqa: S310 - always https
            found = json.load(answer)["messages"].get(ACCOUNT, [])
        return [(mail["Source"], mail["To"], mail["Subject"]) for mail in found]

    def client(self, service: str) -> Any:
        return client_of(self.instance, service, REGION)


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    """Deploy one sender, once it is known that there is a Postfix."""
    require("postfix")
    if os.geteuid():
        pytest.skip("Postfix starts as root only")
    state = tmp_path_factory.mktemp("postfix")
    (state / "groundwork.yaml").write_text(CONFIGURATION)
    sender = Sender(embedded.start(state, ACCOUNT, REGION))
    try:
        make_operator(sender.client("iam"))
        look = {"Effect": "Allow", "Action": "cloudformation:DescribeStacks", "Resource": "*"}
        sender.client("iam").put_role_policy(
            RoleName=OPERATOR, PolicyName="look", PolicyDocument=json.dumps({"Statement": look})
        )
        deployed = deploy(sender.instance, state / "groundwork.yaml")
        assert deployed.status == 0, deployed.errors
        asked = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.org"}
        sender.client("sesv2").put_account_details(**asked, ProductionAccessEnabled=True)
        yield sender
    finally:
        embedded.stop(state)


def test_a_message_arrives_as_root_wrote_it_and_another_senders_waits(
    sender: Sender, tmp_path: Path
) -> None:
    with postfix(smtp_tls_loglevel="1") as machine:
        folder = tmp_path / "relay"
        sender.show("--as", "postfix", "--from", machine.main_cf, "--to", folder)
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
    subjects = [(recipients, subject) for _, recipients, subject in sender.sent()]
    assert ([TO], "accepted") in subjects
    assert ([TO], "another address") not in subjects


def test_a_message_waits_while_the_password_is_wrong(sender: Sender, tmp_path: Path) -> None:
    with postfix() as machine:
        sender.show("--as", "postfix", "--from", machine.main_cf, "--to", tmp_path)
        passwords = tmp_path / "ses_password"
        passwords.write_text(passwords.read_text().rstrip() + "x\n")
        machine.run("sh", tmp_path / "apply.sh")
        with machine.running():
            machine.send(FROM, TO, "wrong password")
            machine.until(lambda: "said: 535 Authentication Credentials Invalid" in machine.log)
            machine.until(lambda: "status=deferred" in machine.log)
            assert machine.waiting() == 1
    assert "wrong password" not in [subject for _, _, subject in sender.sent()]


def test_printed_it_is_one_text_in_which_the_password_stands_once(sender: Sender) -> None:
    text = sender.show("--as", "postfix")
    password = json.loads(sender.show("--as", "json"))["password"]
    assert text.count(password) == 1
    assert "# /etc/postfix/ses_password, mode 0600\n" in text
    assert "relayhost = [localhost]:" in text
