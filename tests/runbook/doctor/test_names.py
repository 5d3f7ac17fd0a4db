"""Whether the file's names are free, and those that it relies on are there."""

from __future__ import annotations

import json
import uuid
from textwrap import dedent

import pytest
import yaml

from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import Check
from tests.builders import sender
from tests.runbook.doctor.asking import REGION, asked, client, database, wrong

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


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

    def test_a_role_that_opens_tunnels_is_asked_for(self) -> None:
        arn = "arn:aws:iam::123456789012:role/nobody-here"
        consumer = {"bastion": True, "roles": [arn]}
        replica = {"instance": "db.t4g.micro", "consumers": {"auditor": consumer}}
        found = wrong(database(replicas={"reports": replica}), Check.PRINCIPALS)
        assert found.text == f"{arn} does not exist"
        assert found.advice == "Make it, or take it out of the consumer's `roles`."

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
