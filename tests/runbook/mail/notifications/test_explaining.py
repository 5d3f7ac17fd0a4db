"""What is unknown is said to be, and what strangers wrote is shown as it is."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from typer.testing import CliRunner

from runbook.mail.cli import app
from runbook.mail.notifications.explaining import UNKNOWN, explain
from runbook.mail.notifications.presenting import present

RUNNER = CliRunner()


def bounce(kind: str, subtype: str, **recipient: str) -> dict[str, Any]:
    recipients = [{"emailAddress": "jane@example.net", **recipient}]
    told = {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": recipients}
    return {"notificationType": "Bounce", "bounce": told}


def shown(*notifications: dict[str, Any], width: int = 80) -> str:
    file = io.StringIO()
    present(Console(file=file, width=width), [explain(each) for each in notifications])
    return file.getvalue()


def test_an_unknown_subtype_is_explained_by_its_type() -> None:
    found = explain(bounce("Permanent", "MoonFull"))
    assert not found.known
    assert found.counts is None
    assert "Groundwork does not know the subtype" in found.points[0].meaning
    assert found.advice == (
        "Take the address off the list, unless the diagnostic code blames the message.",
    )


def test_an_unknown_type_an_unknown_event_and_an_unknown_code_are_said_to_be() -> None:
    assert "AWS has not documented" in explain(bounce("Sideways", "")).points[0].meaning
    assert explain({"eventType": "Teleport"}).meaning == UNKNOWN
    (recipient,) = explain(bounce("Permanent", "General", status="5.7.99")).recipients
    assert "A rule of the recipient's server" in recipient.points[0].meaning
    assert "The registry has no such code" in recipient.points[0].meaning


def test_the_code_in_the_servers_words_comes_before_a_status_that_says_nothing() -> None:
    answer = "smtp; 550-5.7.26 This mail has been blocked"
    found = explain(bounce("Permanent", "General", status="5.0.0", diagnosticCode=answer))
    assert [point.value for point in found.recipients[0].points] == ["5.7.26", answer]
    found = explain(bounce("Transient", "General", status="4.4.7", diagnosticCode=answer))
    assert [point.value for point in found.recipients[0].points][:2] == ["4.4.7", "5.7.26"]


def test_the_server_that_delivered_a_message_stands_apart_from_its_name() -> None:
    server = "a0-0.smtp-out.amazonses.com"
    lines = shown({"eventType": "Delivery", "delivery": {"reportingMTA": server}}).splitlines()
    assert lines[-1] == f"  sent by     {server}"


def test_an_address_is_no_code() -> None:
    answer = "smtp; 550 client 5.1.1.10 refused"
    (recipient,) = explain(bounce("Permanent", "General", diagnosticCode=answer)).recipients
    assert [point.name for point in recipient.points] == ["reply", "answer"]


def test_words_of_strangers_do_not_command_the_terminal() -> None:
    answer = "smtp; 550 \x1b[2J\u202egone [red]markup[/red]\nWhat to do: pay"
    text = shown(bounce("Permanent", "General", diagnosticCode=answer))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]markup[/red]" in text
    assert "\nWhat to do: pay" not in text


def test_advice_comes_once_and_last() -> None:
    notification = bounce("Permanent", "NoEmail")
    notification["bounce"]["bouncedRecipients"] *= 3
    lines = shown(notification).splitlines()
    (advice,) = [line for line in lines if line.strip().startswith("do this")]
    assert lines.index(advice) > max(n for n, line in enumerate(lines) if "recipient" in line)


def test_it_fits_the_terminal() -> None:
    answer = "smtp; 550 5.7.1 " + "words of a mail server " * 20
    text = shown(bounce("Permanent", "General", diagnosticCode=answer), width=60)
    assert max(len(line) for line in text.splitlines()) <= 60


def test_the_command_reads_a_file_and_a_pipe(tmp_path: Path) -> None:
    file = tmp_path / "bounce.json"
    file.write_text(json.dumps(bounce("Transient", "MailboxFull")))
    for arguments, piped in (([str(file)], None), (["-"], file.read_bytes())):
        run = RUNNER.invoke(app, ["explain", *arguments], input=piped)
        assert run.exit_code == 0, run.output
        assert "The recipient's mailbox is full." in run.output
    run = RUNNER.invoke(app, ["explain", "--json", str(file)])
    (found,) = json.loads(run.output)
    assert (found["event"], found["known"], found["counts"]) == ("Bounce", True, False)
    assert found["recipients"][0]["address"] == "jane@example.net"


def test_a_file_without_a_notification_and_a_missing_one_are_said_so(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear all")
    run = RUNNER.invoke(app, ["explain", str(file)])
    assert run.exit_code == 1
    assert "No notification of SES is in" in str(run.exception)
    run = RUNNER.invoke(app, ["explain", str(tmp_path / "none")])
    assert run.exit_code == 2
    assert "No such file" in " ".join(run.output.replace("│", "").split())
