"""docs/embedded.md, whose tables are made from the gaps."""

import json
import subprocess
import sys
from typing import Any

import pytest

from embedded.reference import PAGE

# In a process of its own: ministack extends what it imports, and listens to the environment.
READ = """
import json
from embedded import reference
from embedded.gaps import declared
page = reference.PAGE.read_text(encoding="utf-8")
print(json.dumps({
    "gaps": {name: [gap.aws, gap.page, gap.ministack] for name, gap in declared()},
    "services": list(reference.services()),
    "page": reference.page(page),
}))
"""


@pytest.fixture(scope="module")
def read() -> Any:
    output = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ], capture_output=True, text=True, check=True
    ).stdout
    return json.loads(output.splitlines()[-1])


def test_the_page_is_up_to_date(read: Any) -> None:
    assert PAGE.read_text(encoding="utf-8") == read["page"], "run: make schema"


def test_each_service_has_a_table(read: Any) -> None:
    for service in read["services"]:
        assert f"<!-- gaps of {service} -->" in read["page"]


def test_each_gap_says_what_aws_does_where_aws_says_so_and_what_ministack_does(read: Any) -> None:
    for name, (aws, page, ministack) in read["gaps"].items():
        assert page.startswith("https://docs.aws.amazon.com/"), name
        for sentence in (aws, ministack):
            assert sentence.endswith("."), name
            assert "|" not in sentence, name
