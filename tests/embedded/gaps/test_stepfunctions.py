"""State machines: what their tasks may do, and the policies that they and their records rest on."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded import processes
from tests.embedded.gaps.templates import document

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:"
SERVICE = {"Service": "states.amazonaws.com"}


def machine(aws: Any, state: dict[str, Any], allowed: str, **condition: Any) -> str:
    """Make a state machine of one state, whose role may do one thing."""
    name, iam = f"machine-{uuid.uuid4().hex[:8]}", aws.client("iam")
    trust = {"Effect": "Allow", "Principal": SERVICE, "Action": "sts:AssumeRole"}
    if condition:
        trust["Condition"] = condition
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document(trust)))
    allow = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName="one", PolicyDocument=json.dumps(document(allow)))
    definition = {"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": state}}
    made = aws.client("stepfunctions").create_state_machine(
        name=name, roleArn=role["Role"]["Arn"], definition=json.dumps(definition)
    )
    return str(made["stateMachineArn"])


def task(action: str, **arguments: Any) -> dict[str, Any]:
    resource = f"arn:aws:states:::aws-sdk:{action}"
    return {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}


def run(aws: Any, arn: str) -> dict[str, Any]:
    states, seen = aws.client("stepfunctions"), [{"status": "RUNNING"}]
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]

    def is_over() -> bool:
        seen.append(states.describe_execution(executionArn=execution))
        return bool(seen[-1]["status"] != "RUNNING")

    assert processes.until(is_over, 30)
    return dict(seen[-1])


def started_by_a_rule(aws: Any, allowed: str) -> bool:
    """Whether an event starts a state machine, whose role the rule takes on."""
    arn, events = machine(aws, {"Type": "Succeed"}, allowed), aws.client("events")
    states, source = aws.client("stepfunctions"), arn.rpartition(":")[2]
    role = states.describe_state_machine(stateMachineArn=arn)["roleArn"]
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=source, Targets=[{"Id": "machine", "Arn": arn, "RoleArn": role}])
    events.put_events(Entries=[{"Source": source, "DetailType": "test", "Detail": "{}"}])
    return bool(states.list_executions(stateMachineArn=arn)["executions"])


def test_a_rule_starts_what_its_role_may_start(aws: Any, pristine: Any) -> None:
    assert started_by_a_rule(aws, "states:StartExecution")
    assert not started_by_a_rule(aws, "iam:ListRoles")
    assert started_by_a_rule(pristine, "iam:ListRoles")


class TestServiceCalls:
    LIST = task("cloudformation:listStacks")

    def test_a_task_calls_a_service_as_the_machines_role(self, aws: Any, pristine: Any) -> None:
        ended = run(aws, machine(aws, self.LIST, "cloudformation:ListStacks"))
        assert "StackSummaries" in json.loads(ended["output"])
        lacking = run(pristine, machine(pristine, self.LIST, "cloudformation:ListStacks"))
        assert lacking["status"] == "FAILED"

    def test_what_the_role_may_not_do_fails_the_task(self, aws: Any, pristine: Any) -> None:
        users = task("iam:listUsers")
        ended = run(aws, machine(aws, users, "iam:ListRoles"))
        assert ended["status"] == "FAILED"
        assert "not authorized" in ended["cause"]
        assert run(pristine, machine(pristine, users, "iam:ListRoles"))["status"] == "SUCCEEDED"

    @pytest.mark.parametrize(
        ("account", "status"), [("123456789012", "SUCCEEDED"), ("210987654321", "FAILED")]
    )
    def test_the_roles_trust_may_name_the_machines_account(
        self, aws: Any, account: str, status: str
    ) -> None:
        condition = {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"{MACHINE}*"},
        }
        arn = machine(aws, self.LIST, "cloudformation:ListStacks", **condition)
        assert run(aws, arn)["status"] == status

    def test_a_text_is_read_and_a_value_written_as_json(self, aws: Any) -> None:
        aws.client("s3").create_bucket(Bucket="written-by-a-machine")
        put = task("s3:putObject", Bucket="written-by-a-machine", Key="one", Body={"a": 1})
        assert run(aws, machine(aws, put, "s3:PutObject"))["status"] == "SUCCEEDED"
        get = task("s3:getObject", Bucket="written-by-a-machine", Key="one")
        ended = run(aws, machine(aws, get, "s3:GetObject"))
        assert json.loads(json.loads(ended["output"])["Body"]) == {"a": 1}


class TestStartedAgain:
    WAIT = {"Type": "Wait", "Seconds": 5, "End": True}  # noqa: RUF012

    def test_the_same_start_while_it_runs_is_the_same_execution(
        self, aws: Any, pristine: Any
    ) -> None:
        for where in (aws, pristine):
            arn = machine(where, self.WAIT, "s3:GetObject")
            states = where.client("stepfunctions")
            start = {"stateMachineArn": arn, "name": "once", "input": "{}"}
            first = states.start_execution(**start)["executionArn"]
            if where is aws:
                assert states.start_execution(**start)["executionArn"] == first
                start["input"] = '{"another": 1}'
            with pytest.raises(states.exceptions.ExecutionAlreadyExists):
                states.start_execution(**start)


class TestStopped:
    def test_a_stopped_execution_stays_so(self, aws: Any, pristine: Any) -> None:
        inner = {"W": {"Type": "Wait", "Seconds": 5, "Next": "F"}, "F": {"Type": "Fail"}}
        processor = {"StartAt": "W", "States": inner}
        each = {"Type": "Map", "Items": [1], "ItemProcessor": processor, "End": True}
        for where, final in ((pristine, "FAILED"), (aws, "ABORTED")):
            states = where.client("stepfunctions")
            arn = machine(where, each, "s3:PutObject")
            execution = states.start_execution(stateMachineArn=arn)["executionArn"]
            history = states.get_execution_history
            assert processes.until(
                lambda: "MapStateEntered" in str(history(executionArn=execution)),  # noqa: B023
                10,
            )
            states.stop_execution(executionArn=execution)
            seen: list[str] = []

            def has_failed() -> bool:
                found = states.describe_execution(executionArn=execution)  # noqa: B023
                seen.append(found["status"])  # noqa: B023
                return bool(seen[-1] == "FAILED")  # noqa: B023

            processes.until(has_failed, 10 if final == "FAILED" else 1.5)
            assert seen[-1] == final


class TestTimeouts:
    def test_an_execution_that_takes_too_long_is_ended_and_counted(
        self, aws: Any, pristine: Any
    ) -> None:
        wait = {"Type": "Wait", "Seconds": 20, "End": True}  # a tenth of that, on either
        for where, status, metric in (
            (pristine, "SUCCEEDED", ""),
            (aws, "TIMED_OUT", "ExecutionsTimedOut"),
        ):
            states = where.client("stepfunctions")
            arn = machine(where, wait, "s3:GetObject")
            definition = states.describe_state_machine(stateMachineArn=arn)["definition"]
            limited = json.dumps({**json.loads(definition), "TimeoutSeconds": 1})
            states.update_state_machine(stateMachineArn=arn, definition=limited)
            assert run(where, arn)["status"] == status
            counted = where.client("cloudwatch").list_metrics(
                Namespace="AWS/States",
                Dimensions=[{"Name": "StateMachineArn", "Value": arn}],
            )["Metrics"]
            names = {each["MetricName"] for each in counted}
            assert names == ({metric, "ExecutionsStarted"} if metric else set())


class TestPolicies:
    def user(self, aws: Any, statement: dict[str, Any]) -> Any:
        iam, name = aws.client("iam"), f"user-{uuid.uuid4().hex[:8]}"
        made = iam.create_user(UserName=name)["User"]
        iam.put_user_policy(
            UserName=name, PolicyName="one", PolicyDocument=json.dumps(document(statement))
        )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        credentials = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        return made["UserId"], aws.client("s3", **credentials)

    def test_a_variable_stands_for_who_asks(self, aws: Any, pristine: Any) -> None:
        own = {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::by-user/${aws:userid}/*",
        }
        for where in (aws, pristine):
            where.client("s3").create_bucket(Bucket="by-user")
            identifier, s3 = self.user(where, own)
            with pytest.raises(ClientError, match="AccessDenied"):
                s3.put_object(Bucket="by-user", Key="somebody/one")
            put = {"Bucket": "by-user", "Key": f"{identifier}/one"}
            if where is pristine:
                with pytest.raises(ClientError, match="AccessDenied"):
                    s3.put_object(**put)
            else:
                s3.put_object(**put)

    def test_a_policy_can_require_a_conditional_write(self, aws: Any, pristine: Any) -> None:
        new = {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": "*",
            "Condition": {"Null": {"s3:if-none-match": "false"}},
        }
        for where in (aws, pristine):
            where.client("s3").create_bucket(Bucket="only-new")
            _, s3 = self.user(where, new)
            with pytest.raises(ClientError, match="AccessDenied"):
                s3.put_object(Bucket="only-new", Key="one")
            put = {"Bucket": "only-new", "Key": "one", "IfNoneMatch": "*"}
            if where is pristine:
                with pytest.raises(ClientError, match="AccessDenied"):
                    s3.put_object(**put)
            else:
                s3.put_object(**put)
