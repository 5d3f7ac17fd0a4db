"""The end of a copy: deleted, and seen to be gone, whatever came before."""

from __future__ import annotations

from groundwork.data.drill.copy import Copy
from groundwork.data.drill.record import RECORD
from groundwork.data.drill.states import choice, failing, problem, task, wait, when
from groundwork.kit.states import State, States, jsonata

GONE = "$contains($states.input.error, 'NotFound')"


def deletion(copy: Copy, longest: int, find: str) -> States:
    """Delete the copy without a snapshot of it. After a leftover, the drill goes on at `find`.

    A problem of before stays the problem; what cannot be deleted is added to it.
    """
    until = f"{{'seconds': 2, 'error': '', 'until': $millis() + {longest * 1000}}}"
    begin: State = {
        "Type": "Pass",
        "Output": jsonata(f"$merge([$states.input, {until}])"),
        "Next": "Delete the instance" if copy.kind == "Cluster" else "Delete the copy",
    }
    left = (
        f"$states.input.problem & ' {copy.name} could not be deleted, and is charged until it is: '"
        " & $states.input.error"
    )
    return {
        "Delete": begin,
        **(_writer(copy) if copy.kind == "Cluster" else {}),
        "Delete the copy": task(
            f"rds:deleteDB{copy.kind}",
            {**copy.identified, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True},
            "{}",
            "Wait for the end",
            failed="Is it deleted?",
        ),
        "Is it deleted?": choice(
            [when(GONE, "After the deletion"), problem("true", left, RECORD)], RECORD
        ),
        **_end(copy, left),
        "After the deletion": choice(
            [when("$states.input.leftover", find, "{'leftover': false, 'error': ''}")], RECORD
        ),
    }


def _end(copy: Copy, left: str) -> States:
    """Look until RDS no longer knows the copy."""
    return {
        "Wait for the end": wait("Look for the copy"),
        "Look for the copy": task(
            f"rds:describeDB{copy.kind}s",
            copy.identified,
            "{}",
            "Is it gone?",
            failed="Is it deleted?",
        ),
        "Is it gone?": choice(
            [problem("$millis() > $states.input.until", left, RECORD)], "Wait for the end"
        ),
    }


def _writer(copy: Copy) -> States:
    """A cluster is deleted once it has no instance."""
    return {
        "Delete the instance": task(
            "rds:deleteDBInstance",
            {"DbInstanceIdentifier": copy.writer_name, "SkipFinalSnapshot": True},
            "{}",
            "Delete the copy",
            failed="Was there an instance?",
        ),
        "Was there an instance?": choice([when(GONE, "Delete the copy")], "Instance not deleted"),
        "Instance not deleted": failing("deleting the copy's instance", "Delete the copy"),
    }
