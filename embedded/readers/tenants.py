"""Tenants of SES."""

from __future__ import annotations

from collections.abc import Iterator

from embedded.readers.reader import Clients, Properties, Reader, pages, tags


def _tenants(clients: Clients) -> Iterator[tuple[str, ...]]:
    for tenant in pages(clients("sesv2"), "list_tenants", "Tenants"):
        yield (tenant["TenantName"],)


def _tenant(clients: Clients, name: str) -> Properties:
    """The policy of its reputation is kept apart, and found by the tenant's ARN."""
    ses = clients("sesv2")
    found = ses.get_tenant(TenantName=name)["Tenant"]
    entity = ses.get_reputation_entity(
        ReputationEntityReference=found["TenantArn"], ReputationEntityType="RESOURCE"
    )["ReputationEntity"]
    policy = entity.get("ReputationManagementPolicy")
    listed = pages(ses, "list_tenant_resources", "TenantResources", TenantName=name)
    return {
        "TenantName": name,
        "ReputationEntity": {"Policy": {"ReputationEntityPolicy": policy}} if policy else None,
        "ResourceAssociations": [{"ResourceArn": one["ResourceArn"]} for one in listed] or None,
        "Tags": tags(found.get("Tags")),
    }


def _arn(clients: Clients, name: str) -> Properties:
    return {"Arn": clients("sesv2").get_tenant(TenantName=name)["Tenant"]["TenantArn"]}


READERS = {
    "AWS::SES::Tenant": Reader(
        ("TenantName",),
        frozenset({"TenantName", "ReputationEntity", "ResourceAssociations", "Tags"}),
        _tenants,
        _tenant,
        _arn,
    ),
}
