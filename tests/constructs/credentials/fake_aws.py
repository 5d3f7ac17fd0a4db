"""IAM and Secrets Manager in memory, strict where a renewal could go wrong, with a fault on demand.

It watches what must hold after every single call: the key that readers are given works.
"""

# ruff: noqa: N803 - the arguments are boto3's

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf"
USER = "credere"


class Crash(BaseException):
    """The function's process is gone: nothing of it runs any more, no `except` and no `finally`."""


class NoSuchEntityError(ClientError):
    pass


class NotFoundError(ClientError):
    pass


def refusal(code: str, kind: type[ClientError] = ClientError) -> ClientError:
    return kind({"Error": {"Code": code, "Message": "refused"}}, "AnyOperation")


@dataclass
class UserError:
    """What happens at the nth call: `before` it has done its work, or after."""

    call: int
    before: bool
    error: BaseException


@dataclass
class FakeAws:
    keys: dict[str, str] | None = field(default_factory=dict)
    """The user's secret keys by id; None when the user is gone."""
    versions: dict[str, tuple[str, set[str]]] = field(
        default_factory=lambda: {"template": ("{}", {"AWSCURRENT"})}
    )
    deleted: bool = False
    exists: bool = True
    fault: UserError | None = None
    calls: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))
    watched: bool = True

    def value(self, label: str = "AWSCURRENT") -> dict[str, Any]:
        found = next((text for text, labels in self.versions.values() if label in labels), "{}")
        return dict(json.loads(found or "{}"))

    def done(self, name: str, work: Callable[[], Any]) -> Any:
        """Make one call, with the fault that is due, and look at what it left."""
        number = len(self.calls)
        self.calls.append(name)
        if self.fault and isinstance(self.fault.error, Crash) and number > self.fault.call:
            raise self.fault.error
        due = self.fault if self.fault and self.fault.call == number else None
        if due and due.before:
            raise due.error
        try:
            result = work()
        finally:
            self._watch(name)
            if due:
                raise due.error
        return result

    def _watch(self, name: str) -> None:
        current = self.value().get("access_key_id")
        if self.watched and current:
            assert self.keys is not None
            assert current in self.keys, f"after {name}, the key that readers get does not work"

    def restart(self, fault: UserError | None = None) -> None:
        self.calls, self.fault = [], fault


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
        def work() -> Any:
            return {"AccessKeyMetadata": [{"AccessKeyId": key} for key in self._keys()]}

        return self.aws.done("ListAccessKeys", work)

    def create_access_key(self, *, UserName: str) -> Any:
        def work() -> Any:
            if len(self._keys()) == 2:
                raise refusal("LimitExceeded")
            key = f"AKIA{next(self.aws.numbers)}"
            self._keys()[key] = f"hidden-{key}"
            return {"AccessKey": {"AccessKeyId": key, "SecretAccessKey": f"hidden-{key}"}}

        return self.aws.done("CreateAccessKey", work)

    def delete_access_key(self, *, UserName: str, AccessKeyId: str) -> None:
        def work() -> None:
            if self._keys().pop(AccessKeyId, None) is None:
                raise refusal("NoSuchEntity", NoSuchEntityError)

        self.aws.done("DeleteAccessKey", work)


class FakeSecrets:
    class exceptions:  # noqa: N801
        ResourceNotFoundException = NotFoundError

    def __init__(self, aws: FakeAws) -> None:
        self.aws = aws

    def _called(self, name: str, work: Callable[[], Any], *, deleted: bool = False) -> Any:
        def checked() -> Any:
            if not self.aws.exists:
                raise refusal("ResourceNotFoundException", NotFoundError)
            if self.aws.deleted and not deleted:
                raise refusal("InvalidRequestException")
            return work()

        return self.aws.done(name, checked)

    def describe_secret(self, *, SecretId: str) -> Any:
        def work() -> Any:
            labelled = {v: sorted(labels) for v, (_, labels) in self.aws.versions.items() if labels}
            return {
                "VersionIdsToStages": labelled,
                **({"DeletedDate": 1} if self.aws.deleted else {}),
            }

        return self._called("DescribeSecret", work, deleted=True)

    def restore_secret(self, *, SecretId: str) -> None:
        self._called("RestoreSecret", lambda: setattr(self.aws, "deleted", False), deleted=True)

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> Any:
        def work() -> Any:
            for text, labels in self.aws.versions.values():
                if VersionStage in labels and text:
                    return {"SecretString": text}
            raise refusal("ResourceNotFoundException", NotFoundError)

        return self._called("GetSecretValue", work)

    def put_secret_value(
        self, *, SecretId: str, ClientRequestToken: str, SecretString: str, VersionStages: list[str]
    ) -> None:
        def work() -> None:
            known = self.aws.versions.get(ClientRequestToken)
            if known and known[0] not in ("", SecretString):
                raise refusal("ResourceExistsException")
            self.aws.versions[ClientRequestToken] = (SecretString, known[1] if known else set())
            for label in VersionStages:
                self._move(label, ClientRequestToken)

        self._called("PutSecretValue", work)

    def update_secret_version_stage(
        self,
        *,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str | None = None,
        RemoveFromVersionId: str | None = None,
    ) -> None:
        def work() -> None:
            holder = self._holder(VersionStage)
            if holder != RemoveFromVersionId or holder == MoveToVersionId:
                raise refusal("InvalidParameterException")
            self._move(VersionStage, MoveToVersionId)

        self._called("UpdateSecretVersionStage", work)

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
