"""An account as it would be if nobody had changed it outside CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from runbook.adopt.account import Account
from runbook.adopt.item import Live
from runbook.drift import detection
from runbook.drift.deployed import Deployed
from settings.contract import CustomType

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackResourceDriftTypeDef

Key = tuple[str, str]
TOPIC = "AWS::SNS::Topic"
DATABASES = {"cluster": "AWS::RDS::DBCluster", "instance": "AWS::RDS::DBInstance"}


class AsDeployed(Account):
    """One region, with the deployed value of every property that drifted.

    An item read from here and the same item read from the account differ in what was changed, and
    in nothing else: what cannot be read back into the file is missing from both.
    """

    def __init__(
        self, region: str, number: str, tags: Collection[str], stacks: list[Deployed]
    ) -> None:
        super().__init__(region, number, tags)
        self._stacks = stacks
        self._was: dict[Key, Mapping[str, Any]] = {}
        for stack in stacks:
            for key, was in (*_protected(stack), *map(_expected, detection.drifted(stack))):
                self._was[key] = {**self._was.get(key, {}), **was}

    def named(self, resource_type: str, identifier: str, within: str = "") -> Live | None:
        """Return one resource, as it was deployed."""
        live = super().named(resource_type, identifier, within)
        was = self._was.get((resource_type, identifier.rpartition("|")[2]))
        return live._replace(properties={**live.properties, **was}) if live and was else live

    def subscriptions(self, topic: str) -> list[Mapping[str, str]]:
        """Return those that the stack of the topic declares; of a topic of nobody's, all."""
        if not any(topic == arn for stack in self._stacks for _, arn, _ in stack.of(TOPIC)):
            return super().subscriptions(topic)
        return [
            {"Protocol": said["Protocol"], "Endpoint": said["Endpoint"], "SubscriptionArn": arn}
            for stack in self._stacks
            for _, arn, said in stack.of("AWS::SNS::Subscription")
            if said.get("TopicArn") == topic
        ]

    def suppressed(self) -> list[str]:
        """Return the reasons that the stack's function set, or those of the account."""
        for stack in self._stacks:
            for _, _, said in stack.of(CustomType.ACCOUNT_SUPPRESSION):
                return list(said["Reasons"])
        return super().suppressed()


def _expected(drift: StackResourceDriftTypeDef) -> tuple[Key, Mapping[str, Any]]:
    """Return the deployed values of the properties in which a resource differs."""
    expected = json.loads(drift.get("ExpectedProperties", "{}"))
    paths = (item["PropertyPath"] for item in drift.get("PropertyDifferences", ()))
    names = {path.strip("/").split("/")[0] for path in paths}
    key = drift["ResourceType"], drift.get("PhysicalResourceId", "").rpartition("|")[2]
    return key, {name: expected[name] for name in names if name in expected}


def _protected(stack: Deployed) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """Yield the deletion protection that a function set, and no template names."""
    for _, _, said in stack.of(CustomType.DELETION_PROTECTION):
        key = DATABASES[said["Kind"]], str(said["Identifier"])
        yield key, {"DeletionProtection": said["Enabled"] == "true"}
