"""A drill from its beginning to its record, in the Amazon States Language.

<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html>
"""

from __future__ import annotations

from groundwork.data.drill import cluster, question
from groundwork.data.drill.copy import Copy
from groundwork.data.drill.deletion import deletion
from groundwork.data.drill.record import RECORD, record
from groundwork.data.drill.states import EXECUTION, choice, failing, problem, task, wait, when
from groundwork.kit.states import State, States, jsonata
from settings.contract import DRILL_TAG

HOUR = 3600
LONGEST = 6 * HOUR
"""Seconds after which a copy that is still being made is given up, and deleted."""
DAY = 24 * HOUR
RUN_TAG = f"{DRILL_TAG}-execution"
"""The tag of a copy that names the execution which made it."""

ALONE, DELETE, FIND, WAIT = "Leave it alone", "Delete", "Find the newest snapshot", "Wait"
BROKEN = "$match($states.input.status, /failed|incompatible|error|storage-full/)"


def definition(copy: Copy) -> State:
    """Return the state machine's definition."""
    return {
        "Comment": f"restores the newest snapshot of {copy.database} into {copy.name}, checks it, "
        "and deletes it",
        "QueryLanguage": "JSONata",
        "StartAt": "Begin",
        "TimeoutSeconds": DAY,
        "States": {
            "Begin": _begin(),
            **_leftovers(copy),
            **_snapshot(copy),
            **_restore(copy),
            **_checking(copy),
            **deletion(copy, LONGEST, FIND),
            **record(copy),
            ALONE: {"Type": "Succeed", "Output": "Another drill of the database is running."},
        },
    }


def _begin() -> State:
    known = (
        "{'began': $now(), 'problem': '', 'error': '', 'answer': '', 'leftover': false, "
        "'snapshot': {}, 'seconds': 2}"
    )
    return {"Type": "Pass", "Output": jsonata(known), "Next": "Look for a copy"}


def _leftovers(copy: Copy) -> States:
    """Delete a copy that a stopped drill left; touch none that is not a drill's."""
    look, owner, other = "Look for a copy", "Whose is it?", f"{copy.name} is there already"
    absent = "Is there none?"
    return {
        look: _look(copy, owner, absent),
        absent: choice([when("$contains($states.input.error, 'NotFound')", FIND)], "Not seen"),
        "Not seen": failing(f"looking for {copy.name}", RECORD),
        owner: choice(
            [problem("$states.input.owner = ''", f"'{other}, and no drill has made it'", RECORD)],
            "Does that drill run?",
        ),
        "Does that drill run?": task(
            "sfn:describeExecution",
            {"ExecutionArn": jsonata("$states.input.owner")},
            "{'leftover': $states.result.Status != 'RUNNING'}",
            "Is it left?",
            failed="Is it forgotten?",
        ),
        "Is it forgotten?": choice(
            [when("$contains($states.input.error, 'NotExist')", DELETE, "{'leftover': true}")],
            "Not known",
        ),
        "Not known": failing(f"asking which drill made {copy.name}", RECORD),
        "Is it left?": choice([when("$states.input.leftover", DELETE)], ALONE),
    }


def _look(copy: Copy, following: str, failed: str) -> State:
    owner = f"{copy.found}.TagList[Key = '{RUN_TAG}'].Value"
    described = (
        f"{{'status': {copy.found}.{copy.status}, "
        f"'owner': $exists({owner}) ? {owner} : '', 'found': {copy.found}}}"
    )
    return task(f"rds:describeDB{copy.kind}s", copy.identified, described, following, failed=failed)


def _snapshot(copy: Copy) -> States:
    kind = "" if copy.kind == "Instance" else "Cluster"
    listed = f"[$states.result.Db{kind}Snapshots[Status = 'available']]"
    newest = f"$sort({listed}, function($a, $b) {{$a.SnapshotCreateTime < $b.SnapshotCreateTime}})"
    named = f"{{'name': Db{kind}SnapshotIdentifier, 'made': SnapshotCreateTime}}"
    hours = copy.max_age // HOUR
    old = "$millis() - $toMillis($states.input.snapshot.made) > " + str(copy.max_age * 1000)
    too_old = (
        "'the newest automated snapshot, ' & $states.input.snapshot.name & ', was made at ' & "
        f"$states.input.snapshot.made & ': at most {hours} h are expected'"
    )
    return {
        FIND: task(
            f"rds:describeDB{kind}Snapshots",
            {f"Db{copy.kind}Identifier": copy.database, "SnapshotType": "automated"},
            f"{{'snapshot': $count({listed}) = 0 ? {{}} : {newest}[0].{named}}}",
            "Is it new enough?",
            failed="No snapshots",
        ),
        "No snapshots": failing(f"listing the snapshots of {copy.database}", RECORD),
        "Is it new enough?": choice(
            [
                problem(
                    "$not($exists($states.input.snapshot.name))",
                    "'there is no automated snapshot'",
                    RECORD,
                ),
                problem(old, too_old, RECORD),
            ],
            "Restore",
        ),
    }


def _restoring(copy: Copy, until: str) -> State:
    """Make the copy, with tags that say whose it is."""
    action, snapshot = {
        "Instance": ("restoreDBInstanceFromDBSnapshot", "DbSnapshotIdentifier"),
        "Cluster": ("restoreDBClusterFromSnapshot", "SnapshotIdentifier"),
    }[copy.kind]
    tags = [
        {"Key": DRILL_TAG, "Value": copy.database},
        {"Key": RUN_TAG, "Value": jsonata(EXECUTION)},
    ]
    arguments = {
        **copy.identified,
        snapshot: jsonata("$states.input.snapshot.name"),
        **copy.arguments,
        "Tags": tags,
    }
    return task(f"rds:{action}", arguments, until, WAIT, failed="Is it there?")


def _restore(copy: Copy) -> States:
    until = f"{{'seconds': 2, 'until': $millis() + {LONGEST * 1000}}}"
    return {
        "Restore": _restoring(copy, until),
        # Another drill that began at the same moment: the name is taken only once.
        "Is it there?": choice(
            [when("$contains($states.input.error, 'AlreadyExists')", WAIT, until)], "Not restored"
        ),
        "Not restored": failing("the restore", DELETE),
        WAIT: wait("Look at the copy"),
        "Look at the copy": _look(copy, "Is it ready?", "Not looked at"),
        "Not looked at": failing(f"looking at {copy.name}", DELETE),
        "Is it ready?": choice(
            [
                when(f"$states.input.owner != {EXECUTION}", ALONE),
                when("$states.input.status = 'available'", "Check", "{'seconds': 2}"),
                problem(
                    f"$count([{BROKEN}]) > 0",
                    "'the restore failed: the copy is ' & $states.input.status",
                    DELETE,
                ),
                problem(
                    "$millis() > $states.input.until",
                    f"'the copy was still ' & $states.input.status & ' after {LONGEST // HOUR} h'",
                    DELETE,
                ),
            ],
            WAIT,
        ),
    }


def _checking(copy: Copy) -> States:
    """Ask the copy. An instance is compared with its database first, and asked if it can be."""
    if copy.kind == "Cluster":
        return cluster.asking(copy)
    if copy.question is None:
        return _comparing(copy, DELETE)
    return {**_comparing(copy, question.ASK), **question.asking(copy.question)}


def _comparing(copy: Copy, following: str) -> States:
    """Compare the running instance with its database."""
    compared = {
        "Engine": "Engine",
        "AllocatedStorage": "AllocatedStorage",
        "StorageEncrypted": "StorageEncrypted",
        "MasterUsername": "MasterUsername",
    }
    same = " and ".join(
        f"$states.input.found.{field} = $states.result.DbInstances[0].{field}" for field in compared
    )
    return {
        "Check": task(
            "rds:describeDBInstances",
            {"DbInstanceIdentifier": copy.database},
            f"{{'same': {same}}}",
            "Is it the same?",
            failed="Not compared",
        ),
        "Not compared": failing(f"looking at {copy.database}", DELETE),
        "Is it the same?": choice(
            [
                when("$states.input.same", following),
                problem(
                    "true",
                    f"'the copy has another engine, owner, storage or encryption than "
                    f"{copy.database}'",
                    DELETE,
                ),
            ],
            DELETE,
        ),
    }
