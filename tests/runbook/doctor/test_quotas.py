"""Whether there is room for what the file declares: in IAM, in RDS and by the account's plan."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import Check, quotas
from runbook.doctor.place import Place
from tests.runbook.doctor.asking import asked, aurora, database, wrong

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


class TestQuotas:
    FILE = "backup: {buckets: {a-bucket: {users: {one-user: {tool: files}}}}}"

    def test_what_there_is_room_for_is_right(self) -> None:
        users, policies = asked(self.FILE, Check.QUOTAS)
        assert users.text.endswith("of 5000 used, 1 more with this file")
        assert policies.state is State.RIGHT

    def test_a_full_quota_is_wrong(self, monkeypatch: pytest.MonkeyPatch) -> None:
        full = {"Users": 5000, "UsersQuota": 5000, "Policies": 3, "PoliciesQuota": 1500}

        class Iam:
            def get_account_summary(self) -> dict[str, Any]:
                return {"SummaryMap": full}

        monkeypatch.setattr(Place, "iam", Iam())
        found = wrong(self.FILE, Check.QUOTAS)
        assert found == Answer(
            "IAM users: 5000 of 5000 used, 1 more with this file", State.WRONG, quotas.RAISE
        )

    def test_databases_are_compared_with_rds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        limits = [
            {"AccountQuotaName": "DBInstances", "Used": 40, "Max": 40},
            {"AccountQuotaName": "DBClusters", "Used": 0, "Max": 40},
        ]

        class Rds:
            def describe_account_attributes(self) -> dict[str, Any]:
                return {"AccountQuotas": limits}

        monkeypatch.setattr(Place, "rds", Rds())
        text = "database instances: 40 of 40 used, 1 more with this file"
        assert wrong(aurora(), Check.QUOTAS).text == text


class TestPlan:
    def free(self, patch: pytest.MonkeyPatch, kind: str) -> None:
        class Plans:
            def get_account_plan_state(self) -> dict[str, object]:
                return {"accountPlanType": kind}

        patch.setattr(boto3, "client", lambda *_, **__: Plans())

    def test_a_free_plan_refuses_backups_and_larger_classes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.free(monkeypatch, "FREE")
        text = database(instance="db.t4g.large", backup_days=7)
        found = [a.text for a in asked(text, Check.PLAN) if a.state is State.WRONG]
        assert found == [
            "books: a free plan refuses backups of 7 days",
            "books: a free plan refuses db.t4g.large",
        ]

    def test_a_paid_plan_refuses_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free(monkeypatch, "PAID")
        assert asked(database(backup_days=7), Check.PLAN) == [Answer("a paid plan")]
