"""A real Postfix, changed over by what `credentials show --as postfix` writes."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from embedded import certificate
from runbook.credentials.postfix import Relay, files
from runbook.credentials.values import SenderSecret
from tests.clients.postfix import Postfix, postfix
from tests.clients.ses import Ses, listening
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("relay")]

FROM, TO = "noreply@example.org", "you@example.net"
PASSWORD = "B+/=x$1"


@pytest.fixture(autouse=True)
def _root() -> None:
    require("postfix")
    if os.geteuid():
        pytest.skip("Postfix starts as root only")


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> certificate.Certificate:
    return certificate.issue(tmp_path_factory.mktemp("trust"))


@contextmanager
def ses(trust: certificate.Certificate, rate: int = 100, **options: Any) -> Iterator[Ses]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Ses("AKIAEXAMPLE", PASSWORD, "example.org", rate, port=port)
    with listening(made, trust.chain, trust.key, **options):
        yield made


def secret(port: int, trust: certificate.Certificate, **more: Any) -> SenderSecret:
    place = {"host": "localhost", "port": port, "username": "AKIAEXAMPLE", "password": PASSWORD}
    return SenderSecret.model_validate(
        place
        | {
            "name": "app",
            "user": "app",
            "region": "us-east-1",
            "access_key_id": "AKIAEXAMPLE",
            "secret_access_key": "none",
            "configuration_set": "system",
            "from": [FROM, "news-*@example.org"],
            "regions": {"us-east-1": place},
            "trust": str(trust.authority),
        }
        | more
    )


def apply(machine: Postfix, folder: Path, relay: Relay) -> str:
    """Do what an operator does: write the files, and run the script on the machine."""
    folder.mkdir(exist_ok=True)
    for file in files(relay, machine.main_cf.read_text()):
        (folder / file.name).write_text(file.text)
    return machine.run("sh", folder / "apply.sh")


def relay(secret: SenderSecret, **options: Any) -> Relay:
    return Relay(secret, **{"identities": ["example.org"], "rate": 20, **options})


def test_a_burst_is_sent_at_the_accounts_rate_and_nothing_is_throttled(
    trust: certificate.Certificate, tmp_path: Path
) -> None:
    with ses(trust, rate=3) as server, postfix() as machine:
        apply(machine, tmp_path / "files", relay(secret(server.port, trust), rate=3))
        for number in range(9):
            machine.send(FROM, f"reader{number}@example.net", "burst")
        with machine.running():
            machine.until(lambda: machine.log.count("status=sent") == 9)
    assert server.refused == []
    assert len(server.accepted) == 9


def test_without_the_lanes_the_same_burst_is_throttled(
    trust: certificate.Certificate, tmp_path: Path
) -> None:
    with ses(trust, rate=3) as server, postfix() as machine:
        apply(machine, tmp_path / "files", relay(secret(server.port, trust), rate=20))
        for number in range(9):
            machine.send(FROM, f"reader{number}@example.net", "burst")
        with machine.running():
            machine.until(lambda: "454 Throttling failure" in machine.log)
    assert server.refused


def test_changed_over_from_another_relay_no_queued_message_is_lost(
    trust: certificate.Certificate, tmp_path: Path
) -> None:
    gone = "[127.0.0.1]:9"
    with ses(trust) as server, postfix(relayhost=gone) as machine, machine.running():
        machine.send(FROM, TO, "from the sender")
        machine.send(FROM, TO, "from root", envelope="root@server.example.net")
        machine.send("news-1@example.org", TO, "from a pattern")
        machine.until(lambda: machine.log.count("status=deferred") == 3)
        said = apply(machine, tmp_path / "files", relay(secret(server.port, trust)))
        machine.until(lambda: machine.log.count("status=sent") == 3)
        machine.until(lambda: machine.waiting() == 0)
        assert f"#relayhost = {gone}\n" in machine.main_cf.read_text()
    assert "Mail goes through localhost" in said
    subjects = {re.search(r"Subject: (.*)\r", content)[1] for _, _, content in server.accepted}  # type: ignore[index]
    assert subjects == {"from the sender", "from root", "from a pattern"}
    assert {sender for sender, _, _ in server.accepted} == {FROM, "news-1@example.org"}


def test_what_ses_refuses_waits_until_the_trial_is_ended(
    trust: certificate.Certificate, tmp_path: Path
) -> None:
    stranger = secret(0, trust, **{"from": ["x@example.com"]})
    with ses(trust) as server, postfix() as machine, machine.running():
        used = stranger.model_copy(update={"port": server.port})
        apply(machine, tmp_path / "files", relay(used, identities=["example.com"]))
        machine.send("x@example.com", TO, "refused")
        machine.until(lambda: "554 Message rejected" in machine.log)
        machine.until(lambda: "status=SOFTBOUNCE" in machine.log)
        machine.until(lambda: machine.waiting() == 1)
        text = machine.main_cf.read_text().replace("soft_bounce = yes\n", "")
        machine.main_cf.write_text(text)
        apply(machine, tmp_path / "files", relay(used, identities=["example.com"]))
        assert "soft_bounce" not in machine.main_cf.read_text()
        machine.until(lambda: "status=bounced" in machine.log)
        # The notice has no envelope sender: it is not offered to SES.
        machine.until(lambda: "SES takes no mail without an envelope sender" in machine.log)
    assert "501 Invalid MAIL FROM" not in machine.log


def test_a_relay_of_others_too_sends_their_mail_where_it_went_before(
    trust: certificate.Certificate, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    before = {"relayhost": "[127.0.0.1]:9", "smtp_sasl_password_maps": "texthash:/dev/null"}
    with ses(trust) as server, postfix(**before) as machine, machine.running():
        app = secret(server.port, trust, header=True)
        other = secret(server.port, trust, name="other", **{"from": ["other@example.org"]})
        apply(machine, folder, relay(app, shared=True))
        apply(machine, folder, relay(other, shared=True))
        for sender in (FROM, "news-1@example.org", "other@example.org", "stranger@example.org"):
            machine.send(sender, TO, "shared")
        machine.until(lambda: machine.log.count("status=sent") == 3)
        machine.until(lambda: "status=deferred (connect to 127.0.0.1" in machine.log)
        machine.until(lambda: machine.waiting() == 1)
        kept = (machine.etc / "ses_password").read_text()
        apply(machine, folder, relay(app.model_copy(update={"password": "new"}), shared=True))
        renewed = (machine.etc / "ses_password").read_text()
        assert (machine.etc / "ses_password").stat().st_mode & 0o777 == 0o600
    assert {sender for sender, _, _ in server.accepted} == {
        FROM,
        "news-1@example.org",
        "other@example.org",
    }
    with_header = {s for s, _, c in server.accepted if "X-SES-CONFIGURATION-SET: system" in c}
    assert with_header == {FROM, "news-1@example.org"}
    assert kept.count("\n") == renewed.count("\n") == 3
    assert renewed.count(":new\n") == 2


def test_by_implicit_tls_and_with_set_and_tenant_named_once(
    trust: certificate.Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ses(trust, implicit=True) as server, postfix() as machine, machine.running():
        monkeypatch.setattr("runbook.credentials.postfix.writing.IMPLICIT_TLS", (server.port,))
        apply(
            machine,
            tmp_path / "files",
            relay(secret(server.port, trust, header=True, tenant="bulk")),
        )
        machine.send(FROM, TO, "over TLS\nX-SES-CONFIGURATION-SET: another\nX-SES-TENANT: other")
        machine.until(lambda: "status=sent" in machine.log)
    ((_, _, content),) = server.accepted
    assert re.findall(r"X-SES-CONFIGURATION-SET: (\w+)", content) == ["system"]
    assert re.findall(r"X-SES-TENANT: (\w+)", content) == ["bulk"]


def test_a_wrong_setting_leaves_postfix_as_it_was(
    trust: certificate.Certificate, tmp_path: Path
) -> None:
    with postfix(relayhost="[127.0.0.1]:9") as machine:
        before = machine.main_cf.read_text(), (machine.etc / "master.cf").read_text()
        made = files(relay(secret(587, trust)), before[0])
        for file in made:
            (tmp_path / file.name).write_text(file.text)
        (tmp_path / "ses_password").write_text("nothing that postmap finds\n")
        with pytest.raises(AssertionError, match="what they were"):
            machine.run("sh", tmp_path / "apply.sh")
        assert before == (machine.main_cf.read_text(), (machine.etc / "master.cf").read_text())
