"""One embedded AWS for the session's tests, and one of ministack as it comes, to compare with."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

import embedded
from embedded import Embedded, lifecycle, processes
from groundwork import functions
from tests.instances import client_of

ACCOUNT = "123456789012"
REGION = "us-east-1"
CODE = "functions-of-the-tests"
FUNCTIONS = Path(functions.__file__).parent
LONGEST = 51_200
PRISTINE = "tests.embedded.pristine"
Resources = dict[str, dict[str, Any]]


class DeploymentError(Exception):
    """A stack was refused or rolled back. The message has its status and every reason."""


@dataclass(frozen=True)
class Aws:
    """A running instance, with what tests do with it."""

    instance: Embedded
    region: str = REGION
    """Where its stacks are."""

    def client(self, service: str, region: str = REGION, **credentials: str) -> Any:
        return client_of(self.instance, service, region, credentials)

    @cached_property
    def cloudformation(self) -> Any:
        """One client for all deployments: making one takes longer than most calls."""
        return self.client("cloudformation", self.region)

    @cached_property
    def published(self) -> set[str]:
        """The functions whose code is there, in a bucket of the region."""
        home = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        elsewhere = home if self.region != REGION else {}
        self.client("s3", self.region).create_bucket(Bucket=self.bucket, **elsewhere)
        return set()

    @property
    def bucket(self) -> str:
        """The bucket of the functions' code, and of long templates."""
        return CODE if self.region == REGION else f"{CODE}-{self.region}"

    def deploy(self, stack: str, resources: Resources, **outputs: Any) -> dict[str, str]:
        """Create or update a stack through a change set, and return its outputs."""
        cloudformation = self.cloudformation
        template = {
            "Resources": {name: self._with_code(each) for name, each in resources.items()},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        created = cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=f"reviewed-{uuid.uuid4()}",
            ChangeSetType="UPDATE" if self.exists(stack) else "CREATE",
            **self._given(stack, json.dumps(template)),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        named = {"ChangeSetName": created["Id"]}
        if settled(lambda: str(cloudformation.describe_change_set(**named)["Status"])) == "FAILED":
            raise DeploymentError(cloudformation.describe_change_set(**named)["StatusReason"])
        cloudformation.execute_change_set(**named)
        describe = cloudformation.describe_change_set
        settled(lambda: str(describe(**named)["ExecutionStatus"]))
        status = self.status(stack)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise DeploymentError(f"{status}: {'; '.join(self.failures(stack))}")
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in found}

    def _given(self, stack: str, template: str) -> dict[str, str]:
        """Pass a template, by way of a bucket where it is too long for a call."""
        if len(template) <= LONGEST:
            return {"TemplateBody": template}
        assert self.published is not None  # the bucket is there
        s3 = self.client("s3", self.region)
        s3.put_object(Bucket=self.bucket, Key=stack, Body=template.encode())
        return {"TemplateURL": f"https://s3.{self.region}.amazonaws.com/{self.bucket}/{stack}"}

    def _with_code(self, resource: dict[str, Any]) -> dict[str, Any]:
        """Publish a function's code, as the CDK CLI would, where a resource is one of ours."""
        handler = resource.get("Properties", {}).get("Handler", "")
        if not handler.startswith("functions."):
            return resource
        key = f"{handler}.zip"
        if key not in self.published:
            body = packed(handler.split(".")[1])
            s3 = self.client("s3", self.region)
            s3.put_object(Bucket=self.bucket, Key=key, Body=body)
            self.published.add(key)
        code = {"S3Bucket": self.bucket, "S3Key": key}
        return {**resource, "Properties": {**resource["Properties"], "Code": code}}

    def leave_sandbox(self, region: str = REGION) -> None:
        """Have SES send to everybody from now on."""
        asked = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.org"}
        self.client("sesv2", region).put_account_details(**asked, ProductionAccessEnabled=True)

    def delete(self, stack: str) -> str:
        """Delete a stack and return the status it ends in."""
        identifier = self.cloudformation.describe_stacks(StackName=stack)
        arn = identifier["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=stack)
        return settled(lambda: self.status(arn))

    def exists(self, stack: str) -> bool:
        stacks = self.cloudformation.describe_stacks()["Stacks"]
        return any(found["StackName"] == stack for found in stacks)

    def status(self, stack: str) -> str:
        found = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return str(found["StackStatus"])

    def failures(self, stack: str) -> list[str]:
        pages = self.cloudformation.get_paginator("describe_stack_events")
        return [
            f"{event['LogicalResourceId']} {event['ResourceStatusReason']}"
            for page in pages.paginate(StackName=stack)
            for event in page["StackEvents"]
            if event["ResourceStatus"].endswith("_FAILED")
        ]


def packed(name: str) -> bytes:
    """The archive of a function: its own package and the shared one."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for package in ("", "shared", name):
            for module in (FUNCTIONS / package).glob("*.py"):
                file.write(module, module.relative_to(FUNCTIONS.parent))
    return archive.getvalue()


def settled(status: Any, seconds: float = 120) -> str:
    """Wait until a status is final, and return it."""
    seen: list[str] = []

    def is_final() -> bool:
        seen.append(status())
        return not seen[-1].endswith(("IN_PROGRESS", "PENDING"))

    assert processes.until(is_final, seconds), f"still {seen[-1]} after {seconds} s"
    return seen[-1]


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The embedded AWS, once for the session."""
    directory = tmp_path_factory.mktemp("embedded-aws")
    try:
        yield embedded.start(directory, ACCOUNT, REGION)
    finally:
        embedded.stop(directory)


@pytest.fixture(scope="session")
def aws(embedded_aws: Embedded) -> Aws:
    return Aws(embedded_aws)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Ministack without our gaps: what a test finds lacking here is still a gap."""
    directory = tmp_path_factory.mktemp("pristine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifecycle, "MODULE", PRISTINE)
        instance = embedded.start(directory, ACCOUNT, REGION)
    yield Aws(instance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifecycle, "MODULE", PRISTINE)
        embedded.stop(directory)
