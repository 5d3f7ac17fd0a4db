"""What the doctor says of an account: each check where it is right and where it is wrong."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError, EndpointConnectionError
from rich.console import Console
from typer.testing import CliRunner

from runbook.base import aws
from runbook.cli import app
from runbook.doctor import command
from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import CHECKS, Check, bootstrap, engines, mail, quotas
from runbook.doctor.examine import Row, examine
from runbook.doctor.owners import Owners
from runbook.doctor.place import Place
from settings import Settings, parse
from tests.builders import sender
from tests.conftest import templates_of

REGION = "eu-west-1"
"""One that no other test of the command uses."""

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


def settings(text: str, region: str = REGION) -> Settings:
    head = f'account: "123456789012"\nregion: {region}\n'
    return parse(head + dedent(text), may_be_empty=True)


def client(service: Any, region: str = REGION) -> Any:
    make: Any = boto3.client
    return make(service, region_name=region, config=aws.CONFIG)


def asked(text: str, check: Check) -> list[Answer]:
    return [row.answer for row in examine(settings(text), [check])]


def wrong(text: str, check: Check) -> Answer:
    (found,) = [each for each in asked(text, check) if each.state is State.WRONG]
    return found


def database(**fields: Any) -> str:
    declared = {"engine": "postgresql", "instance": "db.t4g.micro", "security_groups": ["here"]}
    subnets = {"10.0.1.0/24": "a", "10.0.2.0/24": "b"}
    networks = {"main": {"cidr": "10.0.0.0/16", "subnets": subnets}}
    data = {
        "networks": networks,
        "security_groups": {"here": {"description": "Here", "postgresql_from": ["10.0.0.0/24"]}},
        "databases": {"books": {**declared, **fields}},
    }
    return str(yaml.safe_dump({"data": data}))


def aurora() -> str:
    text = yaml.safe_load(database())
    declared = text["data"]["databases"]["books"]
    del declared["instance"]
    declared.update(engine="aurora-postgresql", capacity={"min": 0, "max": 2})
    return str(yaml.safe_dump(text))


def test_every_check_has_its_place_in_the_table() -> None:
    assert list(CHECKS) == list(Check)


class TestBootstrap:
    @pytest.fixture(autouse=True)
    def _without(self) -> Iterator[None]:
        yield
        ssm = client("ssm")
        if ssm.describe_parameters()["Parameters"]:
            ssm.delete_parameter(Name=bootstrap.PARAMETER)

    def put(self, version: str) -> None:
        ssm = client("ssm")
        ssm.put_parameter(Name=bootstrap.PARAMETER, Value=version, Type="String")

    def test_a_region_without_it_is_bootstrapped_first(self) -> None:
        found = wrong("", Check.BOOTSTRAP)
        assert found.text == "the CDK's bootstrap is not there"
        assert found.advice == f"cdk bootstrap aws://123456789012/{REGION}"

    def test_an_old_one_is_bootstrapped_again(self) -> None:
        self.put("5")
        assert wrong("", Check.BOOTSTRAP).text == "version 5 is too old: 6 is needed"

    def test_a_new_one_is_right(self) -> None:
        self.put("30")
        assert asked("", Check.BOOTSTRAP) == [Answer("version 30; 6 is needed")]

    def test_what_is_needed_is_what_a_template_asks_for(self) -> None:
        text = f'account: "123456789012"\nregion: {REGION}\nbackup: {{buckets: {{a-bucket: {{}}}}}}'
        template = templates_of(text)[f"backup-{REGION}"].to_json()
        (rule,) = template["Rules"]["CheckBootstrapVersion"]["Assertions"]
        refused = rule["Assert"]["Fn::Not"][0]["Fn::Contains"][0]
        assert max(map(int, refused)) == bootstrap.NEEDED - 1


class TestStacks:
    FILE = "backup: {buckets: {a-bucket: {}}}"
    STACK = f"backup-{REGION}"

    @pytest.fixture
    def deployed(self) -> Iterator[Callable[[str], None]]:
        cloudformation = client("cloudformation")

        def make(description: str) -> None:
            queue = {"Queue": {"Type": "AWS::SQS::Queue"}}
            body = json.dumps({"Description": description, "Resources": queue})
            cloudformation.create_stack(StackName=self.STACK, TemplateBody=body)
            cloudformation.get_waiter("stack_create_complete").wait(
                StackName=self.STACK, WaiterConfig={"Delay": 1}
            )

        yield make
        cloudformation.delete_stack(StackName=self.STACK)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=self.STACK, WaiterConfig={"Delay": 1}
        )

    def test_one_that_is_not_there_is_right(self) -> None:
        assert asked(self.FILE, Check.STACKS) == [Answer(f"{self.STACK} is not deployed yet")]

    def test_ours_is_right(self, deployed: Callable[[str], None]) -> None:
        deployed("Groundwork: backup")
        assert asked(self.FILE, Check.STACKS) == [Answer(f"{self.STACK}: create complete")]

    def test_somebody_elses_is_wrong(self, deployed: Callable[[str], None]) -> None:
        deployed("Payroll")
        found = wrong(self.FILE, Check.STACKS)
        assert found.text == f"{self.STACK} is there and is not Groundwork's"
        assert "environment" in found.advice


class TestNames:
    def test_free_names_are_right(self) -> None:
        bucket = f"free-{uuid.uuid4().hex[:12]}"
        text = f"backup: {{buckets: {{{bucket}: {{users: {{{bucket}-user: {{tool: files}}}}}}}}}}"
        assert asked(text, Check.NAMES) == [
            Answer("users: 0 deployed, 1 free"),
            Answer("buckets: 0 deployed, 1 free"),
        ]

    def test_what_was_made_by_hand_is_adopted(self) -> None:
        name = f"clicked-{uuid.uuid4().hex[:12]}"
        client("iam").create_user(UserName=name)
        text = f"backup: {{buckets: {{{name}-bucket: {{users: {{{name}: {{tool: files}}}}}}}}}}"
        found = wrong(text, Check.NAMES)
        assert found.text == f"{name} is taken (AWS::IAM::User): no stack has it"
        assert "groundwork adopt" in found.advice

    def test_every_kind_that_is_taken_is_named(self) -> None:
        name = f"taken-{uuid.uuid4().hex[:8]}"
        s3, sesv2, iam, rds = map(client, ("s3", "sesv2", "iam", "rds"))
        where = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=f"{name}-bucket", CreateBucketConfiguration=where)
        sesv2.create_email_identity(EmailIdentity=f"{name}.example.org")
        sesv2.create_configuration_set(ConfigurationSetName=name)
        iam.create_user(UserName=f"{name}-sender")
        rds.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", Engine="postgres"
        )
        declared = yaml.safe_load(database())
        declared["data"]["databases"] = {name: declared["data"]["databases"]["books"]}
        send = yaml.safe_load(sender(f"noreply@{name}.example.org", configuration_set=name))
        declared["mail"] = {
            "domains": {f"{name}.example.org": {}},
            "configuration_sets": {name: {}},
            "senders": {f"{name}-sender": send},
        }
        declared["backup"] = {"buckets": {f"{name}-bucket": {}}}
        found = asked(yaml.safe_dump(declared), Check.NAMES)
        taken = [each.text.split(" is taken")[0] for each in found if each.state is State.WRONG]
        assert taken == [
            f"{name}.example.org",
            name,
            f"{name}-sender",
            name,
            f"{name}-bucket",
        ]

    def test_what_another_stack_has_is_released_there_first(self) -> None:
        name = f"payroll-{uuid.uuid4().hex[:8]}"
        cloudformation = client("cloudformation")
        user = {"Type": "AWS::IAM::User", "Properties": {"UserName": name}}
        body = json.dumps({"Resources": {"User": user}})
        cloudformation.create_stack(
            StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1}
        )
        text = f"backup: {{buckets: {{{name}-bucket: {{users: {{{name}: {{tool: files}}}}}}}}}}"
        found = wrong(text, Check.NAMES)
        assert found.text == f"{name} is taken (AWS::IAM::User): the stack {name} has it"
        assert "Retain" in found.advice


class TestPrincipals:
    FILE = """
    access:
      author: {{github: ["repo:example/infrastructure:pull_request"], principals: ["{author}"]}}
      approver: {{github: ["repo:example/infrastructure:environment:production"]}}
    """

    def test_one_that_does_not_exist_is_made_first(self) -> None:
        arn = "arn:aws:iam::123456789012:role/nobody-here"
        found = wrong(self.FILE.format(author=arn), Check.PRINCIPALS)
        assert found.text == f"{arn} does not exist"

    def test_one_that_exists_is_right(self) -> None:
        name = f"ann-{uuid.uuid4().hex[:8]}"
        arn = client("iam").create_user(UserName=name)["User"]["Arn"]
        found = asked(self.FILE.format(author=arn), Check.PRINCIPALS)
        assert Answer(f"{arn} exists") in found
        assert all(each.state is State.RIGHT for each in found)

    def test_one_of_another_account_cannot_be_asked_for(self) -> None:
        arn = "arn:aws:iam::210987654321:role/leads"
        found = asked(self.FILE.format(author=arn), Check.PRINCIPALS)
        assert [each.text for each in found if each.state is State.UNASKED] == [
            f"{arn} is of another account"
        ]

    def test_a_provider_that_the_account_has_is_named_in_the_file(self) -> None:
        iam = client("iam")
        host = f"{uuid.uuid4().hex[:8]}.gitlab.example.org"
        made = iam.create_open_id_connect_provider(
            Url=f"https://{host}", ClientIDList=["any"], ThumbprintList=["0" * 40]
        )["OpenIDConnectProviderArn"]
        subject = "project_path:group/project:ref_type:branch:ref"
        text = f"""
        access:
          author: {{gitlab: ["{subject}:review"]}}
          approver: {{gitlab: ["{subject}:main"]}}
          gitlab_host: {host}
        """
        assert wrong(text, Check.PRINCIPALS).advice == "Add access.existing_providers: [gitlab]"
        named = f"{dedent(text)}  existing_providers: [gitlab]\n"
        assert not [a for a in asked(named, Check.PRINCIPALS) if a.state is State.WRONG]
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=made)
        assert "no OIDC provider" in wrong(named, Check.PRINCIPALS).text


class TestZones:
    def test_a_zone_that_the_account_has_not_is_wrong(self) -> None:
        text = yaml.safe_load(database())
        text["data"]["networks"]["main"]["subnets"]["10.0.2.0/24"] = "d"
        declared = settings(yaml.safe_dump(text), "ca-central-1")
        (found,) = [row.answer for row in examine(declared, [Check.ZONES])]
        assert found.state is State.WRONG
        assert found.text == "network main: ca-central-1 has no zone d here"
        assert found.advice == "The account has: a, b, c"

    def test_zones_that_are_there_are_right(self) -> None:
        assert asked(database(), Check.ZONES) == [
            Answer("network main: its zones are there (a, b)")
        ]


class TestEngines:
    def test_a_version_and_a_class_on_offer_are_right(self) -> None:
        (found,) = asked(database(), Check.ENGINES)
        assert found.state is State.RIGHT, found
        assert found.text.startswith("books: postgres 18.")
        assert found.text.endswith("on db.t4g.micro")

    def test_a_cluster_is_asked_for_as_serverless(self) -> None:
        (found,) = asked(aurora(), Check.ENGINES)
        assert found.state is State.RIGHT, found
        assert found.text.endswith("on db.serverless")

    def test_a_version_that_is_not_offered_is_wrong(self) -> None:
        found = wrong(database(version="17.3"), Check.ENGINES)
        assert found.text == f"books: {REGION} does not offer postgres 17.3"
        assert found.advice == "Of 17 it has: 17.5"

    def test_a_class_that_is_not_offered_is_wrong(self) -> None:
        found = wrong(database(instance="db.x9z.large"), Check.ENGINES)
        assert "db.x9z.large" in found.text
        assert "no zone" in found.text

    def test_a_class_that_only_other_zones_have_is_wrong(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engines, "_zones", lambda *_: {"c"})
        assert "in zones c of" in wrong(database(), Check.ENGINES).text


class TestMail:
    FILE = "mail: {domains: {example.org: {}}}"

    def account(self, patch: pytest.MonkeyPatch, **fields: Any) -> None:
        quota = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0}
        found = {"SendingEnabled": True, "SendQuota": quota, **fields}

        class Ses:
            def get_account(self) -> dict[str, Any]:
                return found

        patch.setattr(Place, "sesv2", Ses())

    def test_the_sandbox_is_said_with_what_it_means(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account(monkeypatch, ProductionAccessEnabled=False)
        found = asked(self.FILE, Check.MAIL)
        assert Answer(mail.SANDBOX) in found
        assert all(each.state is State.RIGHT for each in found)

    def test_a_paused_account_is_wrong(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account(monkeypatch, ProductionAccessEnabled=True, SendingEnabled=False)
        assert "paused" in wrong(self.FILE, Check.MAIL).text

    def test_a_quota_that_the_account_has_not_is_wrong(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.account(monkeypatch, ProductionAccessEnabled=False)
        text = "mail: {domains: {example.org: {}}, quota: {daily: 50000, per_second: 14}}"
        assert "the file says 50000 a day" in wrong(text, Check.MAIL).text

    def test_a_region_in_which_ses_does_not_answer_cannot_be_asked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Ses:
            def get_account(self) -> None:
                raise EndpointConnectionError(endpoint_url="https://email.example")

        monkeypatch.setattr(Place, "sesv2", Ses())
        (found,) = asked(self.FILE, Check.MAIL)
        assert found.state is State.UNASKED


class TestReceiving:
    FILE = "mail: {domains: {example.org: {receives_mail: true}}}"

    def test_somebodys_active_rule_set_is_wrong(self) -> None:
        ses = client("ses")
        assert asked(self.FILE, Check.RECEIVING) == [
            Answer("no receipt rule set is active: ours will be")
        ]
        ses.create_receipt_rule_set(RuleSetName="theirs")
        ses.set_active_receipt_rule_set(RuleSetName="theirs")
        found = wrong(self.FILE, Check.RECEIVING)
        ses.set_active_receipt_rule_set()
        ses.delete_receipt_rule_set(RuleSetName="theirs")
        assert found.text == (
            "the receipt rule set theirs is active (no stack has it); deploying activates ours"
        )


class TestQuotas:
    FILE = "backup: {buckets: {a-bucket: {users: {one-user: {tool: files}}}}}"

    def test_what_there_is_room_for_is_right(self) -> None:
        users, policies = asked(self.FILE, Check.QUOTAS)
        assert users.text.endswith("of 5000 used, 1 more with this file")
        assert policies.state is State.RIGHT

    def test_a_full_quota_is_wrong(self, monkeypatch: pytest.MonkeyPatch) -> None:
        full = {"Users": 5000, "UsersQuota": 5000, "Policies": 3, "PoliciesQuota": 1500}

        class Iam:
            def get_account_summary(self) -> dict[str, Any]:
                return {"SummaryMap": full}

        monkeypatch.setattr(Place, "iam", Iam())
        found = wrong(self.FILE, Check.QUOTAS)
        assert found == Answer(
            "IAM users: 5000 of 5000 used, 1 more with this file", State.WRONG, quotas.RAISE
        )

    def test_databases_are_compared_with_rds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        limits = [
            {"AccountQuotaName": "DBInstances", "Used": 40, "Max": 40},
            {"AccountQuotaName": "DBClusters", "Used": 0, "Max": 40},
        ]

        class Rds:
            def describe_account_attributes(self) -> dict[str, Any]:
                return {"AccountQuotas": limits}

        monkeypatch.setattr(Place, "rds", Rds())
        text = "database instances: 40 of 40 used, 1 more with this file"
        assert wrong(aurora(), Check.QUOTAS).text == text


class TestPlan:
    def free(self, patch: pytest.MonkeyPatch, kind: str) -> None:
        class Plans:
            def get_account_plan_state(self) -> dict[str, object]:
                return {"accountPlanType": kind}

        patch.setattr(boto3, "client", lambda *_, **__: Plans())

    def test_a_free_plan_refuses_backups_and_larger_classes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.free(monkeypatch, "FREE")
        text = database(instance="db.t4g.large", backup_days=7)
        found = [a.text for a in asked(text, Check.PLAN) if a.state is State.WRONG]
        assert found == [
            "books: a free plan refuses backups of 7 days",
            "books: a free plan refuses db.t4g.large",
        ]

    def test_a_paid_plan_refuses_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free(monkeypatch, "PAID")
        assert asked(database(backup_days=7), Check.PLAN) == [Answer("a paid plan")]


def test_what_is_not_allowed_cannot_be_asked_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    who = "arn:aws:iam::123456789012:user/ann"
    message = f"User: {who} is not authorized to perform: ssm:GetParameter on resource: x"

    class Ssm:
        class exceptions:  # noqa: N801 - as botocore names it
            class ParameterNotFound(Exception):  # noqa: N818 - as botocore names it
                pass

        def get_parameter(self, **_: str) -> None:
            answer: Any = {"Error": {"Code": "AccessDeniedException", "Message": message}}
            raise ClientError(answer, "GetParameter")

    monkeypatch.setattr(Place, "ssm", Ssm())
    (found,) = asked("", Check.BOOTSTRAP)
    assert (found.state, found.text) == (State.UNASKED, "ssm:GetParameter is not allowed")


def test_owners_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    class Account:
        def __init__(self, region: str) -> None:
            read.append(region)

        def owned(self) -> dict[tuple[str, str], str]:
            return {("AWS::IAM::User", "app"): "mail-us-east-1"}

    monkeypatch.setattr("runbook.doctor.owners.Account", Account)
    owners = Owners(["us-east-1", "eu-west-2"])
    assert owners.of("AWS::IAM::User", "app", "eu-west-2") == "mail-us-east-1"
    assert owners.of("AWS::SES::EmailIdentity", "example.org", "eu-west-2") is None
    assert read == ["us-east-1", "eu-west-2"]


class TestCommand:
    ROWS = (
        Row("us-east-1", "mail", Answer("quota: 0 of 200 sent")),
        Row(
            "us-east-1",
            "bootstrap",
            Answer("too old " * 15, State.WRONG, "cdk bootstrap"),
        ),
        Row("eu-west-2", "names", Answer("iam:ListUsers is not allowed", State.UNASKED)),
    )

    @pytest.fixture
    def run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
        def invoke(rows: int, *options: str) -> Any:
            monkeypatch.setattr(command, "examine", lambda *_: [*self.ROWS[:rows]])
            file = tmp_path / "groundwork.yaml"
            file.write_text('account: "123456789012"\nbackup: {buckets: {a-bucket: {}}}\n')
            return CliRunner().invoke(app, ["doctor", "--config", str(file), *options])

        return invoke

    def test_it_ends_with_0_where_nothing_is_wrong(self, run: Callable[..., Any]) -> None:
        result = run(1)
        assert result.exit_code == 0, result.output
        assert "  right credentials: account 123456789012 as" in result.output
        assert "on the embedded AWS at" in " ".join(result.output.split())

    def test_it_ends_with_1_where_something_is_wrong(self, run: Callable[..., Any]) -> None:
        assert run(2).exit_code == 1
        assert run(2, "--json").exit_code == 1

    def test_what_cannot_be_asked_counts_only_when_that_is_asked_for(
        self, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(self.__class__, "ROWS", self.ROWS[2:])
        assert run(1).exit_code == 0
        assert run(1, "--strict").exit_code == 1

    def test_a_wrong_option_ends_with_2(self, run: Callable[..., Any]) -> None:
        assert run(1, "--nothing").exit_code == 2

    def test_a_program_gets_every_row(self, run: Callable[..., Any]) -> None:
        found = json.loads(run(3, "--json").stdout)
        assert [row["state"] for row in found] == ["right", "right", "wrong", "cannot be asked"]
        assert found[2]["advice"] == "cdk bootstrap"

    def test_another_accounts_credentials_are_wrong_and_nothing_else_is_asked(self) -> None:
        (row,) = command.report(parse('account: "210987654321"', may_be_empty=True))
        assert row.answer.state is State.WRONG
        assert "these credentials are for 123456789012" in row.answer.text

    def test_no_line_is_longer_than_the_terminal(self) -> None:
        found = [line.plain for line in command.lines(self.ROWS, 80)]
        assert max(map(len, found)) <= 80
        assert found[0] == "us-east-1"
        assert "eu-west-2" in found

    def test_before_changes_only_what_is_wrong_is_printed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command, "examine", lambda *_: [*self.ROWS])
        console = Console(width=80)
        with console.capture() as capture:
            command.warn(console, settings(""))
        assert "bootstrap" in capture.get()
        assert "quota" not in capture.get()
