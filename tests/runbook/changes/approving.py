"""Two people, their files and their records, for the tests of approvals."""

from __future__ import annotations

import io

from runbook.base import aws
from runbook.changes.context import Context
from runbook.changes.records import Records
from runbook.changes.review import Review
from tests.runbook.conftest import ACCOUNT

ANN, BOB = "AROAAUTHOR:ann", "AROAAPPROVER:bob"
AUTHOR = f"arn:aws:iam::{ACCOUNT}:user/author"
APPROVER = f"arn:aws:iam::{ACCOUNT}:user/approver"
ONE_PERSON = f"""
account: "{ACCOUNT}"
backup: {{buckets: {{reports: {{}}}}}}
"""
TWO_PEOPLE = f"""
account: "{ACCOUNT}"
access:
  author: {{principals: ["{AUTHOR}"]}}
  approver: {{principals: ["{APPROVER}"]}}
"""


def by(context: Context, who: str, arn: str) -> Context:
    """The same account's records, for another caller."""
    records = Records(context.records.store, who)
    return context._replace(caller=aws.Caller(ACCOUNT, arn, who), records=records)


def said(context: Context) -> str:
    """Return what a command printed."""
    stream = context.console.file
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def saved(context: Context, review: Review) -> str:
    by(context, ANN, AUTHOR).records.save_review(review)
    return review.id
