"""SES and Systems Manager in memory, where each call can be made to fail."""

# ruff: noqa: N803 - the parameters have AWS's names

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError


class CrashError(BaseException):
    """The function died: nothing may catch it."""


def refusal(operation: str, code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Calls:
    """Lets calls through until the one that is to fail, before or after it had its effect."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.fails_at: int | None = None
        self.after_effect = False
        self.error: BaseException = CrashError()

    def through(self, call: Callable[..., Any], name: str, **parameters: Any) -> Any:
        self.made.append(name)
        fails = len(self.made) - 1 == self.fails_at
        if fails and not self.after_effect:
            raise self.error
        answer = call(**parameters)
        if fails:
            raise self.error
        return answer


class Fake:
    """A client: each method counts as a call; `exceptions` has what boto3 would make of codes."""

    exceptions: Any = SimpleNamespace()

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    def __getattr__(self, name: str) -> Any:
        return partial(self.calls.through, getattr(self, f"_{name}"), name)


class MissingError(ClientError):
    """What boto3 makes of a code that says that something is not there."""

    def __init__(self) -> None:
        super().__init__({"Error": {"Code": "NotFound", "Message": ""}}, "Get")


class ExistsError(ClientError):
    def __init__(self) -> None:
        super().__init__({"Error": {"Code": "AlreadyExists", "Message": ""}}, "Put")


class Ssm(Fake):
    exceptions = SimpleNamespace(ParameterNotFound=MissingError, ParameterAlreadyExists=ExistsError)

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls)
        self.parameters: dict[str, str] = {}

    def _put_parameter(self, Name: str, Value: str, Type: str) -> None:
        if Name in self.parameters:
            raise ExistsError
        self.parameters[Name] = Value

    def _get_parameter(self, Name: str) -> Any:
        if Name not in self.parameters:
            raise MissingError
        return {"Parameter": {"Value": self.parameters[Name]}}

    def _delete_parameter(self, Name: str) -> None:
        if Name not in self.parameters:
            raise MissingError
        del self.parameters[Name]


class Ses(Fake):
    exceptions = SimpleNamespace(
        RuleSetDoesNotExistException=MissingError, ConflictException=ExistsError
    )

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls)
        self.rule_sets = {"ours", "theirs"}
        self.active: str | None = None
        self.identities: dict[str, dict[str, Any]] = {}
        self.unpublishable: set[str] = set()
        self.account: dict[str, Any] = {}

    def _describe_active_receipt_rule_set(self) -> Any:
        return {"Metadata": {"Name": self.active}} if self.active else {}

    def _describe_receipt_rule_set(self, RuleSetName: str) -> Any:
        if RuleSetName not in self.rule_sets:
            raise MissingError
        return {}

    def _set_active_receipt_rule_set(self, RuleSetName: str | None = None) -> None:
        if RuleSetName and RuleSetName not in self.rule_sets:
            raise MissingError
        self.active = RuleSetName

    def _get_identity_notification_attributes(self, Identities: list[str]) -> Any:
        found = {
            name: dict(self.identities[name]) for name in Identities if name in self.identities
        }
        return {"NotificationAttributes": found}

    def _set_identity_notification_topic(
        self,
        Identity: str,
        NotificationType: str,
        SnsTopic: str | None = None,
    ) -> None:
        if SnsTopic in self.unpublishable:
            code, said = "InvalidParameterValue", f"Could not publish to SNS topic <{SnsTopic}>."
            raise refusal("SetIdentityNotificationTopic", code, said)
        attributes = self.identities[Identity]
        attributes.pop(f"{NotificationType}Topic", None)
        if SnsTopic:
            attributes[f"{NotificationType}Topic"] = SnsTopic

    def _set_identity_headers_in_notifications_enabled(
        self,
        Identity: str,
        NotificationType: str,
        Enabled: bool,
    ) -> None:
        key = f"HeadersIn{NotificationType}NotificationsEnabled"
        self.identities[Identity].pop(key, None)
        if Enabled:
            self.identities[Identity][key] = True

    def _get_account(self) -> Any:
        return dict(self.account)

    def _put_account_suppression_attributes(self, SuppressedReasons: list[str]) -> None:
        self.account["SuppressionAttributes"] = {"SuppressedReasons": SuppressedReasons}

    def _put_account_details(self, **details: Any) -> None:
        if self.account.get("review"):
            raise ExistsError
        self.account["asked"] = [*self.account.get("asked", ()), details]
