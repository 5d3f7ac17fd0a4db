from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.constructs.data.conftest import NETWORK, Data, DataTemplate

Make = Callable[[str], DataTemplate]

PLAIN = "engine: postgresql, instance: db.t4g.micro"


def instance(template: DataTemplate) -> dict[str, Any]:
    return template.properties("RDS::DBInstance")


def test_nothing_that_costs_more_is_on_unasked(database: Make) -> None:
    found = instance(database(PLAIN))
    assert found["AllocatedStorage"] == "20"
    assert found["StorageType"] == "gp3"
    assert found["MultiAZ"] is False
    assert found["EnablePerformanceInsights"] is False
    assert "MaxAllocatedStorage" not in found


def test_an_instance_is_public_only_where_the_file_says_so(database: Make) -> None:
    assert instance(database(PLAIN))["PubliclyAccessible"] is False
    assert instance(database(f"{PLAIN}, public: true"))["PubliclyAccessible"] is True


def test_what_is_asked_for_is_declared(database: Make) -> None:
    found = instance(
        database(
            "engine: postgresql, instance: db.m7g.large, storage_gib: 100, storage_max_gib: 500,"
            " multi_az: true, performance_insights: true, backup_days: 35"
        )
    )
    assert found["DBInstanceClass"] == "db.m7g.large"
    assert found["AllocatedStorage"] == "100"
    assert found["MaxAllocatedStorage"] == 500
    assert found["MultiAZ"] is True
    assert found["EnablePerformanceInsights"] is True
    assert found["BackupRetentionPeriod"] == 35


def test_a_major_version_is_crossed_only_where_the_file_says_so(database: Make) -> None:
    assert instance(database(PLAIN))["AllowMajorVersionUpgrade"] is False
    allowed = instance(database(f"{PLAIN}, major_upgrade: true"))
    assert allowed["AllowMajorVersionUpgrade"] is True


def test_minor_versions_come_by_themselves_unless_one_is_named(database: Make) -> None:
    assert instance(database(PLAIN))["AutoMinorVersionUpgrade"] is True
    named = instance(database(f'{PLAIN}, version: "17.6"'))
    assert named["AutoMinorVersionUpgrade"] is False


def test_a_private_instance_of_an_ipv6_network_has_both_addresses(data: Data) -> None:
    network = NETWORK.replace("cidr:", "ipv6: true\n    cidr:")
    items = "\ndatabases:\n  books: {{security_groups: [office], {}, public: {}}}\n"
    private, public = (
        instance(data(network + items.format(PLAIN, public)))["NetworkType"]
        for public in ("false", "true")
    )
    assert (private, public) == ("DUAL", "IPV4")


def test_an_instance_that_may_be_upgraded_keeps_the_upgrades_log(database: Make) -> None:
    template = database("engine: postgresql, instance: db.t4g.micro, major_upgrade: true")
    exports = template.properties("RDS::DBInstance")["EnableCloudwatchLogsExports"]
    assert exports == ["postgresql", "upgrade"]
    groups = {each["Properties"].get("LogGroupName") for each in template.all("Logs::LogGroup")}
    assert groups >= {f"/aws/rds/instance/books/{log}" for log in exports}
