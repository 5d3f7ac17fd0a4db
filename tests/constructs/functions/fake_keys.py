"""IAM and Secrets Manager in memory, strict where a renewal could go wrong.

It watches what must hold after every single call: the key that readers are given works.
"""

# ruff: noqa: N803 - the arguments are boto3's

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from tests.constructs.functions.faults import Calls, Client, refusal

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf"
USER = "credere"
CREATED = datetime(2026, 11, 1, tzinfo=UTC)
BEFORE, AFTER = CREATED - timedelta(days=400), CREATED + timedelta(seconds=9)


class NoSuchEntityError(ClientError):
    pass


class NotFoundError(ClientError):
    pass


@dataclass
class FakeAws:
    keys: dict[str, str] | None = field(default_factory=dict)
    """The user's secret keys by id; None when the user is gone."""
    versions: dict[str, tuple[str, set[str]]] = field(
        default_factory=lambda: {"template": ("{}", {"AWSCURRENT"})}
    )
    by_hand: tuple[str, ...] = ()
    """Keys that were made before the secret."""
    inactive: set[str] = field(default_factory=set)
    deleted: bool = False
    exists: bool = True
    numbers: Any = field(default_factory=lambda: count(1))
    watched: bool = True

    def __post_init__(self) -> None:
        self.calls = Calls(self._watch)
        self.iam: Any = Client(FakeIam(self), self.calls)
        self.secrets: Any = Client(FakeSecrets(self), self.calls)

    def value(self, label: str = "AWSCURRENT") -> dict[str, Any]:
        found = next((text for text, labels in self.versions.values() if label in labels), "{}")
        return dict(json.loads(found or "{}"))

    def _watch(self, name: str) -> None:
        current = self.value().get("access_key_id")
        if self.watched and current:
            assert self.keys is not None
            assert current in self.keys, f"after {name}, the key that readers get does not work"


class FakeIam:
    class exceptions:  # noqa: N801
        NoSuchEntityException = NoSuchEntityError

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws

    def _keys(self) -> dict[str, str]:
        if self.aws.keys is None:
            raise refusal("NoSuchEntity", NoSuchEntityError)
        return self.aws.keys

    def list_access_keys(self, *, UserName: str) -> Any:
        return {
            "AccessKeyMetadata": [
                {
                    "AccessKeyId": key,
                    "CreateDate": BEFORE if key in self.aws.by_hand else AFTER,
                    "Status": "Inactive" if key in self.aws.inactive else "Active",
                }
                for key in self._keys()
            ]
        }

    def create_access_key(self, *, UserName: str) -> Any:
        if len(self._keys()) == 2:
            raise refusal("LimitExceeded")
        key = f"AKIA{next(self.aws.numbers)}"
        self._keys()[key] = f"hidden-{key}"
        return {"AccessKey": {"AccessKeyId": key, "SecretAccessKey": f"hidden-{key}"}}

    def delete_access_key(self, *, UserName: str, AccessKeyId: str) -> None:
        if self._keys().pop(AccessKeyId, None) is None:
            raise refusal("NoSuchEntity", NoSuchEntityError)


class FakeSecrets:
    class exceptions:  # noqa: N801
        ResourceNotFoundException = NotFoundError

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws

    def _require(self, *, deleted: bool = False) -> None:
        if not self.aws.exists:
            raise refusal("ResourceNotFoundException", NotFoundError)
        if self.aws.deleted and not deleted:
            raise refusal("InvalidRequestException")

    def describe_secret(self, *, SecretId: str) -> Any:
        self._require(deleted=True)
        labelled = {v: sorted(labels) for v, (_, labels) in self.aws.versions.items() if labels}
        deleted = {"DeletedDate": 1} if self.aws.deleted else {}
        return {"CreatedDate": CREATED, "VersionIdsToStages": labelled, **deleted}

    def restore_secret(self, *, SecretId: str) -> None:
        self._require(deleted=True)
        self.aws.deleted = False

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> Any:
        self._require()
        for text, labels in self.aws.versions.values():
            if VersionStage in labels and text:
                return {"SecretString": text}
        raise refusal("ResourceNotFoundException", NotFoundError)

    def put_secret_value(
        self, *, SecretId: str, ClientRequestToken: str, SecretString: str, VersionStages: list[str]
    ) -> None:
        self._require()
        known = self.aws.versions.get(ClientRequestToken)
        if known and known[0] not in ("", SecretString):
            raise refusal("ResourceExistsException")
        self.aws.versions[ClientRequestToken] = (SecretString, known[1] if known else set())
        for label in VersionStages:
            self._move(label, ClientRequestToken)

    def update_secret_version_stage(
        self,
        *,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str | None = None,
        RemoveFromVersionId: str | None = None,
    ) -> None:
        self._require()
        holder = self._holder(VersionStage)
        if holder != RemoveFromVersionId or holder == MoveToVersionId:
            raise refusal("InvalidParameterException")
        self._move(VersionStage, MoveToVersionId)

    def _holder(self, label: str) -> str | None:
        return next((v for v, (_, labels) in self.aws.versions.items() if label in labels), None)

    def _move(self, label: str, version: str | None) -> None:
        holder = self._holder(label)
        if label == "AWSCURRENT" and holder and holder != version:
            self._move("AWSPREVIOUS", holder)
        if holder:
            self.aws.versions[holder][1].discard(label)
        if version:
            self.aws.versions[version][1].add(label)
