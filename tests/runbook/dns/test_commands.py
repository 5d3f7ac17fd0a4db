"""The commands, on stacks that are deployed only in part."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.dns import command
from settings.contract import Output, output_key
from tests.runbook.dns.nameserver import serving

SETTINGS = """
account: "{account}"
region: us-east-1
mail:
  domains:
    one.example.org: {{regions: [{regions}], {dns}dmarc: {{reports_to: [d@reports.example]}}}}
    two.example.org: {{}}
"""
RECORDS = "\n".join(
    (
        "CNAME\t{token}._domainkey{whole}\t{token}.dkim.amazonses.com",
        "TXT\t_dmarc{whole}\tv=DMARC1; p=none; rua=mailto:d@reports.example",
    )
)


KEY = output_key(Output.DNS_RECORDS, "one.example.org")
STACK = "mail-us-east-1"
Deploy = Callable[..., Path]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "groundwork.yaml"


@pytest.mark.embedded
@pytest.mark.xdist_group("runbook")
class TestDeployed:
    @pytest.fixture
    def deploy(self, account: str, settings: Path) -> Iterator[Deploy]:
        """Write the file, and deploy the outputs that the mail stack has in the first region."""
        client = aws.cloudformation("us-east-1")
        client.delete_stack(StackName=STACK)

        def run(dns: str = "", regions: str = "us-east-1", whole: str = ".one.example.org") -> Path:
            settings.write_text(SETTINGS.format(dns=dns, regions=regions, account=account))
            output = {"Value": RECORDS.format(token=uuid.uuid4().hex, whole=whole)}
            handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
            template = {"Resources": {"Handle": handle}, "Outputs": {KEY: output}}
            client.create_stack(StackName=STACK, TemplateBody=json.dumps(template))
            return settings

        yield run
        client.delete_stack(StackName=STACK)

    def test_a_region_that_is_not_deployed_is_said(
        self, deploy: Deploy, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = deploy(regions="us-east-1, eu-west-2")
        command.show(settings, "one.example.org", "lines", "host")
        printed = capsys.readouterr()
        assert len(printed.out.splitlines()) == 3
        assert "in eu-west-2 are not deployed." in printed.err

    def test_a_domain_that_is_not_deployed_is_said_and_the_others_are_checked(
        self, deploy: Deploy, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = deploy()
        with pytest.raises(UserError, match=r"two\.example\.org is in the file, but its records"):
            command.show(settings, "two.example.org", "table", "host")
        with serving({"one.example.org": ""}) as server:
            assert command.check(settings, None, server.at, as_json=True) == 1
        first, second = json.loads(capsys.readouterr().out)
        assert [record["verdict"] for record in first["records"]] == ["missing"] * 3
        assert second == {
            "domain": "two.example.org",
            "not_deployed_in": ["us-east-1"],
            "right": False,
            "asked": [],
            "notes": [],
            "records": [],
        }

    def test_the_consent_of_who_takes_the_reports_is_shown_apart(
        self, deploy: Deploy, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command.show(deploy(), "One.Example.org.", "table", "host")
        _, _, apart = capsys.readouterr().out.partition("For the owner of reports.example")
        assert "one.example.org._report._dmarc.reports.example" in apart

    def test_records_in_route_53_are_shown_as_well(
        self, deploy: Deploy, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = deploy(dns="dns: {route53_zone: Z0123456789ABC}, ")
        command.show(settings, "one.example.org", "table", "host")
        printed = capsys.readouterr().out
        assert "hosted zone Z0123456789ABC" in printed
        assert "_dmarc.one.example.org" in printed

    def test_names_for_godaddy_are_without_the_domain_and_its_zone_file_is_whole(
        self, deploy: Deploy, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = deploy(dns="dns: {host: godaddy}, ", whole="")
        command.show(settings, "one.example.org", "lines", "host")
        dkim, dmarc, _ = capsys.readouterr().out.splitlines()
        assert dkim.split("\t")[1].endswith("._domainkey")
        assert dmarc.split("\t")[1] == "_dmarc"
        command.show(settings, "one.example.org", "zone", "host")
        assert capsys.readouterr().out.startswith("$ORIGIN one.example.org.\n")


SLOW = ("aws_cdk", "checkdmarc", "dkim", "spf", "dns")


def test_the_command_starts_without_what_is_slow() -> None:
    code = (
        "import sys; from runbook.cli import app\n"
        "for group in (['dns'], ['dns', 'check'], ['mail']):\n"
        "    app([*group, '--help'], standalone_mode=False)\n"
        f"print('slow:', {set(SLOW)!r} & {{name.partition('.')[0] for name in sys.modules}})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.endswith("slow: set()\n"), run.stdout + run.stderr
    assert "Example: groundwork dns check" in run.stdout


def test_asking_needs_no_synthesis() -> None:
    code = "import sys; import runbook.dns.command; sys.exit('aws_cdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
