"""What the drill of a database may do, when it runs, and who hears of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.constructs.data.conftest import DataTemplate
from tests.constructs.data.test_alarms import TOLD, alarms

Make = Callable[[str], DataTemplate]

INSTANCE = f"engine: postgresql, instance: db.t4g.small, {TOLD}, drill: {{every: 3d}}"
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


def test_without_a_drill_nothing_is_restored_and_nothing_is_paid(database: Make) -> None:
    template = database(f"engine: postgresql, instance: db.t4g.small, {TOLD}")
    for kind in ("StepFunctions::StateMachine", "Scheduler::Schedule"):
        assert not template.all(kind)
