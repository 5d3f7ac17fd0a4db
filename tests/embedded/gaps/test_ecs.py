"""Container services: how old one is, and what a call about one is authorized on."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.gaps.templates import document

SERVICE = "arn:aws:ecs:us-east-1:123456789012:service/main/web"


def reader(aws: Any) -> Any:
    """Somebody who may look at one service."""
    iam = aws.client("iam")
    look = {"Effect": "Allow", "Action": "ecs:DescribeServices", "Resource": SERVICE}
    iam.create_user(UserName="looks")
    iam.put_user_policy(
        UserName="looks", PolicyName="look", PolicyDocument=json.dumps(document(look))
    )
    key = iam.create_access_key(UserName="looks")["AccessKey"]
    return aws.client(
        "ecs",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def test_a_service_is_asked_for_and_not_its_cluster(aws: Any, pristine: Any) -> None:
    named = {"cluster": "main", "services": ["web"]}
    for where in (aws, pristine):
        where.client("ecs").create_cluster(clusterName="main")
    looks = reader(aws)
    assert looks.describe_services(**named)["services"] == []
    with pytest.raises(ClientError, match="AccessDenied"):
        looks.describe_services(cluster="main", services=["other"])
    with pytest.raises(ClientError, match="AccessDenied"):
        reader(pristine).describe_services(**named)


def test_a_service_is_as_old_as_its_tag_says(aws: Any, pristine: Any) -> None:
    named = {"serviceName": "old", "taskDefinition": "web", "desiredCount": 0}
    tags = [{"key": "embedded:created-at", "value": "2026-01-02T03:04:05+00:00"}]
    then, found = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), []
    for where in (aws, pristine):
        ecs = where.client("ecs")
        ecs.create_cluster(clusterName="main")
        ecs.register_task_definition(
            family="web", containerDefinitions=[{"name": "web", "image": "web"}]
        )
        ecs.create_service(cluster="main", tags=tags, **named)
        (made,) = ecs.describe_services(cluster="main", services=["old"])["services"]
        found.append((made["createdAt"], made["deployments"][0]["createdAt"]))
    assert found[0] == (then, then)
    assert then not in found[1]
