"""A real Postfix, given what a sender's secret holds, relays through SES's SMTP interface."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest

import embedded
from embedded import Embedded
from tests.clients.conftest import ACCOUNT, KEY, OPERATOR, deploy, make_operator
from tests.conftest import ACCOUNT as ACCOUNT_LINE
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
    app:
      from: [{FROM}]
      category: system
      contact: app@example.org
      cost_center: "1"
      approval: OPS-1
      volume: {{daily: 100, monthly: 1000}}
      {KEY}
"""
# It relays what is handed to `sendmail`, and listens nowhere.
SERVICES = """\
pickup     unix        n  -  n  60    1  pickup
cleanup    unix        n  -  n  -     0  cleanup
qmgr       unix        n  -  n  300   1  qmgr
tlsmgr     unix        -  -  n  1000? 1  tlsmgr
rewrite    unix        -  -  n  -     -  trivial-rewrite
bounce     unix        -  -  n  -     0  bounce
defer      unix        -  -  n  -     0  bounce
trace      unix        -  -  n  -     0  bounce
flush      unix        n  -  n  1000? 0  flush
proxymap   unix        -  -  n  -     -  proxymap
smtp       unix        -  -  n  -     -  smtp
relay      unix        -  -  n  -     -  smtp
showq      unix        n  -  n  -     -  showq
error      unix        -  -  n  -     -  error
retry      unix        -  -  n  -     -  error
scache     unix        -  -  n  -     1  scache
postlog    unix-dgram  n  -  n  -     1  postlogd
"""


@dataclass(frozen=True)
class Sender:
    """The deployed sender."""

    instance: Embedded

    @cached_property
    def secret(self) -> dict[str, Any]:
        """What the sender's application is given, read by the role that the file names."""
        made = self._client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{OPERATOR}", RoleSessionName="test"
        )["Credentials"]
        (stack,) = self._client("cloudformation").describe_stacks(StackName=f"mail-{REGION}")[
            "Stacks"
        ]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        client = self._client(
            "secretsmanager",
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            aws_session_token=made["SessionToken"],
        )
        value = client.get_secret_value(SecretId=outputs["AppSenderSecret"])["SecretString"]
        return dict(json.loads(value))

    def sent(self) -> list[tuple[str, list[str], str]]:
        """Return the sender, recipients and subject of each message that SES accepted."""
        trust = ssl.create_default_context(cafile=self.instance.certificate)
        url = f"{self.instance.endpoint}/_ministack/ses/messages"
        with urllib.request.urlopen(url, context=trust) as answer:  # noqa: S310 - always https
            found = json.load(answer)["messages"].get(ACCOUNT, [])
        return [(mail["Source"], mail["To"], mail["Subject"]) for mail in found]

    def _client(self, service: str, **credentials: str) -> Any:
        administrator = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any"}
        make: Any = boto3.client
        return make(
            service,
            region_name=REGION,
            endpoint_url=self.instance.endpoint,
            verify=str(self.instance.certificate),
            **(credentials or administrator),
        )


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
        make_operator(sender._client("iam"))
        deploy(state)
        yield sender
    finally:
        embedded.stop(state)


class Postfix:
    """A running Postfix of its own: its configuration, its queue, its log."""

    def __init__(self, configuration: Path, process: subprocess.Popen[str]) -> None:
        self._configuration, self._process = configuration, process
        self._log_until("daemon started")

    def relay(self, from_: str, subject: str) -> str:
        """Hand a message over as a program on the server does; the log until its fate is known."""
        mail = f"From: {from_}\nTo: {TO}\nSubject: {subject}\n\nHello\n"
        command = [require("sendmail"), "-C", str(self._configuration), "-f", FROM, TO]
        subprocess.run(command, input=mail, text=True, check=True)
        return self._log_until(f"to=<{TO}>")

    def _log_until(self, text: str) -> str:
        assert self._process.stdout
        log = ""
        for line in self._process.stdout:
            log += line
            if text in line:
                return log
        raise AssertionError(f"Postfix ended before it said {text}: {log}")


@contextmanager
def running(instance: Embedded, secret: Mapping[str, Any]) -> Iterator[Postfix]:
    """Run Postfix in the foreground, in a folder that its user `postfix` can reach."""
    program = require("postfix")
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        Path(name).chmod(0o755)
        configuration = configure(Path(name), instance, secret)
        process = subprocess.Popen(
            [program, "-c", configuration, "start-fg"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield Postfix(configuration, process)
            finally:
                # It reads the process id from its own queue, and waits for the end.
                subprocess.run([program, "-c", configuration, "stop"], check=False)


def configure(directory: Path, instance: Embedded, secret: Mapping[str, Any]) -> Path:
    """Write a relay's settings; the place of SES's host takes the one that stands for it."""
    assert (secret["host"], secret["port"]) == (f"email-smtp.{REGION}.amazonaws.com", 587)
    relay = f"[localhost]:{instance.smtp_port}"
    configuration, queue, data = (directory / name for name in ("etc", "queue", "data"))
    for folder in (configuration, queue, data):
        folder.mkdir()
    shutil.chown(data, "postfix")
    login = configuration / "sasl_password"
    login.touch(mode=0o600)
    login.write_text(f"{relay} {secret['username']}:{secret['password']}\n")
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": queue,
        "data_directory": data,
        "maillog_file": "/dev/stdout",
        "myhostname": "server.example.org",
        "mydestination": "",
        "inet_interfaces": "loopback-only",
        "inet_protocols": "ipv4",
        "relayhost": relay,
        "smtp_host_lookup": "native",
        "smtp_sasl_auth_enable": "yes",
        "smtp_sasl_password_maps": f"texthash:{login}",
        "smtp_sasl_tls_security_options": "noanonymous",
        "smtp_tls_security_level": "secure",
        "smtp_tls_CAfile": instance.certificate,
        "smtp_tls_loglevel": "1",
    }
    lines = [f"{name} = {value}\n" for name, value in settings.items()]
    (configuration / "main.cf").write_text("".join(lines))
    (configuration / "master.cf").write_text(SERVICES)
    return configuration


def test_a_message_arrives_with_the_secrets_password(sender: Sender) -> None:
    with running(sender.instance, sender.secret) as postfix:
        log = postfix.relay(FROM, "accepted")
    assert "Verified TLS connection established to localhost" in log
    assert "status=sent (250 Ok " in log
    assert (FROM, [TO], "accepted") in sender.sent()


def test_a_message_waits_while_the_password_is_wrong(sender: Sender) -> None:
    wrong = {**sender.secret, "password": sender.secret["secret_access_key"]}
    with running(sender.instance, wrong) as postfix:
        log = postfix.relay(FROM, "wrong password")
    assert "said: 535 Authentication Credentials Invalid" in log
    assert "status=deferred" in log
    assert (FROM, [TO], "wrong password") not in sender.sent()


def test_a_message_from_another_address_is_returned(sender: Sender) -> None:
    with running(sender.instance, sender.secret) as postfix:
        log = postfix.relay("ceo@example.org", "another address")
    assert "said: 554 Access denied: User `arn:aws:iam::123456789012:user/app'" in log
    assert "status=bounced" in log
    assert (FROM, [TO], "another address") not in sender.sent()
