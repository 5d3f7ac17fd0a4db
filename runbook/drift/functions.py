"""What stands beside a declared function: who may call it, and what runs in it.

CloudFormation reads neither the code of a function back, nor what its template does not name, nor
permissions that no resource of a stack gave.
<https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runbook.changes.template.values import Template
from runbook.drift.deployed import Deployed
from runbook.drift.missing import is_missing

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import FunctionConfigurationResponseTypeDef

Found = Iterator[tuple[str, object]]


def of_function(stack: Deployed, name: str, properties: Template) -> Found:
    """Yield what somebody gave a function of the stack, or put into it."""
    found = stack.functions.get_function_configuration(FunctionName=name)
    yield from _inside(found, properties)
    yield from _callers(stack, name)
    yield from _code(stack, found["CodeSha256"], properties)


def _code(stack: Deployed, runs: str, properties: Template) -> Found:
    """Compare the code that runs with the archive that was deployed."""
    match properties.get("Code"):
        case {"S3Bucket": str(bucket), "S3Key": str(key), "S3ObjectVersion": str(version)}:
            found = stack.s3.get_object(Bucket=bucket, Key=key, VersionId=version)
            archive = found["Body"].read()
            deployed = base64.b64encode(hashlib.sha256(archive).digest()).decode()
            if runs != deployed:
                yield "runs code that was not deployed", f"SHA-256 {runs}"


def _inside(found: FunctionConfigurationResponseTypeDef, properties: Template) -> Found:
    """Yield layers and variables where none are declared. What a variable holds is not said."""
    layers = [layer["Arn"] for layer in found.get("Layers", ())]
    if layers and "Layers" not in properties:
        yield "has layers that nobody declared", layers
    variables = sorted(found.get("Environment", {}).get("Variables", {}))
    if variables and "Environment" not in properties:
        yield "has environment variables that nobody declared", variables


def _callers(stack: Deployed, name: str) -> Found:
    """Yield who may call it, from where and by what, though no resource of the stack says so."""
    client = stack.functions
    declared = {identifier for _, identifier, _ in stack.of("AWS::Lambda::Permission")}
    for statement in _statements(client, name):
        if statement.get("Sid") not in declared:
            yield "has a permission that nobody declared", statement
    for url in client.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"]:
        yield "has a URL that nobody declared", url["FunctionUrl"]
    pages = client.get_paginator("list_event_source_mappings")
    for page in pages.paginate(FunctionName=name):
        for source in page["EventSourceMappings"]:
            yield "has an event source that nobody declared", source.get("EventSourceArn")


def _statements(client: LambdaClient, name: str) -> list[Template]:
    """Return the statements of a function's policy. Most functions have none."""
    try:
        policy = client.get_policy(FunctionName=name)["Policy"]
    except ClientError as error:
        if is_missing(error):
            return []
        raise
    statements: list[Template] = json.loads(policy)["Statement"]
    return statements
