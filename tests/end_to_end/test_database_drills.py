"""Snapshots, restored by the deployed state machines: the good one, and each bad one named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded import processes
from settings.contract import DRILL_TAG, Output, output_key
from tests.end_to_end.conftest import Deployed
from tests.end_to_end.restored import Restored

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("everything")]

REGION = "us-east-1"
INSTANCE, CLUSTER = "production-analysis", "production-common"
ARN = f"arn:aws:rds:{REGION}:123456789012"
SIX_HOURS = "21600000"
ADDRESS, PORT = (rf'"[^"]*found.Endpoint.{what} %}}"' for what in ("Address", "Port"))
UNREADY = ("input.status = 'available'", "input.status = 'never'")


@dataclass(frozen=True)
class Drills:
    """The deployed drills."""

    deployed: Deployed

    def __call__(self, database: str, *replaced: tuple[str, str]) -> dict[str, Any]:
        """Run a drill to its end, with a state machine that was changed for it."""
        with self.changed(database, *replaced):
            return self.ended(self.start(database))

    def start(self, database: str) -> str:
        started = self.client("stepfunctions").start_execution(stateMachineArn=machine(database))
        return str(started["executionArn"])

    def ended(self, execution: str) -> dict[str, Any]:
        describe = self.client("stepfunctions").describe_execution
        running = {"executionArn": execution}
        assert processes.until(lambda: describe(**running)["status"] != "RUNNING", 60)
        return dict(describe(**running))

    @contextmanager
    def changed(self, database: str, *replaced: tuple[str, str]) -> Iterator[None]:
        """Change the state machine until the end of the block."""
        states, named = self.client("stepfunctions"), {"stateMachineArn": machine(database)}
        before = states.describe_state_machine(**named)["definition"]
        after = before
        for pattern, text in replaced:
            assert re.search(pattern, after), pattern
            after = re.sub(pattern, text, after)
        states.update_state_machine(**named, definition=after)
        try:
            yield
        finally:
            states.update_state_machine(**named, definition=before)

    def function(self) -> str:
        """Return the name of the function that asks the instance's copies."""
        states = self.client("stepfunctions")
        found = states.describe_state_machine(stateMachineArn=machine(INSTANCE))["definition"]
        return str(json.loads(found)["States"]["Ask"]["Arguments"]["FunctionName"])

    def filled(self) -> Drills:
        """Give the cluster a table of two rows."""
        outputs = self.deployed.client("cloudformation", REGION).describe_stacks()["Stacks"]
        key = output_key(Output.DATABASE_SECRET, "common")
        secrets = [o["OutputValue"] for s in outputs for o in s["Outputs"] if o["OutputKey"] == key]
        cluster = {"resourceArn": f"{ARN}:cluster:{CLUSTER}", "secretArn": secrets[0]}
        for sql in ("CREATE TABLE notices (id int)", "INSERT INTO notices VALUES (1), (2)"):
            self.client("rds-data").execute_statement(**cluster, sql=sql)
        return self

    def client(self, service: str) -> Any:
        return self.deployed.client(service, REGION)

    def copies(self) -> set[str]:
        """Return what drills have restored and not deleted."""
        rds = self.client("rds")
        found = {
            each["DBInstanceIdentifier"] for each in rds.describe_db_instances()["DBInstances"]
        }
        found |= {each["DBClusterIdentifier"] for each in rds.describe_db_clusters()["DBClusters"]}
        return {name for name in found if "-drill" in name}

    def records(self, database: str) -> list[dict[str, Any]]:
        logs, group = self.client("logs"), f"/groundwork/drills/{database}"
        events = logs.filter_log_events(logGroupName=group)["events"]
        return [json.loads(event["message"]) for event in events]


def machine(database: str) -> str:
    return f"arn:aws:states:{REGION}:123456789012:stateMachine:groundwork-drill-{database}"


@pytest.fixture(scope="module")
def drills(deployed: Deployed, restored_copy: Restored) -> Iterator[Drills]:
    """The drills, of an instance and a cluster with a table of two rows."""
    found = Drills(deployed)
    function = found.function()
    update = found.client("lambda").update_function_code
    update(FunctionName=function, ZipFile=restored_copy.code(REGION, ours=True))
    with found.changed(INSTANCE, (ADDRESS, '"localhost"'), (PORT, str(restored_copy.port))):
        yield found.filled()
    update(FunctionName=function, ZipFile=restored_copy.code(REGION, ours=False))


def test_the_review_says_how_often_it_runs_who_asks_and_what_that_costs(
    deployed: Deployed,
) -> None:
    said = " ".join(deployed.first.output.split())
    assert "the newest snapshot of analysis is restored every 36 hours beside it" in said
    assert "a new login of analysis, without a password, reads notices and nothing else" in said
    assert "db.t3.micro in us-east-1 is 0.018 USD an hour: 0.36 USD a month" in said
    assert "0.5 capacity units, which a copy begins with, in us-east-1 is 0.06 USD" in said


@pytest.mark.parametrize(("database", "answer"), [(INSTANCE, "2"), (CLUSTER, "2")])
def test_a_good_snapshot_is_restored_checked_recorded_and_deleted(
    drills: Drills, database: str, answer: str
) -> None:
    found = drills(database)
    assert found["status"] == "SUCCEEDED", found.get("cause")
    assert not drills.copies()
    record = drills.records(database)[-1]
    assert record["snapshot"].startswith(f"rds:{database}-")
    assert (record["succeeded"], record["problem"], record["answer"]) == (True, "", answer)
    metrics = drills.client("cloudwatch").list_metrics(Namespace="Groundwork/Drills")["Metrics"]
    dimension = {"Name": "Database", "Value": database}
    assert dimension in [d for metric in metrics for d in metric["Dimensions"]]


@pytest.mark.parametrize(
    ("database", "replaced", "said"),
    [
        (INSTANCE, ("> 172800000", "> -1"), "at most 48 h are expected"),
        (CLUSTER, ("FROM notices", "FROM notices WHERE id < 0"), "the query answered 0, and 2 is"),
        (CLUSTER, ("FROM notices", "FROM nothing"), "the query failed: RdsData."),
        (INSTANCE, ('(?<="DbSubnetGroupName":")[^"]*', "none"), "the restore failed: Rds.DbSubnet"),
        (INSTANCE, (SIX_HOURS, "-1"), "the copy was still creating after 6 h"),
        (CLUSTER, (SIX_HOURS, "-1"), "the copy was still creating after 6 h"),
        (INSTANCE, ("FROM notices", "FROM notices WHERE false"), "the query answered 0, and 2 is"),
        (INSTANCE, ("FROM notices", "FROM salaries"), "the query failed: permission denied for"),
        (
            INSTANCE,
            ('"localhost"', '"nowhere.invalid"'),
            "Can't create a connection to host nowhere.invalid",
        ),
        (INSTANCE, ("found.AllocatedStorage =", "found.AllocatedStorage + 1 ="), "storage"),
    ],
)
def test_each_fault_is_named_and_nothing_of_the_copy_is_left(
    drills: Drills, database: str, replaced: tuple[str, str], said: str
) -> None:
    found = drills(database, replaced)
    assert found["status"] == "FAILED"
    assert said in found["cause"]
    assert not drills.copies()
    record = drills.records(database)[-1]
    assert (record["succeeded"], said in record["problem"]) == (False, True)


@dataclass(frozen=True)
class Stopped:
    """A drill that was stopped while its copy was there, and the one after it."""

    copy: dict[str, Any]
    shown: dict[str, Any]
    """What the runbook said of the copy."""
    left: set[str]
    next: dict[str, Any]
    then: set[str]
    """The copies after the next drill."""


@pytest.fixture(scope="module")
def stopped(drills: Drills) -> Stopped:
    rds = drills.client("rds")
    with drills.changed(INSTANCE, UNREADY):
        execution = drills.start(INSTANCE)
        assert processes.until(lambda: bool(drills.copies()), 30)
        (copy,) = rds.describe_db_instances(DBInstanceIdentifier=f"{INSTANCE}-drill")["DBInstances"]
        shown = json.loads(drills.deployed.run("database show analysis --json").output)
        drills.client("stepfunctions").stop_execution(executionArn=execution)
    left = drills.copies()
    return Stopped(copy, shown, left, drills(INSTANCE), drills.copies())


def test_what_a_stopped_drill_left_is_deleted_by_the_next(stopped: Stopped) -> None:
    assert stopped.left == {f"{INSTANCE}-drill"}
    assert stopped.next["status"] == "SUCCEEDED"
    assert not stopped.then


def test_a_cluster_that_was_left_while_its_instance_was_made_is_deleted_by_the_next(
    drills: Drills,
) -> None:
    both = {f"{CLUSTER}-drill", f"{CLUSTER}-drill-writer"}
    with drills.changed(
        CLUSTER, ('"Next":"Have a password made"', '"Next":"Wait for the instance"')
    ):
        execution = drills.start(CLUSTER)
        assert processes.until(lambda: drills.copies() == both, 30)
        drills.client("stepfunctions").stop_execution(executionArn=execution)
    assert drills.copies() == both
    assert drills(CLUSTER)["status"] == "SUCCEEDED"
    assert not drills.copies()


def test_a_copy_is_closed_and_has_no_way_out(drills: Drills, stopped: Stopped) -> None:
    rds, ec2, copy = drills.client("rds"), drills.client("ec2"), stopped.copy
    (source,) = rds.describe_db_instances(DBInstanceIdentifier=INSTANCE)["DBInstances"]
    assert copy["PubliclyAccessible"] is False
    assert copy["DeletionProtection"] is False
    assert copy["DBSubnetGroup"]["VpcId"] == source["DBSubnetGroup"]["VpcId"]
    ids = [group["VpcSecurityGroupId"] for group in copy["VpcSecurityGroups"]]
    (group,) = ec2.describe_security_groups(GroupIds=ids)["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    admitted = [pair["GroupId"] for pair in rule["UserIdGroupPairs"]]
    (asking,) = ec2.describe_security_groups(GroupIds=admitted)["SecurityGroups"]
    assert asking["Description"] == f"What asks restored copies of {INSTANCE}"
    assert asking["IpPermissions"] == []
    assert (rule["FromPort"], rule["ToPort"], rule.get("IpRanges", [])) == (5432, 5432, [])
    assert all(rule["IpProtocol"] == "icmp" for rule in group["IpPermissionsEgress"])


def test_the_runbook_shows_how_the_last_drill_ended_and_a_copy_that_is_there(
    drills: Drills, stopped: Stopped
) -> None:
    assert stopped.shown["drill"]["copies"] == [f"{INSTANCE}-drill"]
    said = drills.deployed.run("database show analysis").output
    assert re.search(rf"Drill     (good|failed) .*/groundwork/drills/{INSTANCE}", said)
    rows = json.loads(drills.deployed.run("status --json").output)["databases"]
    assert {row["database"]: bool(row["last_drill"]) for row in rows} == {
        "analysis": True,
        "common": True,
        "shared": False,
    }


def test_the_sql_of_the_login_is_printed_for_whoever_reviews_it(drills: Drills) -> None:
    said = drills.deployed.run("database users analysis --drill").output
    assert 'GRANT rds_iam TO "production_analysis_drill";' in said
    assert 'GRANT SELECT ON "public"."notices" TO "production_analysis_drill";' in said


def test_two_drills_at_once_do_not_touch_each_others_copy(drills: Drills) -> None:
    both = [drills.start(INSTANCE), drills.start(INSTANCE)]
    ended = [drills.ended(execution) for execution in both]
    assert [each["status"] for each in ended] == ["SUCCEEDED", "SUCCEEDED"], ended
    assert not drills.copies()


def test_an_instance_that_a_person_made_under_the_copys_name_is_left_and_named(
    drills: Drills,
) -> None:
    rds, named = drills.client("rds"), {"DBInstanceIdentifier": f"{INSTANCE}-drill"}
    rds.create_db_instance(**named, DBInstanceClass="db.t3.micro", Engine="postgres")
    try:
        assert "no drill has made it" in drills(INSTANCE)["cause"]
        assert drills.copies() == {f"{INSTANCE}-drill"}
    finally:
        rds.delete_db_instance(**named, SkipFinalSnapshot=True)


def test_the_role_deletes_no_database_whatever_the_state_machine_says(drills: Drills) -> None:
    rds = drills.client("rds")
    source = f'"DbInstanceIdentifier":"{INSTANCE}","SkipFinalSnapshot"'
    copy = f'"DbInstanceIdentifier":"{INSTANCE}-drill","SkipFinalSnapshot"'
    found = drills(INSTANCE, (copy, source))
    assert "not authorized to perform: rds:DeleteDBInstance" in found["cause"]
    (still,) = rds.describe_db_instances(DBInstanceIdentifier=INSTANCE)["DBInstances"]
    assert still["DBInstanceStatus"] == "available"
    (left,) = drills.copies()
    tags = rds.describe_db_instances(DBInstanceIdentifier=left)["DBInstances"][0]["TagList"]
    assert {"Key": DRILL_TAG, "Value": INSTANCE} in tags
    assert drills(INSTANCE)["status"] == "SUCCEEDED"


def test_the_schedule_starts_the_state_machine_twice_within_every(drills: Drills) -> None:
    schedules = drills.client("scheduler")
    named = [each["Name"] for each in schedules.list_schedules()["Schedules"]]
    found = {
        each["Target"]["Arn"]: each["ScheduleExpression"]
        for each in (schedules.get_schedule(Name=name) for name in named)
    }
    assert found[machine(INSTANCE)] == "rate(36 hours)"
    assert found[machine(CLUSTER)] == "rate(24 hours)"


def test_nobody_elses_secret_is_read_by_the_drills_role(drills: Drills) -> None:
    machines, iam = drills.client("stepfunctions"), drills.client("iam")
    role = machines.describe_state_machine(stateMachineArn=machine(CLUSTER))["roleArn"]
    secrets = drills.client("secretsmanager").list_secrets()["SecretList"]
    judged = iam.simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=["secretsmanager:GetSecretValue"],
        ResourceArns=[secret["ARN"] for secret in secrets],
    )["EvaluationResults"]
    assert {each["EvalDecision"] for each in judged} == {"implicitDeny"}
    with pytest.raises(ClientError, match="AccessDenied"):
        drills.client("sts").assume_role(RoleArn=role, RoleSessionName="somebody")
