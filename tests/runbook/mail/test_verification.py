"""Having an address verified: the mail is asked for, waited for, and read."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.mail import regions, verification
from runbook.mail.cli import app
from runbook.mail.received import Mailbox
from settings import Settings
from tests import sleeping
from tests.runbook.mail.test_link import ADDRESS, TEXT, link, mail

REGION = "us-east-1"
FILE = """
account: "123456789012"
mail:
  domains:
    example.org: {receives_mail: true, notify: [team@example.org]}
  addresses:
    data+ses@example.org: {notify: [team@example.org]}
    other@example.com: {}
"""

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


class Scene:
    """An account with an address that is not verified, and a bucket of received mail."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.file, self.patch = folder / "groundwork.yaml", patch
        self.file.write_text(FILE)
        self.s3 = boto3.client("s3", region_name=REGION, config=aws.CONFIG)
        self.bucket = f"received-{uuid.uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=self.bucket)
        self.asked: list[str] = []
        self.verified = False
        patch.setattr(verification, "mailbox", self.mailbox)
        patch.setattr(regions, "sesv2", self.sesv2)
        patch.setattr(regions, "ses", self.ses)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--config", str(self.file)])

    def receive(self, message: bytes) -> None:
        key = f"{ADDRESS}/{uuid.uuid4()}"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=message)

    def mailbox(self, settings: Settings, address: str) -> Mailbox | None:
        received = address.endswith("@example.org")
        return Mailbox(self.s3, self.bucket, f"{address}/") if received else None

    def sesv2(self, region: str) -> Any:
        """SES, which says whether the address is verified: the embedded one has all verified."""
        client = boto3.client("sesv2", region_name=region, config=aws.CONFIG)
        stubber = Stubber(client)
        stubber.add_response("get_email_identity", {"VerifiedForSendingStatus": self.verified})
        stubber.activate()
        return client

    def ses(self, region: str) -> Any:
        client = boto3.client("ses", region_name=region, config=aws.CONFIG)
        client.meta.events.register(
            "provide-client-params.ses.*",
            lambda params, model, **_: self.asked.append(f"{model.name} {params['EmailAddress']}"),
        )
        return client


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with pytest.MonkeyPatch.context() as patch:
        yield Scene(tmp_path, patch)


def test_aws_is_asked_again_and_the_link_is_read_when_it_comes(scene: Scene) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            scene.receive(mail(TEXT, cte="base64").as_bytes())

    sleeping.replaced(scene.patch, sleep)
    run = scene.run("verify", ADDRESS)
    assert run.exit_code == 0, run.output
    assert run.stdout == f"{link()}\n"
    assert scene.asked == [f"VerifyEmailIdentity {ADDRESS}"]
    assert len(waited) == 3


def test_a_mail_of_before_is_not_taken_for_the_one_that_was_asked_for(scene: Scene) -> None:
    scene.receive(mail(TEXT).as_bytes())
    scene.patch.setattr(verification, "CLOCKS", timedelta(seconds=-60))
    run = scene.run("verify", ADDRESS, "--wait", "0")
    assert run.exit_code == 1
    assert run.stdout == ""
    assert "No mail with AWS's link came" in run.stderr
    assert f"groundwork mail link {ADDRESS}" in run.stderr


def test_a_verified_address_is_left_alone(scene: Scene) -> None:
    scene.verified = True
    run = scene.run("verify", ADDRESS)
    assert (run.exit_code, run.stdout, scene.asked) == (0, "", [])
    assert f"{ADDRESS} is verified in {REGION}" in run.stderr


def test_whoever_has_the_mailbox_is_told_to_open_the_link(scene: Scene) -> None:
    run = scene.run("verify", "other@example.com")
    assert run.exit_code == 0
    assert scene.asked == ["VerifyEmailIdentity other@example.com"]
    assert "AWS sends a mail to other@example.com." in run.stderr


def test_programs_get_json(scene: Scene) -> None:
    scene.receive(mail(f"Verify: {link(scheme='http')}").as_bytes())
    scene.receive(mail(TEXT).as_bytes())
    (found,) = json.loads(scene.run("verify", ADDRESS, "--json").stdout)
    assert (found["state"], found["link"]) == ("link", link())


def test_look_alikes_are_named_with_the_reason(scene: Scene) -> None:
    scene.receive(mail(f"Verify: {link(account='210987654321')}").as_bytes())
    run = scene.run("verify", ADDRESS, "--wait", "0")
    assert run.exit_code == 1
    assert run.stdout == ""
    assert "Do not open https://" in run.stderr
    assert "another AWS account send as the address" in run.stderr


def test_an_address_that_the_file_lacks_is_explained(scene: Scene) -> None:
    fault = scene.run("verify", "dat+ses@example.org").exception
    assert isinstance(fault, UserError)
    assert ADDRESS in fault.advice
    fault = scene.run("verify", "example.org").exception
    assert isinstance(fault, UserError)
    assert "is a domain in the file" in fault.message


def test_an_address_that_is_not_deployed_is_said_not_to_be(scene: Scene) -> None:
    scene.patch.undo()
    scene.patch.setattr(verification, "mailbox", scene.mailbox)
    fault = scene.run("verify", ADDRESS).exception
    assert isinstance(fault, UserError)
    assert "is not deployed in us-east-1" in fault.message


def test_the_newest_link_is_printed(scene: Scene) -> None:
    assert "No verification mail of the last 24 hours" in str(scene.run("link", ADDRESS).exception)
    scene.receive(mail(TEXT).as_bytes())
    scene.receive(mail("Nothing here").as_bytes())
    run = scene.run("link", ADDRESS)
    assert run.stdout == f"{link()}\n"


def test_a_link_that_has_expired_is_not_printed(scene: Scene) -> None:
    scene.receive(mail(TEXT).as_bytes())
    scene.patch.setattr(verification, "GOOD_FOR", timedelta(seconds=-60))
    assert "No verification mail" in str(scene.run("link", ADDRESS).exception)


def test_an_address_whose_mail_goes_elsewhere_has_no_link(scene: Scene) -> None:
    fault = scene.run("link", "somebody@example.com").exception
    assert isinstance(fault, UserError)
    assert "SES receives no mail for somebody@example.com." in fault.message
