from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.constructs.data.conftest import DataTemplate

Make = Callable[[str], DataTemplate]


def cluster(template: DataTemplate) -> dict[str, Any]:
    return template.properties("RDS::DBCluster")


def aurora(capacity: str, more: str = "") -> str:
    return f"engine: aurora-postgresql, capacity: {{{capacity}}}{more}"


def test_capacity_and_pause_are_as_declared(database: Make) -> None:
    found = cluster(database(aurora("min: 0, max: 2, pause_after: 1h")))
    assert found["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0,
        "MaxCapacity": 2,
        "SecondsUntilAutoPause": 3600,
    }


def test_a_cluster_that_never_pauses_says_nothing_about_pausing(database: Make) -> None:
    found = cluster(database(aurora("min: 0.5, max: 4")))
    assert found["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 4}


def test_the_data_api_is_on_only_where_the_file_says_so(database: Make) -> None:
    assert cluster(database(aurora("max: 2")))["EnableHttpEndpoint"] is False
    assert cluster(database(aurora("max: 2", ", data_api: true")))["EnableHttpEndpoint"] is True


def test_there_is_one_serverless_writer_without_a_public_address(database: Make) -> None:
    template = database(aurora("max: 2"))
    writer = template.properties("RDS::DBInstance")
    assert writer["DBInstanceClass"] == "db.serverless"
    assert writer["DBClusterIdentifier"] == {"Ref": template.logical_id("RDS::DBCluster")}
    assert writer["PubliclyAccessible"] is False


def test_a_kept_cluster_keeps_its_writer(database: Make) -> None:
    for kept in ("deletion: retain, deletion_protection: false", "deletion: snapshot"):
        writer = database(aurora("max: 2", f", {kept}")).one("RDS::DBInstance")
        assert writer["DeletionPolicy"] == "RetainExceptOnCreate"
    unprotected = database(aurora("max: 2", ", deletion_protection: false"))
    assert unprotected.one("RDS::DBInstance")["DeletionPolicy"] == "Delete"
