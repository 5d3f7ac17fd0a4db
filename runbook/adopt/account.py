"""Reading an account: every resource of a type, in CloudFormation's shape.

Cloud Control has one call for all types, and answers with what a template would say:
<https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/what-is-cloudcontrolapi.html>
Nothing here changes anything.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError

from runbook.adopt.item import Live
from runbook.base import aws


class Account:
    """One region of the account."""

    def __init__(self, region: str, number: str = "", tags: Collection[str] = ()) -> None:
        """`tags` are the keys of those that the file has for everything."""
        self.region = region
        self.number = number
        self.tags = tags
        self.networks: Mapping[str, str] = {}
        """What the file calls each VPC, of all regions that are looked at."""
        self.client = cache(self._client)
        self.each = cache(self._each)
        self.owned = cache(self._owned)

    @property
    def partition(self) -> str:
        """The partition of the region, with which every ARN begins."""
        return str(self.client("ec2").meta.partition)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.number}:{resource}"

    def named(self, resource_type: str, identifier: str, within: str = "") -> Live | None:
        """Return one resource, or None when there is none of that identifier."""
        control = self.client("cloudcontrol")
        try:
            found = control.get_resource(TypeName=resource_type, Identifier=identifier)
        except ClientError as error:
            if aws.code(error) == "ResourceNotFoundException":
                return None
            raise
        properties = json.loads(found["ResourceDescription"]["Properties"])
        return Live(resource_type, identifier, properties, within)

    def below(self, resource_type: str, within: str, **properties: str) -> Iterator[Live]:
        """Yield the resources of a type that have these values, placed in the application."""
        for live in self.each(resource_type):
            if all(live.properties.get(name) == value for name, value in properties.items()):
                yield live._replace(within=within)

    def owner(self, live: Live) -> str | None:
        """Return the stack that has a resource, whoever deployed it.

        A bucket's policy is its bucket's: older stacks keep it under a name of CloudFormation's.
        """
        if live.type == "AWS::S3::BucketPolicy":
            return self.owned().get(("AWS::S3::Bucket", live.identifier))
        last = live.identifier.rpartition("|")[2]
        return self.owned().get((live.type, live.identifier)) or self.owned().get((live.type, last))

    def tags_beside(self, bucket: Live) -> dict[str, str]:
        """Return a bucket's own tags: S3 sets them all at once, so that the file has to have them.

        <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html>
        """
        found = {tag["Key"]: tag["Value"] for tag in bucket.properties.get("Tags", ())}
        return {
            key: value
            for key, value in found.items()
            if key not in self.tags and not key.startswith("aws:")
        }

    def subscriptions(self, topic: str) -> list[Mapping[str, str]]:
        """Return the subscriptions of a topic, those that nobody has confirmed among them."""
        pages = self.client("sns").get_paginator("list_subscriptions_by_topic")
        return [item for page in pages.paginate(TopicArn=topic) for item in page["Subscriptions"]]

    def suppressed(self) -> list[str]:
        """Return for which reasons the account suppresses an address."""
        found = self.client("sesv2").get_account().get("SuppressionAttributes", {})
        return list(found.get("SuppressedReasons", ()))

    def _owned(self) -> dict[tuple[str, str], str]:
        """Return the stack of each resource that one has: in few calls, and for all at once."""
        client = self.client("cloudformation")
        found = {}
        for page in client.get_paginator("list_stacks").paginate():
            for stack in page["StackSummaries"]:
                if stack["StackStatus"] in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS"):
                    continue
                pages = client.get_paginator("list_stack_resources")
                for resources in pages.paginate(StackName=stack["StackId"]):
                    for item in resources["StackResourceSummaries"]:
                        key = item["ResourceType"], item.get("PhysicalResourceId", "")
                        found[key] = stack["StackName"]
        return found

    def _each(self, resource_type: str) -> tuple[Live, ...]:
        """Return all resources of a type. A list has identifiers for certain, and little else."""
        pages = self.client("cloudcontrol").get_paginator("list_resources")
        listed = [
            item["Identifier"]
            for page in pages.paginate(TypeName=resource_type)
            for item in page["ResourceDescriptions"]
        ]
        found = (self.named(resource_type, identifier) for identifier in sorted(listed))
        return tuple(live for live in found if live)

    def _client(self, service: str) -> Any:
        make: Any = boto3.client
        return make(service, region_name=self.region, config=aws.CONFIG)
