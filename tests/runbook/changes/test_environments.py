"""Two environments side by side in one account and region."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import commands
from runbook.changes.change_set import find_stack
from runbook.changes.context import Context
from settings import parse
from settings.plan import plans
from tests.conftest import templates_of
from tests.runbook.changes.approving import saved
from tests.runbook.changes.stacks import Resources, prepare, stack_of
from tests.runbook.conftest import ACCOUNT, REGION

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]

FILE = f"""
account: "{ACCOUNT}"
region: {REGION}
environment: ENVIRONMENT
data:
  networks:
    main: {{cidr: 10.0.0.0/16, subnets: {{10.0.1.0/24: a, 10.0.2.0/24: b}}}}
  security_groups:
    office: {{description: The office, postgresql_from: [203.0.113.0/24]}}
  databases:
    books:
      engine: postgresql
      instance: db.t4g.micro
      deletion: delete
      deletion_protection: false
      security_groups: [office]
      notify: [sysadmin@example.org]
"""


def declared(environment: str) -> tuple[str, Resources]:
    """The stack of the file in an environment: its name, and its resources without the function.

    The function sets the protection of databases once they are made; its code is not here.
    """
    text = FILE.replace("ENVIRONMENT", environment)
    (plan,) = plans(parse(text))
    (template,) = templates_of(text).values()
    resources: Resources = template.to_json()["Resources"]
    return plan.name, {
        name: resource
        for name, resource in resources.items()
        if not name.startswith(("deletionprotection", "databasesbooksprotector"))
        and resource["Type"] != "Custom::DeletionProtection"
    }


def databases() -> set[str]:
    """The names of the databases that there are."""
    found = boto3.client("rds", REGION, config=aws.CONFIG).describe_db_instances()
    return {database["DBInstanceIdentifier"] for database in found["DBInstances"]}


@pytest.mark.parametrize("store", ["folder"], indirect=True)
def test_two_environments_are_deployed_side_by_side_and_one_is_removed(context: Context) -> None:
    (blue, resources), (green, others) = declared("blue"), declared("green")
    assert blue != green
    first = saved(context, prepare(stack_of(blue, resources)))
    second = saved(context, prepare(stack_of(green, others)))
    commands.approve(context, first, (), None)
    with pytest.raises(UserError, match=f"Review {second} is not approved"):
        commands.run(context, second)
    commands.approve(context, second, (), None)
    commands.run(context, first)
    commands.run(context, second)
    assert {"blue-books", "green-books"} <= databases()
    remove(blue)
    assert "blue-books" not in databases()
    assert "green-books" in databases()
    remove(green)


def remove(stack: str) -> None:
    """Delete a stack, whose protection has to be lifted first."""
    cloudformation: Any = aws.cloudformation(REGION)
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1}
    )
    assert find_stack(cloudformation, stack) is None
