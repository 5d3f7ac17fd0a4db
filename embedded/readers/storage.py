"""Buckets, their policies, and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded.readers.reader import (
    Clients,
    NotFoundError,
    Properties,
    Reader,
    document,
    optional,
    pages,
    picked,
    tags,
)


def _buckets(clients: Clients) -> Iterator[tuple[str, ...]]:
    s3 = clients("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        place = s3.get_bucket_location(Bucket=bucket["Name"])["LocationConstraint"]
        if (place or "us-east-1") == s3.meta.region_name:
            yield (bucket["Name"],)


def _bucket(clients: Clients, name: str) -> Properties:
    s3 = clients("s3")
    s3.head_bucket(Bucket=name)
    return {
        "BucketName": name,
        "BucketEncryption": _encryption(s3, name),
        "LifecycleConfiguration": _lifecycle(s3, name),
        "ObjectLockEnabled": _lock(s3, name) is not None or None,
        "ObjectLockConfiguration": _lock(s3, name),
        "OwnershipControls": _asked(s3.get_bucket_ownership_controls, name, "OwnershipControls"),
        "PublicAccessBlockConfiguration": _asked(
            s3.get_public_access_block, name, "PublicAccessBlockConfiguration"
        ),
        "VersioningConfiguration": picked(s3.get_bucket_versioning(Bucket=name), "Status") or None,
        "Tags": tags(_asked(s3.get_bucket_tagging, name, "TagSet")),
    }


def _asked(ask: Any, name: str, key: str) -> Any:
    answer = optional(lambda: ask(Bucket=name))
    return answer.get(key) if answer else None


def _encryption(s3: Any, name: str) -> Properties | None:
    """CloudFormation writes the default in a property with another name."""
    found = _asked(s3.get_bucket_encryption, name, "ServerSideEncryptionConfiguration")
    if not found:
        return None
    rules = []
    for rule in found["Rules"]:
        default = rule.get("ApplyServerSideEncryptionByDefault")
        key = {"BucketKeyEnabled": True} if rule.get("BucketKeyEnabled") else {}
        rules.append({"ServerSideEncryptionByDefault": default, **key})
    return {"ServerSideEncryptionConfiguration": rules}


def _lock(s3: Any, name: str) -> Properties | None:
    found = _asked(s3.get_object_lock_configuration, name, "ObjectLockConfiguration")
    return dict(found) if found else None


def _lifecycle(s3: Any, name: str) -> Properties | None:
    rules = _asked(s3.get_bucket_lifecycle_configuration, name, "Rules")
    return {"Rules": [_rule(rule) for rule in rules]} if rules else None


def _rule(rule: dict[str, Any]) -> Properties:
    """One rule, with the days of its parts at its top, where CloudFormation has them."""
    expiration, ends = rule.get("Expiration", {}), rule.get("Expiration", {}).get("Date")
    made: Properties = {
        "Id": rule.get("ID"),
        "Status": rule["Status"],
        **_filter(rule),
        "ExpirationInDays": expiration.get("Days"),
        "ExpirationDate": ends and ends.isoformat(),
        "ExpiredObjectDeleteMarker": expiration.get("ExpiredObjectDeleteMarker"),
        "Transitions": _transitions(rule.get("Transitions", ()), "Days"),
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration") or None,
        "NoncurrentVersionTransitions": _transitions(
            rule.get("NoncurrentVersionTransitions", ()), "NoncurrentDays"
        ),
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload") or None,
    }
    return {name: value for name, value in made.items() if value is not None}


def _filter(rule: dict[str, Any]) -> Properties:
    """What a rule is for, at its top too: S3 has it in a filter, and further parts in its `And`."""
    found = {**rule.get("Filter", {}), **rule.get("Filter", {}).get("And", {})}
    sizes = {name: found.get(name) for name in ("ObjectSizeGreaterThan", "ObjectSizeLessThan")}
    tagged = [found["Tag"]] if "Tag" in found else found.get("Tags")
    return {
        "Prefix": rule.get("Prefix") or found.get("Prefix") or None,
        "TagFilters": tagged or None,
        **{name: None if size is None else str(size) for name, size in sizes.items()},
    }


def _transitions(found: Any, days: str) -> list[Properties] | None:
    return [
        {"StorageClass": each["StorageClass"], "TransitionInDays": each.get(days)} for each in found
    ] or None


def _bucket_names(clients: Clients, name: str) -> Properties:
    place = clients("s3").meta.region_name
    return {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{place}.amazonaws.com",
    }


def _policies(clients: Clients) -> Iterator[tuple[str, ...]]:
    for (name,) in _buckets(clients):
        if _asked(clients("s3").get_bucket_policy, name, "Policy"):
            yield (name,)


def _policy(clients: Clients, bucket: str) -> Properties:
    text = clients("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    return {"Bucket": bucket, "PolicyDocument": document(text)}


def _secrets(clients: Clients) -> Iterator[tuple[str, ...]]:
    for secret in pages(clients("secretsmanager"), "list_secrets", "SecretList"):
        yield (secret["ARN"],)


def _secret(clients: Clients, arn: str) -> Properties:
    """What a secret is, and never what it holds."""
    found = clients("secretsmanager").describe_secret(SecretId=arn)
    return {
        **picked(found, "Name", "KmsKeyId"),
        "Description": found.get("Description") or None,
        "Tags": tags(found.get("Tags")),
    }


def _resource_policies(clients: Clients) -> Iterator[tuple[str, ...]]:
    for (arn,) in _secrets(clients):
        if clients("secretsmanager").get_resource_policy(SecretId=arn).get("ResourcePolicy"):
            yield (arn,)


def _resource_policy(clients: Clients, arn: str) -> Properties:
    found = clients("secretsmanager").get_resource_policy(SecretId=arn).get("ResourcePolicy")
    if not found:
        raise NotFoundError
    return {"SecretId": arn, "ResourcePolicy": document(found)}


READERS = {
    "AWS::S3::Bucket": Reader(
        ("BucketName",),
        frozenset(
            {
                "BucketName",
                "BucketEncryption",
                "LifecycleConfiguration",
                "ObjectLockConfiguration",
                "ObjectLockEnabled",
                "OwnershipControls",
                "PublicAccessBlockConfiguration",
                "Tags",
                "VersioningConfiguration",
            }
        ),
        _buckets,
        _bucket,
        _bucket_names,
    ),
    "AWS::S3::BucketPolicy": Reader(
        ("Bucket",), frozenset({"Bucket", "PolicyDocument"}), _policies, _policy
    ),
    "AWS::SecretsManager::ResourcePolicy": Reader(
        ("Id",),
        frozenset({"SecretId", "ResourcePolicy"}),
        _resource_policies,
        _resource_policy,
    ),
    "AWS::SecretsManager::Secret": Reader(
        ("Id",), frozenset({"Name", "Description", "KmsKeyId", "Tags"}), _secrets, _secret
    ),
}
