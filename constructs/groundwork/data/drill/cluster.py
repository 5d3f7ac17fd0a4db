"""How a restored cluster is asked: an instance, a password of its own, and the Data API."""

from __future__ import annotations

from groundwork.data.drill.copy import Copy
from groundwork.data.drill.question import DELETE, JUDGE, judging
from groundwork.data.drill.states import choice, failing, problem, task, wait, when
from groundwork.kit.states import States, jsonata

VALUE = """
$exists($f.BooleanValue) ? ($f.BooleanValue ? 't' : 'f')
: $exists($f.StringValue) ? $f.StringValue
: $exists($f.LongValue) ? $string($f.LongValue)
: $exists($f.DoubleValue) ? $string($f.DoubleValue) : ''
"""
"""A value of the Data API as psql prints it.

<https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_Field.html>
"""


def asking(copy: Copy) -> States:
    """Make the cluster usable, ask it, and judge its answer.

    RDS makes a password for the copy alone: the drill never learns that of the database, and it
    does not matter whether that was renewed after the snapshot. The secret goes with the cluster.
    <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html>
    """
    writer = {"DbInstanceIdentifier": copy.writer_name, **copy.writer}
    arn = jsonata("$states.input.found.DbClusterArn")
    return {
        "Check": task(
            "rds:createDBInstance", writer, "{}", "Wait for the instance", failed="No instance"
        ),
        "No instance": failing("making the copy's instance", DELETE),
        **_until_instance(copy),
        "Have a password made": task(
            "rds:modifyDBCluster",
            {**copy.identified, "ManageMasterUserPassword": True, "ApplyImmediately": True},
            "{'seconds': 2}",
            "Open the Data API",
            failed="No password",
        ),
        "No password": failing("having a password made for the copy", DELETE),
        "Open the Data API": task(
            "rds:enableHttpEndpoint",
            {"ResourceArn": arn},
            "{}",
            "Wait for the Data API",
            failed="No Data API",
        ),
        "No Data API": failing("opening the copy's Data API", DELETE),
        **_until_open(copy),
        **_question(copy),
    }


def _until_instance(copy: Copy) -> States:
    status = "{'status': $states.result.DbInstances[0].DbInstanceStatus}"
    look = "Look at the instance"
    return {
        "Wait for the instance": wait(look),
        look: task(
            "rds:describeDBInstances",
            {"DbInstanceIdentifier": copy.writer_name},
            status,
            "Is the instance ready?",
            failed="Instance not seen",
        ),
        "Instance not seen": failing("looking at the copy's instance", DELETE),
        "Is the instance ready?": choice(
            [
                when("$states.input.status = 'available'", "Have a password made"),
                _late("instance"),
            ],
            "Wait for the instance",
        ),
    }


def _until_open(copy: Copy) -> States:
    ready = (
        f"{copy.found}.Status = 'available' and {copy.found}.HttpEndpointEnabled = true "
        f"and {copy.found}.MasterUserSecret.SecretStatus = 'active'"
    )
    described = (
        f"{{'ready': {ready}, 'status': {copy.found}.Status, "
        f"'secret': {copy.found}.MasterUserSecret.SecretArn}}"
    )
    return {
        "Wait for the Data API": wait("Look at the Data API"),
        "Look at the Data API": task(
            "rds:describeDBClusters",
            copy.identified,
            described,
            "Is the Data API open?",
            failed="Data API not seen",
        ),
        "Data API not seen": failing("looking at the copy's Data API", DELETE),
        "Is the Data API open?": choice(
            [when("$states.input.ready = true", "Ask"), _late("Data API")], "Wait for the Data API"
        ),
    }


def _late(what: str) -> dict[str, object]:
    words = f"'the {what} of the copy was not ready in time: ' & $states.input.status"
    return problem("$millis() > $states.input.until", words, DELETE)


def _question(copy: Copy) -> States:
    if copy.question is None:
        raise ValueError("a cluster is always asked")
    asked = copy.question
    arguments = {
        "ResourceArn": jsonata("$states.input.found.DbClusterArn"),
        "SecretArn": jsonata("$states.input.secret"),
        "Database": asked.database,
        "Sql": asked.query,
    }
    answer = f"($f := ($states.result.Records[0])[0]; {{'answer': $substring({VALUE}, 0, 200)}})"
    return {
        "Ask": task("rdsdata:executeStatement", arguments, answer, JUDGE, failed="No answer"),
        "No answer": failing("the query", DELETE),
        **judging(asked),
    }
