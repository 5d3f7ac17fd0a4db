"""What each role may and may not do, tried in an AWS that judges their policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from tests.constructs.access.conftest import (
    ACCOUNT,
    EXECUTION_ROLE,
    QUEUE,
    RECORDS,
    Session,
    denied,
    token,
)

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("access")]

STACK = "data-us-east-1"


def body(template: dict[str, Any]) -> dict[str, Any]:
    return {"TemplateBody": json.dumps(template)}


class TestSeparation:
    def test_nobody_executes_a_change_set(
        self, author: Session, approver: Session, reader: Session
    ) -> None:
        stack = f"{STACK}-not-executed"
        named = {"StackName": stack, "ChangeSetName": author.prepare(stack)}
        for who in (author, approver, reader):
            cloudformation = who.client("cloudformation")
            assert denied(lambda: cloudformation.execute_change_set(**named))  # noqa: B023

    @pytest.mark.parametrize("role", ["approver", "reader"])
    def test_nobody_else_prepares(self, role: str, session: Callable[[str], Session]) -> None:
        assert denied(lambda: session(role).prepare(f"{STACK}-{role}"))

    @pytest.mark.parametrize("role", ["author", "approver", "reader"])
    def test_nobody_changes_a_stack_without_a_change_set(
        self, role: str, session: Callable[[str], Session]
    ) -> None:
        cloudformation = session(role).client("cloudformation")
        assert denied(lambda: cloudformation.create_stack(StackName=STACK, **body(QUEUE)))
        stack = "access-us-east-1"
        assert denied(lambda: cloudformation.update_stack(StackName=stack, **body(QUEUE)))

    @pytest.mark.parametrize("role", ["author", "approver", "reader"])
    def test_nobody_loosens_the_guards_of_a_stack_or_deletes_it(
        self, role: str, session: Callable[[str], Session]
    ) -> None:
        stack = "access-us-east-1"
        allow = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
        policy = json.dumps({"Statement": [allow]})
        client = session(role).client("cloudformation")
        assert denied(lambda: client.set_stack_policy(StackName=stack, StackPolicyBody=policy))
        assert denied(
            lambda: client.update_termination_protection(
                StackName=stack, EnableTerminationProtection=False
            )
        )
        assert denied(lambda: client.delete_stack(StackName=stack))

    @pytest.mark.parametrize("role", ["author", "approver", "reader"])
    def test_everybody_sees_stacks_changes_and_templates(
        self, role: str, author: Session, session: Callable[[str], Session]
    ) -> None:
        stack = f"{STACK}-seen-by-{role}"
        named = {"StackName": stack, "ChangeSetName": author.prepare(stack)}
        cloudformation = session(role).client("cloudformation")
        assert cloudformation.describe_change_set(**named)["Changes"]
        assert cloudformation.get_template(**named)["TemplateBody"]
        assert cloudformation.describe_stack_events(StackName="access-us-east-1")["StackEvents"]
        assert cloudformation.list_stacks()["StackSummaries"]

    @pytest.mark.parametrize("role", ["author", "approver"])
    def test_a_change_set_can_be_discarded(
        self, role: str, author: Session, session: Callable[[str], Session]
    ) -> None:
        stack = f"{STACK}-discarded-by-{role}"
        named = {"StackName": stack, "ChangeSetName": author.prepare(stack)}
        assert not denied(lambda: session(role).client("cloudformation").delete_change_set(**named))

    def test_other_stacks_are_out_of_reach(
        self, administrator: Session, author: Session, approver: Session, reader: Session
    ) -> None:
        change_set = administrator.prepare("payroll")
        named = {"StackName": "payroll", "ChangeSetName": change_set}
        assert denied(lambda: author.prepare("payroll"))
        assert denied(lambda: author.prepare("test-data-us-east-1"))  # another environment's
        assert denied(lambda: approver.client("cloudformation").execute_change_set(**named))
        assert denied(lambda: reader.client("cloudformation").describe_change_set(**named))


class TestRoles:
    def may_pass(self, administrator: Session, role: str, passed: str, service: str) -> bool:
        """Judge the role's policy: the embedded AWS lets everybody pass roles unasked."""
        iam = administrator.client("iam")
        found = iam.get_role(RoleName=f"groundwork-{role}")["Role"]
        arn = found["PermissionsBoundary"]["PermissionsBoundaryArn"]
        attached = iam.list_attached_role_policies(RoleName=f"groundwork-{role}")
        assert [policy["PolicyArn"] for policy in attached["AttachedPolicies"]] == [arn]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        context = EvalContext(
            principal_arn=found["Arn"],
            principal_type="AssumedRole",
            principal_account=ACCOUNT,
            action="iam:PassRole",
            resource_arn=passed,
            region="us-east-1",
            service_context={"iam:passedtoservice": service},
        )
        policy = parse_policy_document(document["Document"])
        return str(evaluate(context, [policy]).decision) == "Allow"

    def test_the_author_passes_cloudformation_its_own_role_only(
        self, administrator: Session
    ) -> None:
        other = f"arn:aws:iam::{ACCOUNT}:role/administrator"
        cloudformation, ec2 = "cloudformation.amazonaws.com", "ec2.amazonaws.com"
        assert self.may_pass(administrator, "author", EXECUTION_ROLE, cloudformation)
        assert not self.may_pass(administrator, "author", EXECUTION_ROLE, ec2)
        assert not self.may_pass(administrator, "author", other, cloudformation)

    @pytest.mark.parametrize("role", ["approver", "reader"])
    def test_nobody_else_passes_a_role(self, role: str, administrator: Session) -> None:
        service = "cloudformation.amazonaws.com"
        assert not self.may_pass(administrator, role, EXECUTION_ROLE, service)

    def test_only_the_author_publishes_and_nobody_gets_bootstraps_deploy_role(
        self, administrator: Session, author: Session, approver: Session, reader: Session
    ) -> None:
        trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
        arns = {}
        for name in ("file-publishing-role", "deploy-role"):
            role = f"cdk-hnb659fds-{name}-{ACCOUNT}-us-east-1"
            document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
            administrator.client("iam").create_role(
                RoleName=role, AssumeRolePolicyDocument=document
            )
            arns[name] = f"arn:aws:iam::{ACCOUNT}:role/{role}"

        def assume(who: Session, name: str) -> Callable[[], Any]:
            sts = who.client("sts")
            return lambda: sts.assume_role(RoleArn=arns[name], RoleSessionName="groundwork")

        assert not denied(assume(author, "file-publishing-role"))
        assert denied(assume(approver, "file-publishing-role"))
        assert denied(assume(reader, "file-publishing-role"))
        assert all(denied(assume(who, "deploy-role")) for who in (author, approver, reader))

    def test_a_further_policy_does_not_make_an_author_an_approver(
        self, administrator: Session, author: Session
    ) -> None:
        iam = administrator.client("iam")
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        iam.put_role_policy(
            RoleName="groundwork-author",
            PolicyName="more",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
        )
        change_set = author.prepare(f"{STACK}-bound")
        named = {"StackName": f"{STACK}-bound", "ChangeSetName": change_set}
        assert denied(lambda: author.client("cloudformation").execute_change_set(**named))
        assert denied(lambda: author.client("iam").create_user(UserName="one-more"))
        iam.delete_role_policy(RoleName="groundwork-author", PolicyName="more")


class TestTrust:
    def assume(self, administrator: Session, role: str, web_identity: str) -> Callable[[], Any]:
        sts = administrator.client("sts")
        return lambda: sts.assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/groundwork-{role}",
            RoleSessionName="octocat",
            WebIdentityToken=web_identity,
        )

    @pytest.mark.parametrize(
        ("role", "subject"),
        [
            ("author", "repo:example/infrastructure:pull_request"),
            ("approver", "repo:example/infrastructure:environment:production"),
        ],
    )
    def test_a_job_assumes_the_role_of_its_subject(
        self, role: str, subject: str, administrator: Session
    ) -> None:
        assert not denied(self.assume(administrator, role, token(subject)))

    @pytest.mark.parametrize(
        ("role", "web_identity"),
        [
            ("approver", token("repo:example/infrastructure:pull_request")),
            ("approver", token("repo:example/infrastructure:environment:test")),
            ("approver", token("repo:fork/infrastructure:environment:production")),
            ("author", token("repo:example/infrastructure:environment:production")),
            ("author", token("repo:example/infrastructure:pull_request", "another")),
            (
                "author",
                token("repo:example/infrastructure:pull_request", issuer="https://example.org"),
            ),
            ("reader", token("repo:example/infrastructure:pull_request")),
        ],
    )
    def test_no_other_job_does(self, role: str, web_identity: str, administrator: Session) -> None:
        assert denied(self.assume(administrator, role, web_identity))

    @pytest.mark.parametrize(
        ("who", "role"), [("ann", "approver"), ("bob", "author"), ("eve", "reader")]
    )
    def test_a_person_assumes_no_role_but_their_own(
        self, who: str, role: str, user: Callable[[str], Session]
    ) -> None:
        sts = user(who).client("sts")
        arn = f"arn:aws:iam::{ACCOUNT}:role/groundwork-{role}"
        assert denied(lambda: sts.assume_role(RoleArn=arn, RoleSessionName=who))

    def test_a_persons_session_cannot_carry_another_name(
        self, user: Callable[[str], Session]
    ) -> None:
        sts = user("ann").client("sts")
        arn = f"arn:aws:iam::{ACCOUNT}:role/groundwork-author"
        assert denied(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="bob"))


class TestRecords:
    WRITERS = {"reviews": "author", "approvals": "approver", "executions": ""}  # noqa: RUF012

    @pytest.mark.parametrize("kind", WRITERS)
    @pytest.mark.parametrize("role", ["author", "approver", "reader"])
    def test_each_kind_of_record_has_one_writer(
        self, kind: str, role: str, session: Callable[[str], Session]
    ) -> None:
        who = session(role)
        assert denied(lambda: who.record(f"{kind}/{who.id}/one.json")) == (
            self.WRITERS[kind] != role
        )

    @pytest.mark.parametrize("kind", ["reviews", "approvals"])
    def test_nobody_writes_below_anybody_elses_path(
        self, kind: str, author: Session, approver: Session, powerful: Session
    ) -> None:
        for who, other in ((author, approver), (approver, author), (powerful, author)):
            for path in (other.id, f"{other.id}/{who.id}", f"{who.id}x", "anybody"):
                assert denied(lambda: who.record(f"{kind}/{path}/forged.json"))  # noqa: B023

    def test_everybody_reads_every_record(
        self, author: Session, approver: Session, reader: Session
    ) -> None:
        author.record(f"reviews/{author.id}/read.json", "read")
        for who in (author, approver, reader):
            s3 = who.client("s3")
            found = s3.list_objects_v2(Bucket=RECORDS, Prefix=f"reviews/{author.id}/read")
            answer = s3.get_object(Bucket=RECORDS, Key=found["Contents"][0]["Key"])
            assert answer["Body"].read() == b"read"

    def test_nobody_writes_over_a_record(self, author: Session, powerful: Session) -> None:
        for who in (author, powerful):
            key = f"reviews/{who.id}/once.json"
            who.record(key, "first")
            with pytest.raises(ClientError, match="PreconditionFailed"):
                who.record(key, "second")
            put = {"Bucket": RECORDS, "Key": key, "Body": b"second"}
            assert denied(lambda: who.client("s3").put_object(**put))  # noqa: B023
            found = who.client("s3").get_object(Bucket=RECORDS, Key=key)
            assert found["Body"].read() == b"first"

    def test_nobody_deletes_a_record_not_even_an_administrator(
        self, author: Session, approver: Session, reader: Session, powerful: Session
    ) -> None:
        key = {"Bucket": RECORDS, "Key": f"reviews/{author.id}/kept.json"}
        version = {**key, "VersionId": author.record(key["Key"])}
        for who in (author, approver, reader, powerful):
            s3 = who.client("s3")
            assert denied(lambda: s3.delete_object(**key))  # noqa: B023
            assert denied(lambda: s3.delete_object(**version))  # noqa: B023
            assert denied(
                lambda: s3.delete_object(**version, BypassGovernanceRetention=True)  # noqa: B023
            )

    def test_a_record_is_locked_for_its_days(self, author: Session, administrator: Session) -> None:
        key = {"Bucket": RECORDS, "Key": f"reviews/{author.id}/locked.json"}
        author.record(key["Key"])
        answer = administrator.client("s3").head_object(**key)
        assert answer["ObjectLockMode"] == "GOVERNANCE"
        kept = answer["ObjectLockRetainUntilDate"] - answer["LastModified"]
        assert round(kept.total_seconds() / 86_400) == 365

    def test_records_travel_over_tls_only(self, administrator: Session) -> None:
        policy = administrator.client("s3").get_bucket_policy(Bucket=RECORDS)["Policy"]
        assert '"aws:SecureTransport": "false"' in policy
