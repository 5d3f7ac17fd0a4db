"""A password that RDS makes and keeps for a cluster that had another one."""

from __future__ import annotations

import json
from typing import Any

from embedded.gaps._ministack import Response, responses, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`ModifyDBCluster` has RDS make a password, in a secret with the cluster's ARN as a tag.",
    page="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html",
    ministack="It does so only for a new cluster, without the tag.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Make the secret, before the rest is modified."""
    rds = service("rds")
    pristine = rds._ACTION_MAP["ModifyDBCluster"]

    def modify(given: dict[str, Any]) -> Response:
        cluster = rds._clusters.get(rds._p(given, "DBClusterIdentifier"))
        wanted = rds._p(given, "ManageMasterUserPassword") == "true"
        if cluster and wanted and not cluster.get("MasterUserSecret"):
            cluster["MasterUserSecret"] = _secret(cluster)
        answer: Response = pristine(given)
        return answer

    rds._ACTION_MAP["ModifyDBCluster"] = modify


def _secret(cluster: dict[str, Any]) -> dict[str, str]:
    rds, secrets = service("rds"), service("secretsmanager")
    login = {
        "username": cluster["MasterUsername"],
        "password": rds._generate_master_user_password(),
    }
    name = f"rds!cluster-{responses.new_uuid()}"
    arn = secrets.create_secret_in_process(name, json.dumps(login))
    tags = {
        "aws:secretsmanager:owningService": "rds",
        "aws:rds:primaryDBClusterArn": cluster["DBClusterArn"],
    }
    secrets._secrets[name]["Tags"] = [{"Key": key, "Value": tags[key]} for key in tags]
    return {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": "alias/aws/secretsmanager"}
