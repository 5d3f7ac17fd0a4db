"""Whether there is room for what the file declares: in IAM, in RDS and by the account's plan."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError

from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import Check, applied, quotas
from runbook.doctor.place import Place
from tests.conftest import EXAMPLE, templates_of
from tests.runbook.doctor.asking import asked, aurora, database, wrong

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


class TestQuotas:
    FILE = "backup: {buckets: {a-bucket: {users: {one-user: {tool: files}}}}}"
    GROUPS = "security groups of a network interface: "

    def test_what_there_is_room_for_is_right(self) -> None:
        found = {each.text.partition(":")[0]: each for each in asked(self.FILE, Check.QUOTAS)}
        assert list(found) == ["stacks", "IAM users", "IAM policies", "IAM roles", "buckets"]
        assert found["IAM users"].text.endswith("of 5000 used, 1 more with this file")
        assert found["stacks"].text.endswith("of 2000 used, 1 more with this file")
        assert found["IAM roles"].text.endswith("of 1000 used, up to 8 more with this file")
        assert found["buckets"].text.endswith("of 10000 used, 1 more with this file")
        assert {each.state for each in found.values()} == {State.RIGHT}

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            ("Users", "IAM users: 5000 of 5000 used, 1 more with this file"),
            ("Roles", "IAM roles: 5000 of 5000 used, up to 8 more with this file"),
        ],
    )
    def test_a_full_quota_is_wrong(
        self, monkeypatch: pytest.MonkeyPatch, kind: str, text: str
    ) -> None:
        summary = {"Users": 0, "Policies": 0, "Roles": 0}
        full = {**summary, **{f"{name}Quota": 5000 for name in summary}, kind: 5000}

        class Iam:
            def get_account_summary(self) -> dict[str, Any]:
                return {"SummaryMap": full}

        monkeypatch.setattr(Place, "iam", Iam())
        found = wrong(self.FILE, Check.QUOTAS)
        assert found == Answer(text, State.WRONG, quotas.RAISE)

    def test_more_networks_than_the_account_may_have_are_wrong(self) -> None:
        networks = {
            f"n{number}": {"cidr": f"10.{number}.0.0/16", "subnets": {f"10.{number}.1.0/24": "a"}}
            for number in range(6)
        }
        text = str(yaml.safe_dump({"data": {"networks": networks}}))
        assert wrong(text, Check.QUOTAS).text.endswith("of 5 used, 6 more with this file")

    @pytest.mark.parametrize(("bastion", "said"), [(True, ["6 of 5 used by books"]), (False, [])])
    def test_more_groups_than_a_network_interface_takes_are_wrong(
        self, bastion: bool, said: list[str]
    ) -> None:
        names = ["here", "office", "vpn", "jobs", "reports"]
        text = yaml.safe_load(database(security_groups=names))
        groups = text["data"]["security_groups"]
        groups |= {name: {"description": name} for name in names[1:]}
        text["data"]["bastion"] = bastion
        found = asked(str(yaml.safe_dump(text)), Check.QUOTAS)
        counted = [a for a in found if a.text.startswith(self.GROUPS)]
        assert [a.text.removeprefix(self.GROUPS) for a in counted] == said
        assert [a.state for a in counted] == [State.WRONG] * len(said)

    def test_more_groups_of_a_replica_are_asked_of_the_account_as_those_of_a_database(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        consumers = {f"c{number}": {"from": [f"192.0.2.{number}/32"]} for number in range(6)}
        reports = {"instance": "db.t4g.micro", "consumers": consumers}
        text = database(replicas={"reports": reports})
        assert wrong(text, Check.QUOTAS).text == f"{self.GROUPS}6 of 5 used by books/reports"
        monkeypatch.setattr(applied, "quota", lambda *_: 16)
        taken = Answer(f"{self.GROUPS}6 of 16 used by books/reports")
        assert taken in asked(text, Check.QUOTAS)

    def test_an_applied_quota_counts_before_the_default(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Quotas:
            def get_service_quota(self, **_: str) -> dict[str, Any]:
                return {"Quota": {"Value": 0.0}}

        monkeypatch.setattr(Place, "global_quotas", Quotas())
        assert "buckets: " in wrong(self.FILE, Check.QUOTAS).text

    def test_a_part_that_cannot_be_asked_leaves_the_others(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        who = "arn:aws:iam::123456789012:user/ann"
        message = f"User: {who} is not authorized to perform: servicequotas:GetServiceQuota on x"

        def refuse(*_: object) -> int:
            answer: Any = {"Error": {"Code": "AccessDeniedException", "Message": message}}
            raise ClientError(answer, "GetServiceQuota")

        monkeypatch.setattr(applied, "quota", refuse)
        found = asked(self.FILE, Check.QUOTAS)
        (unasked,) = [each for each in found if each.state is State.UNASKED]
        assert unasked.text == "servicequotas:GetServiceQuota is not allowed"
        assert len(found) == 5

    def test_no_stack_makes_more_roles_than_are_counted(self) -> None:
        for name, template in templates_of(EXAMPLE).items():
            roles = template.find_resources("AWS::IAM::Role")
            assert len(roles) <= quotas.MOST_ROLES, name

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
