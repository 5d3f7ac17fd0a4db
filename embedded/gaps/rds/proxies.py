"""The types of RDS Proxy: a proxy, its targets and its endpoints. No connection goes through."""

from __future__ import annotations

import json
from typing import Any

from embedded.gaps._calls import accepted
from embedded.gaps._ministack import Created, Properties, provisioners, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A stack has proxies. Their targets are waited for until a login works there, and a "
        "read-only endpoint needs a cluster that has a reader."
    ),
    page="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-endpoints.html",
    ministack="It has the API, not the types, and makes such an endpoint of any proxy.",
    effect=Effect.CAPABLE,
)

PROXY = "AWS::RDS::DBProxy"
ENDPOINT = "AWS::RDS::DBProxyEndpoint"
TARGETS = "AWS::RDS::DBProxyTargetGroup"


def install() -> None:
    """Register the three types, made by ministack's own calls."""
    places = ("EndpointNetworkType", "VpcSubnetIds")
    own = ("DBProxyName", "EngineFamily", *places)
    register(PROXY, _make_proxy, _change_proxy, _delete_proxy, replacing=own)
    own = ("DBProxyName", "DBProxyEndpointName", *places)
    register(ENDPOINT, _make_endpoint, _change_endpoint, _delete_endpoint, replacing=own)
    named = ("DBProxyName", "TargetGroupName")
    register(TARGETS, _make_targets, _change_targets, _delete_targets, replacing=named)


def _call(name: str, kind: str, action: str, **given: Any) -> None:
    """Call what answers an API call of RDS, or fail the resource with what it refuses."""
    query = provisioners._ec_query(given)
    provisioners._rds_call(getattr(service("rds"), name), query, kind, action)


def _make_proxy(logical_id: str, properties: Properties, stack: str) -> Created:
    _call("_create_db_proxy", PROXY, "create", **properties)
    return _proxy(properties["DBProxyName"])


def _change_proxy(name: str, old: Properties, new: Properties, stack: str) -> Created:
    changed = {key: new.get(key) for key in ("Auth", "RequireTLS", "RoleArn", "IdleClientTimeout")}
    groups = new.get("VpcSecurityGroupIds")
    named = {"DBProxyName": name, "SecurityGroups": groups}
    _call("_modify_db_proxy", PROXY, "update", **named, **changed)
    return _proxy(name)


def _delete_proxy(name: str, properties: Properties) -> None:
    service("rds")._delete_db_proxy({"DBProxyName": name})


def _proxy(name: str) -> Created:
    made = service("rds")._db_proxies[name]
    return name, {key: made[key] for key in ("DBProxyArn", "Endpoint", "VpcId")}


def _make_endpoint(logical_id: str, properties: Properties, stack: str) -> Created:
    if properties.get("TargetRole") == "READ_ONLY" and not _has_reader(properties["DBProxyName"]):
        raise ValueError(
            "A read-only endpoint requires an Aurora cluster with one or more reader instances."
        )
    _call("_create_db_proxy_endpoint", ENDPOINT, "create", **properties)
    return _endpoint(properties["DBProxyEndpointName"])


def _has_reader(proxy: str) -> bool:
    rds = service("rds")
    for target in rds._db_proxies[proxy]["Targets"] if proxy in rds._db_proxies else ():
        cluster = rds._clusters.get(target.get("TrackedClusterId", ""))
        if cluster and any(not each["IsClusterWriter"] for each in cluster["DBClusterMembers"]):
            return True
    return False


def _change_endpoint(name: str, old: Properties, new: Properties, stack: str) -> Created:
    groups = new.get("VpcSecurityGroupIds")
    given = {"DBProxyEndpointName": name, "VpcSecurityGroupIds": groups}
    _call("_modify_db_proxy_endpoint", ENDPOINT, "update", **given)
    return _endpoint(name)


def _delete_endpoint(name: str, properties: Properties) -> None:
    service("rds")._delete_db_proxy_endpoint({"DBProxyEndpointName": name})


def _endpoint(name: str) -> Created:
    made = service("rds")._db_proxy_endpoints[name]
    keys = ("DBProxyEndpointArn", "Endpoint", "VpcId", "IsDefault")
    return name, {key: made[key] for key in keys}


def _make_targets(logical_id: str, properties: Properties, stack: str) -> Created:
    """Wait, as CloudFormation does, until the proxy has logged in where it leads.

    A cluster that has just been made has one login, its owner's.
    """
    made = _change_targets("", {}, properties, stack)
    if not _knows_owner(properties):
        raise ValueError("Timed out waiting for target group to become available.")
    return made


def _knows_owner(properties: Properties) -> bool:
    rds = service("rds")
    stores = {"DBClusterIdentifiers": rds._clusters, "DBInstanceIdentifiers": rds._instances}
    owners = {
        store[name]["MasterUsername"]
        for key, store in stores.items()
        for name in properties.get(key) or ()
    }
    logins = rds._db_proxies[properties["DBProxyName"]]["Auth"]
    return owners <= {_user(login["SecretArn"]) for login in logins}


def _user(secret: str) -> str:
    answer = accepted(service("secretsmanager")._get_secret_value({"SecretId": secret}), PROXY)
    return str(json.loads(json.loads(answer)["SecretString"])["username"])


def _change_targets(arn: str, old: Properties, new: Properties, stack: str) -> Created:
    """Set the pool, and the cluster or instance that the proxy leads to."""
    named = {"DBProxyName": new["DBProxyName"], "TargetGroupName": new["TargetGroupName"]}
    pool = new.get("ConnectionPoolConfigurationInfo")
    _call("_modify_db_proxy_target_group", TARGETS, "update", ConnectionPoolConfig=pool, **named)
    keys = ("DBClusterIdentifiers", "DBInstanceIdentifiers")
    before, after = ({key: side.get(key) or [] for key in keys} for side in (old, new))
    if before != after:
        if any(before.values()):
            _call("_deregister_db_proxy_targets", TARGETS, "update", **named, **before)
        _call("_register_db_proxy_targets", TARGETS, "update", **named, **after)
    made = service("rds")._db_proxies[new["DBProxyName"]]["TargetGroup"]["TargetGroupArn"]
    return made, {"TargetGroupArn": made}


def _delete_targets(arn: str, properties: Properties) -> None:
    """Deregister what is registered, whoever did that, unless the proxy is gone already."""
    if proxy := service("rds")._db_proxies.get(properties["DBProxyName"]):
        proxy["Targets"] = []
