"""SES and Systems Manager in memory."""

# ruff: noqa: N803 - the parameters have AWS's names

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tests.constructs.functions.faults import refusal


class MissingError(ClientError):
    """What boto3 makes of a code that says that something is not there."""

    def __init__(self) -> None:
        super().__init__({"Error": {"Code": "NotFound", "Message": ""}}, "Get")


class ExistsError(ClientError):
    def __init__(self) -> None:
        super().__init__({"Error": {"Code": "AlreadyExists", "Message": ""}}, "Put")


class FakeSsm:
    exceptions = SimpleNamespace(ParameterNotFound=MissingError, ParameterAlreadyExists=ExistsError)

    def __init__(self) -> None:
        self.parameters: dict[str, str] = {}

    def put_parameter(self, Name: str, Value: str, Type: str) -> None:
        if Name in self.parameters:
            raise ExistsError
        self.parameters[Name] = Value

    def get_parameter(self, Name: str) -> Any:
        if Name not in self.parameters:
            raise MissingError
        return {"Parameter": {"Value": self.parameters[Name]}}

    def delete_parameter(self, Name: str) -> None:
        if Name not in self.parameters:
            raise MissingError
        del self.parameters[Name]


class FakeSes:
    exceptions = SimpleNamespace(
        RuleSetDoesNotExistException=MissingError, ConflictException=ExistsError
    )

    def __init__(self) -> None:
        self.rule_sets = {"ours", "theirs"}
        self.active: str | None = None
        self.identities: dict[str, dict[str, Any]] = {}
        self.unpublishable: set[str] = set()
        self.account: dict[str, Any] = {}

    def describe_active_receipt_rule_set(self) -> Any:
        return {"Metadata": {"Name": self.active}} if self.active else {}

    def describe_receipt_rule_set(self, RuleSetName: str) -> Any:
        if RuleSetName not in self.rule_sets:
            raise MissingError
        return {}

    def set_active_receipt_rule_set(self, RuleSetName: str | None = None) -> None:
        if RuleSetName and RuleSetName not in self.rule_sets:
            raise MissingError
        self.active = RuleSetName

    def get_identity_notification_attributes(self, Identities: list[str]) -> Any:
        found = {
            name: dict(self.identities[name]) for name in Identities if name in self.identities
        }
        return {"NotificationAttributes": found}

    def set_identity_notification_topic(
        self,
        Identity: str,
        NotificationType: str,
        SnsTopic: str | None = None,
    ) -> None:
        if SnsTopic in self.unpublishable:
            code, said = "InvalidParameterValue", f"Could not publish to SNS topic <{SnsTopic}>."
            raise refusal(code, message=said)
        attributes = self.identities[Identity]
        attributes.pop(f"{NotificationType}Topic", None)
        if SnsTopic:
            attributes[f"{NotificationType}Topic"] = SnsTopic

    def set_identity_headers_in_notifications_enabled(
        self,
        Identity: str,
        NotificationType: str,
        Enabled: bool,
    ) -> None:
        key = f"HeadersIn{NotificationType}NotificationsEnabled"
        self.identities[Identity].pop(key, None)
        if Enabled:
            self.identities[Identity][key] = True

    def get_account(self) -> Any:
        return dict(self.account)

    def put_account_suppression_attributes(self, SuppressedReasons: list[str]) -> None:
        self.account["SuppressionAttributes"] = {"SuppressedReasons": SuppressedReasons}

    def put_account_details(self, **details: Any) -> None:
        if self.account.get("review"):
            raise ExistsError
        self.account["asked"] = [*self.account.get("asked", ()), details]
