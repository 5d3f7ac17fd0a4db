"""How a restored instance is asked, and how any answer is judged."""

from __future__ import annotations

from groundwork.data.drill.copy import Question
from groundwork.data.drill.states import INVOKE, choice, failing, problem, task, when
from groundwork.kit.states import States, jsonata, quoted

ASK, DELETE, JUDGE = "Ask", "Delete", "Is it expected?"


def asking(asked: Question) -> States:
    """Have the function ask the copy. What it cannot reach is tried again, a query is not."""
    if asked.function is None:
        raise ValueError("an instance is asked by a function")
    question = {
        "host": jsonata("$states.input.found.Endpoint.Address"),
        "port": jsonata("$states.input.found.Endpoint.Port"),
        "database": asked.database,
        "user": asked.function.login,
        "query": asked.query,
    }
    given = {"FunctionName": asked.function.arn, "Payload": question}
    unasked = "No answer"
    return {
        ASK: task(INVOKE, given, "$states.result.Payload", "Was it asked?", failed=unasked),
        unasked: failing("asking the copy", DELETE),
        "Was it asked?": choice([when("$states.input.problem != ''", DELETE)], JUDGE),
        **judging(asked),
    }


def judging(asked: Question) -> States:
    """Compare the answer with the one that the file expects."""
    expected = quoted(f", and {asked.expect} is expected")
    words = f"'the query answered ' & $states.input.answer & {expected}"
    return {
        JUDGE: choice(
            [
                when(f"$states.input.answer = {quoted(asked.expect)}", DELETE),
                problem("true", words, DELETE),
            ],
            DELETE,
        )
    }
