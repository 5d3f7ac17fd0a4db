"""Which names exist in the account, by the type of what has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from enum import StrEnum

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.doctor.place import Place


class Kind(StrEnum):
    """What has a name of the file's, by its type in CloudFormation."""

    IDENTITY = "AWS::SES::EmailIdentity"
    SET = "AWS::SES::ConfigurationSet"
    USER = "AWS::IAM::User"
    ROLE = "AWS::IAM::Role"
    CLUSTER = "AWS::RDS::DBCluster"
    INSTANCE = "AWS::RDS::DBInstance"
    BUCKET = "AWS::S3::Bucket"


ELSEWHERE = "another account has it"
BY_HAND = "no stack has it"


def _identities(place: Place, names: Set[str]) -> dict[str, str]:
    return {name: BY_HAND for name in names if _has_identity(place, name)}


def _has_identity(place: Place, name: str) -> bool:
    client = place.sesv2
    try:
        client.get_email_identity(EmailIdentity=name)
    except client.exceptions.NotFoundException:
        return False
    return True


def _sets(place: Place, names: Set[str]) -> dict[str, str]:
    page = place.sesv2.list_configuration_sets()
    found = {*page.get("ConfigurationSets", ())}
    while token := page.get("NextToken"):
        page = place.sesv2.list_configuration_sets(NextToken=token)
        found |= {*page.get("ConfigurationSets", ())}
    return _among(names, found)


def _users(place: Place, names: Set[str]) -> dict[str, str]:
    pages = place.iam.get_paginator("list_users").paginate()
    return _among(names, pages.search("Users[].UserName"))


def _roles(place: Place, names: Set[str]) -> dict[str, str]:
    pages = place.iam.get_paginator("list_roles").paginate()
    return _among(names, pages.search("Roles[].RoleName"))


def _clusters(place: Place, names: Set[str]) -> dict[str, str]:
    pages = place.rds.get_paginator("describe_db_clusters").paginate()
    return _among(names, pages.search("DBClusters[].DBClusterIdentifier"))


def _instances(place: Place, names: Set[str]) -> dict[str, str]:
    pages = place.rds.get_paginator("describe_db_instances").paginate()
    return _among(names, pages.search("DBInstances[].DBInstanceIdentifier"))


def _among(names: Set[str], found: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names & {*found}, BY_HAND)


def _buckets(place: Place, names: Set[str]) -> dict[str, str]:
    mine = {bucket["Name"] for bucket in place.s3.list_buckets()["Buckets"]}
    found = dict.fromkeys(mine & names, BY_HAND)
    return found | {name: ELSEWHERE for name in names - mine if _is_elsewhere(place, name)}


def _is_elsewhere(place: Place, bucket: str) -> bool:
    """Ask S3 for the bucket of a name that all accounts share: it forbids what is another's."""
    try:
        place.s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        return aws.code(error) in {"403", "301"}
    return False


TAKEN: Mapping[Kind, Callable[[Place, Set[str]], Mapping[str, str]]] = {
    Kind.IDENTITY: _identities,
    Kind.SET: _sets,
    Kind.USER: _users,
    Kind.ROLE: _roles,
    Kind.CLUSTER: _clusters,
    Kind.INSTANCE: _instances,
    Kind.BUCKET: _buckets,
}
"""Which of some names exist, and whose they are as far as a stack does not say so."""
