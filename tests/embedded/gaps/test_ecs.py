"""Container services: what a call about one is authorized on."""

import json
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
