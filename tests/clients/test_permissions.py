"""What each user's key can do, tried: all that its tool needs, and nothing beside it.

Two lists vouch for it. One is generated from the table that makes the policies; the other is
written here by hand, from the tools' manuals, so that the table cannot vouch for itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundwork.backup.tools import LIST, TOOLS, ToolGrant
from settings import parse
from tests.clients.conftest import ACCOUNT, CONFIGURATION, OPERATOR, REGION, STACK, Backups

pytestmark = [pytest.mark.clients, pytest.mark.embedded, pytest.mark.xdist_group("clients")]

BUCKETS = parse(CONFIGURATION).backup.buckets
USERS = {user: bucket for bucket, item in BUCKETS.items() for user in item.users}
KEPT = "kept-for-permissions"

PLACES = (
    "nightly-dumps",
    "nightly-dumps/reports",
    "nightly-dumps/reports-of-others",
    "database-backups",
    "database-backups/main",
    "database-backups/main2",
    "drilled-databases/main",
    "drilled-databases/drills/ledger-drill",
    "drilled-databases/drills/another",
    "machine-snapshots",
    "machine-snapshots/locks",
    "machine-snapshots/drilled",
    "machine-snapshots/laptop",
    "machine-snapshots/server",
    "machine-snapshots/server/data",
    "machine-snapshots/server/locks",
)
EVERYTHING = {"list", "get", "put", "delete"}
# By hand. What is not here is refused.
ALLOWED: dict[str, dict[str, set[str]]] = {
    "dumps": {
        "nightly-dumps": EVERYTHING,
        "nightly-dumps/reports": EVERYTHING,
        "nightly-dumps/reports-of-others": EVERYTHING,
    },
    "reports": {"nightly-dumps/reports": EVERYTHING},
    "restores": {
        "nightly-dumps": {"list", "get"},
        "nightly-dumps/reports": {"list", "get"},
        "nightly-dumps/reports-of-others": {"list", "get"},
    },
    "audits": {
        "nightly-dumps": {"list", "get"},
        "nightly-dumps/reports": {"list", "get"},
        "nightly-dumps/reports-of-others": {"list", "get"},
    },
    "database": {"database-backups": {"look"}, "database-backups/main": EVERYTHING},
    "newest-report": {"nightly-dumps/reports": {"list", "get"}},
    "recovery": {"database-backups/main": {"list", "get"}},
    "ledger": {"drilled-databases/main": EVERYTHING},
    "ledger-drill": {
        "drilled-databases/main": {"list", "get"},
        "drilled-databases/drills/ledger-drill": {"put"},
    },
    "drilled": {"machine-snapshots": {"locate"}, "machine-snapshots/drilled": EVERYTHING},
    "drilled-files": {"machine-snapshots/drilled": {"list", "get"}},
    "keeper": {
        "machine-snapshots": {*EVERYTHING, "locate"},
        "machine-snapshots/locks": EVERYTHING,
        "machine-snapshots/drilled": EVERYTHING,
        "machine-snapshots/laptop": EVERYTHING,
        "machine-snapshots/server": EVERYTHING,
        "machine-snapshots/server/data": EVERYTHING,
        "machine-snapshots/server/locks": EVERYTHING,
    },
    "laptop": {"machine-snapshots": {"locate"}, "machine-snapshots/laptop": EVERYTHING},
    "server": {
        "machine-snapshots": {"locate"},
        "machine-snapshots/server": {"list", "get", "put"},
        "machine-snapshots/server/data": {"list", "get", "put"},
        "machine-snapshots/server/locks": EVERYTHING,
    },
}
# Whoever lists a whole bucket may also look at its top level, or at a prefix of it.
for user in ("dumps", "restores", "audits", "keeper"):
    ALLOWED[user][USERS[user]] = {*ALLOWED[user][USERS[user]], "look"}


def attempts(client: Any, place: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is tried in a place; for a bucket, two things more."""
    bucket, _, prefix = place.partition("/")
    at = kept(place)
    below = f"{prefix}/" if prefix else ""
    yield "list", lambda: client.list_objects_v2(Bucket=bucket, Prefix=below)
    yield "get", lambda: client.get_object(**at)
    yield "put", lambda: client.put_object(**at, Body=b"overwritten")
    yield "delete", lambda: client.delete_object(**at)
    if not prefix:
        yield "look", lambda: client.list_objects_v2(Bucket=bucket, Prefix="", Delimiter="/")
        yield "locate", lambda: client.get_bucket_location(Bucket=bucket)


def is_allowed(attempt: Callable[[], object]) -> bool:
    """Tell whether a call goes through. Any failure but a refusal is the test's own."""
    try:
        attempt()
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("AccessDenied", "AccessDeniedException"):
            raise
        return False
    return True


def kept(place: str) -> dict[str, str]:
    """Return where a place's object is."""
    bucket, _, prefix = place.partition("/")
    return {"Bucket": bucket, "Key": f"{prefix}/{KEPT}" if prefix else KEPT}


@pytest.fixture
def objects(backups: Backups) -> Iterator[None]:
    """An object in every place, for the length of one test."""
    s3 = backups.client("s3")
    for place in PLACES:
        s3.put_object(**kept(place), Body=b"of the test")
    yield
    for place in PLACES:
        s3.delete_object(**kept(place))


@pytest.mark.usefixtures("objects")
@pytest.mark.parametrize("user", USERS)
def test_a_key_does_what_is_written_here_and_nothing_else(backups: Backups, user: str) -> None:
    client = backups.s3(user)
    found = {
        place: {name for name, attempt in attempts(client, place) if is_allowed(attempt)}
        for place in PLACES
    }
    assert {place: names for place, names in found.items() if names} == ALLOWED[user]


# Calls on a bucket and its settings, none of which any backup needs.
ON_BUCKETS: dict[str, dict[str, Any]] = {
    "get_bucket_acl": {},
    "get_bucket_encryption": {},
    "get_bucket_lifecycle_configuration": {},
    "get_bucket_logging": {},
    "get_bucket_notification_configuration": {},
    "get_bucket_ownership_controls": {},
    "get_bucket_policy": {},
    "get_bucket_replication": {},
    "get_bucket_tagging": {},
    "get_bucket_versioning": {},
    "get_object_lock_configuration": {},
    "get_public_access_block": {},
    "list_multipart_uploads": {},
    "list_object_versions": {},
    "put_bucket_acl": {"ACL": "private"},
    "put_bucket_lifecycle_configuration": {
        "LifecycleConfiguration": {
            "Rules": [
                {"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}},
            ]
        }
    },
    "put_bucket_ownership_controls": {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    },
    "put_bucket_policy": {"Policy": "{}"},
    "put_bucket_tagging": {"Tagging": {"TagSet": []}},
    "put_bucket_versioning": {"VersioningConfiguration": {"Status": "Suspended"}},
    "put_public_access_block": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}},
    "delete_bucket": {},
    "delete_bucket_encryption": {},
    "delete_bucket_lifecycle": {},
    "delete_bucket_ownership_controls": {},
    "delete_bucket_policy": {},
    "delete_public_access_block": {},
}
# Calls on an object, which the user may at least get, that no backup needs.
ON_OBJECTS: dict[str, dict[str, Any]] = {
    "get_object_acl": {},
    "get_object_tagging": {},
    "put_object_acl": {"ACL": "private"},
    "put_object_legal_hold": {"LegalHold": {"Status": "OFF"}},
    "put_object_retention": {
        "Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": "2030-01-01T00:00:00Z"}
    },
    "put_object_tagging": {"Tagging": {"TagSet": []}},
    "delete_object_tagging": {},
}
ON_VERSIONS = ("get_object", "delete_object")


def neighbours(backups: Backups, user: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield calls on the user's own bucket, and on an object of its own there."""
    client, bucket = backups.s3(user), USERS[user]
    prefix = BUCKETS[bucket].users[user].prefix
    at = kept(f"{bucket}/{prefix}" if prefix else bucket)
    version = backups.client("s3").head_object(**at).get("VersionId", "null")
    for name, arguments in ON_BUCKETS.items():
        yield name, partial(getattr(client, name), Bucket=bucket, **arguments)
    for name, arguments in ON_OBJECTS.items():
        yield name, partial(getattr(client, name), **at, **arguments)
    for name in ON_VERSIONS:
        yield f"{name} of a version", partial(getattr(client, name), **at, VersionId=version)


def beyond(backups: Backups, user: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield calls beyond the bucket, of use to whoever stole the key."""
    calls: dict[tuple[str, str], dict[str, Any]] = {
        ("s3", "list_buckets"): {},
        ("s3", "create_bucket"): {
            "Bucket": "made-by-a-backup",
            "CreateBucketConfiguration": {"LocationConstraint": REGION},
        },
        ("iam", "create_access_key"): {"UserName": user},
        ("iam", "list_access_keys"): {"UserName": user},
        ("iam", "put_user_policy"): {"UserName": user, "PolicyName": "p", "PolicyDocument": "{}"},
        ("sts", "assume_role"): {
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{OPERATOR}",
            "RoleSessionName": "stolen",
        },
        ("secretsmanager", "list_secrets"): {},
        ("secretsmanager", "get_secret_value"): {"SecretId": backups.secret(user)},
        ("cloudformation", "describe_stacks"): {"StackName": STACK},
    }
    key = backups.key(user)
    for (service, name), arguments in calls.items():
        yield name, partial(getattr(backups.client(service, **key), name), **arguments)


@pytest.mark.usefixtures("objects")
@pytest.mark.parametrize("user", USERS)
def test_a_key_reaches_no_settings_no_versions_and_no_other_service(
    backups: Backups, user: str
) -> None:
    tried = [*neighbours(backups, user), *beyond(backups, user)]
    assert [name for name, attempt in tried if is_allowed(attempt)] == []


@cache
def s3_actions() -> list[str]:
    """Return every action of S3, as cfn-lint knows them."""
    path = distribution("cfn-lint").locate_file("cfnlint/data/AdditionalSpecs/Policies.json")
    return [f"s3:{name}" for name in json.loads(Path(str(path)).read_text())["s3"]["Actions"]]


def granted(user: str) -> dict[str, set[str]]:
    """Return the actions that the table gives a user by resource, in lower case as IAM takes it.

    Listing below a prefix has a condition, which the calls above meet.
    """
    declared = BUCKETS[USERS[user]].users[user]
    access, bucket = ToolGrant.of(declared), f"arn:aws:s3:::{USERS[user]}"
    on_bucket = [*TOOLS[access.tool].bucket, *([] if declared.prefix else [LIST])]
    found = {bucket: {action.lower() for action in on_bucket}}
    for pattern, actions in access.patterns().items():
        found[f"{bucket}/{pattern}"] = {action.lower() for action in actions}
    return found


def simulated(backups: Backups, user: str, resource: str) -> set[str]:
    """Return the actions that IAM would allow a user on a resource."""
    results = backups.client("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:user/{user}",
        ActionNames=s3_actions(),
        ResourceArns=[resource],
    )["EvaluationResults"]
    return {item["EvalActionName"] for item in results if item["EvalDecision"] == "allowed"}


def covers(pattern: str, resource: str) -> bool:
    return resource == pattern or (
        pattern.endswith("*") and resource.startswith(pattern.removesuffix("*"))
    )


@pytest.mark.parametrize("user", USERS)
def test_every_action_of_s3_is_allowed_as_the_table_says_and_nowhere_else(
    backups: Backups, user: str
) -> None:
    table = granted(user)
    others = ("nightly-dumps", "database-backups", "nightly-dumps/x", "machine-snapshots/x")
    tried = {pattern.replace("*", "x") for pattern in table} | {f"arn:aws:s3:::{o}" for o in others}
    for resource in sorted(tried):
        expected = {a for pattern in table if covers(pattern, resource) for a in table[pattern]}
        assert simulated(backups, user, resource) == expected
