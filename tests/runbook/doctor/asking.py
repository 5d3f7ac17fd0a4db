"""What the doctor is asked in these tests, and its answers."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import boto3
import yaml

from runbook.base import aws
from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import Check
from runbook.doctor.examine import examine
from settings import Settings, parse

REGION = "eu-west-1"
"""One that no other test of the command uses."""


def text_of(text: str, region: str = REGION) -> str:
    return f'account: "123456789012"\nregion: {region}\n{dedent(text)}'


def settings(text: str, region: str = REGION) -> Settings:
    return parse(text_of(text, region), may_be_empty=True)


def client(service: Any, region: str = REGION) -> Any:
    make: Any = boto3.client
    return make(service, region_name=region, config=aws.CONFIG)


def asked(text: str, check: Check) -> list[Answer]:
    return [row.answer for row in examine(settings(text), [check])]


def wrong(text: str, check: Check) -> Answer:
    (found,) = [each for each in asked(text, check) if each.state is State.WRONG]
    return found


def database(**fields: Any) -> str:
    declared = {"engine": "postgresql", "instance": "db.t4g.micro", "security_groups": ["here"]}
    subnets = {"10.0.1.0/24": "a", "10.0.2.0/24": "b"}
    networks = {"main": {"cidr": "10.0.0.0/16", "subnets": subnets}}
    data = {
        "networks": networks,
        "security_groups": {"here": {"description": "Here", "postgresql_from": ["10.0.0.0/24"]}},
        "databases": {"books": {**declared, **fields}},
    }
    return str(yaml.safe_dump({"data": data}))


def aurora() -> str:
    text = yaml.safe_load(database())
    declared = text["data"]["databases"]["books"]
    del declared["instance"]
    declared.update(engine="aurora-postgresql", capacity={"min": 0, "max": 2})
    return str(yaml.safe_dump(text))
