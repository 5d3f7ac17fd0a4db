"""What the drill of a database may do, when it runs, and who hears of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from pg8000.exceptions import InterfaceError

from groundwork.data.drill import packing
from groundwork.functions.drill_query import handler
from runbook.database import certificates
from settings.values.regions import REGIONS, WITHOUT_RDS_CERTIFICATES
from tests.constructs.data.conftest import DataTemplate
from tests.constructs.data.test_alarms import TOLD, alarms

Make = Callable[[str], DataTemplate]

INSTANCE = f"engine: postgresql, instance: db.t4g.small, {TOLD}, drill: {{every: 3d}}"
ASKED = INSTANCE.replace("every: 3d", "query: SELECT count(*) > 9 FROM orders, reads: [orders]")
CLUSTER = f"engine: aurora-postgresql, capacity: {{max: 4}}, {TOLD}, drill: {{}}"


def statements(template: DataTemplate) -> list[dict[str, Any]]:
    """Return what the state machine's role may do."""
    return [
        statement
        for role in template.all("IAM::Role")
        for policy in role["Properties"].get("Policies", ())
        if policy["PolicyName"] == "drill"
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("declared", [INSTANCE, CLUSTER], ids=["instance", "cluster"])
def test_of_the_database_itself_the_role_reads_the_description_and_nothing_else(
    database: Make, declared: str
) -> None:
    found = statements(database(declared))
    own = [
        action
        for each in found
        for action in listed(each["Action"])
        for resource in map(json.dumps, listed(each["Resource"]))
        if resource.endswith((':db:books"', ':cluster:books"'))
    ]
    assert own
    assert all(action.startswith("rds:Describe") for action in own)


@pytest.mark.parametrize("declared", [INSTANCE, CLUSTER], ids=["instance", "cluster"])
def test_what_it_deletes_has_the_name_of_a_copy_and_is_no_pattern(
    database: Make, declared: str
) -> None:
    deleting = [s for s in statements(database(declared)) if "rds:Delete" in str(s["Action"])]
    resources = [resource for each in deleting for resource in listed(each["Resource"])]
    assert resources
    assert all("books-drill" in resource and "*" not in resource for resource in resources)


def test_it_reads_no_secret_but_that_of_the_copy(database: Make) -> None:
    (reading,) = [s for s in statements(database(CLUSTER)) if "GetSecret" in str(s["Action"])]
    ((key, copy),) = reading["Condition"]["StringEquals"].items()
    assert key == "aws:ResourceTag/aws:rds:primaryDBClusterArn"
    assert copy.endswith(":cluster:books-drill")
    assert "GetSecret" not in str(statements(database(INSTANCE)))


def test_the_alarms_are_about_this_database_and_three_days(database: Make) -> None:
    found = alarms(database(INSTANCE))
    failed, missing = (found[f"books drill {what}"] for what in ("failed", "missing"))
    for alarm in (failed, missing):
        assert (alarm["Namespace"], alarm["MetricName"]) == ("Groundwork/Drills", "Succeeded")
        assert alarm["Dimensions"] == [{"Name": "Database", "Value": "books"}]
    assert (failed["EvaluationPeriods"], failed["TreatMissingData"]) == (1, "notBreaching")
    assert (missing["EvaluationPeriods"], missing["TreatMissingData"]) == (72, "breaching")


def test_what_asks_an_instance_logs_in_to_its_copies_and_not_to_the_database(
    database: Make,
) -> None:
    template = database(ASKED)
    found = [
        (each["Effect"], json.dumps(each["Resource"]))
        for policy in template.all("IAM::Policy")
        for each in policy["Properties"]["PolicyDocument"]["Statement"]
        if each["Action"] == "rds-db:connect"
    ]
    (allowed, copies), (denied, own) = found
    assert (allowed, denied) == ("Allow", "Deny")
    assert copies.endswith(':dbuser:*/books_drill"')
    assert "DbiResourceId" in own


def test_a_query_is_not_asked_again_and_what_could_not_connect_is(database: Make) -> None:
    machine = database(ASKED).properties("StepFunctions::StateMachine")["DefinitionString"]
    text = "".join(part if isinstance(part, str) else "-" for part in machine["Fn::Join"][1])
    retries = json.loads(text)["States"]["Ask"]["Retry"]
    retried = [name for each in retries for name in each["ErrorEquals"]]
    assert "NotConnectedError" in retried
    assert all(name == "NotConnectedError" or name.startswith("Lambda.") for name in retried)
    assert "Lambda.Unknown" not in retried


@pytest.mark.parametrize("lost", [InterfaceError("network error"), TimeoutError("timed out")])
def test_a_connection_that_is_lost_during_the_query_is_an_answer_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, lost: Exception
) -> None:
    connection = Mock(**{"execute_simple.side_effect": lost, "close.side_effect": lost})
    monkeypatch.setattr(handler, "_token", lambda asked: "signed")
    monkeypatch.setattr(handler, "connect", lambda asked, password: connection)
    asked = handler.Question(host="copy", port=1, database="books", user="drill", query="SELECT 1")
    problem = f"the connection was lost during the query: {lost}"
    assert handler.handle(asked, None) == {"answer": "", "problem": problem}


def test_a_copy_takes_what_asks_it_which_reaches_nothing_else(database: Make) -> None:
    template = database(ASKED)
    (function,) = [
        each["Properties"]
        for each in template.all("Lambda::Function")
        if "VpcConfig" in each["Properties"]
    ]
    (group,) = function["VpcConfig"]["SecurityGroupIds"]
    groups = template.template.find_resources("AWS::EC2::SecurityGroup")
    own = groups[group["Fn::GetAtt"][0]]["Properties"]
    assert (own["SecurityGroupIngress"], own["SecurityGroupEgress"][0]["IpProtocol"]) == (
        [],
        "icmp",
    )
    (copy,) = [
        name
        for name, each in groups.items()
        if each["Properties"]["GroupDescription"].startswith("Restored copies")
    ]
    to = {"Fn::GetAtt": [copy, "GroupId"]}
    ingress = template.properties("EC2::SecurityGroupIngress")
    egress = template.properties("EC2::SecurityGroupEgress")
    assert (ingress["GroupId"], ingress["SourceSecurityGroupId"]) == (to, group)
    assert (egress["GroupId"], egress["DestinationSecurityGroupId"]) == (group, to)
    assert len(function["VpcConfig"]["SubnetIds"]) == 2


@pytest.mark.parametrize("declared", [INSTANCE, CLUSTER], ids=["instance", "cluster"])
def test_without_a_query_of_an_instance_no_code_of_ours_is_in_its_network(
    database: Make, declared: str
) -> None:
    functions = database(declared).all("Lambda::Function")
    assert not [each for each in functions if "VpcConfig" in each["Properties"]]


def test_the_function_is_the_same_archive_every_time_with_all_that_it_imports(
    tmp_path: Path,
) -> None:
    for name in "first", "second":
        packing.pack(tmp_path / name, "us-east-1")
    first, second = (
        {
            file.relative_to(folder): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }
        for folder in (tmp_path / "first", tmp_path / "second")
    )
    assert first == second
    assert not [file for file in first if "__pycache__" in file.parts]
    alone = [sys.executable, "-I", "-S", "-c"]
    script = f"import sys; sys.path.insert(0, {str(tmp_path / 'first')!r}); import pg8000.native"
    assert subprocess.run([*alone, script], check=False).returncode == 0


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-2"])
def test_it_knows_a_copy_by_the_certificates_that_the_runbook_has(region: str) -> None:
    assert packing.certificates(region) == certificates.of_region(region)


def test_regions_without_certificates_are_those_that_the_settings_refuse() -> None:
    without = {region for region in REGIONS if not packing.certificates(region)}
    assert without == WITHOUT_RDS_CERTIFICATES


def test_without_a_drill_nothing_is_restored_and_nothing_is_paid(database: Make) -> None:
    template = database(f"engine: postgresql, instance: db.t4g.small, {TOLD}")
    for kind in ("StepFunctions::StateMachine", "Scheduler::Schedule"):
        assert not template.all(kind)
