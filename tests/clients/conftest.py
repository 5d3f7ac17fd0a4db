"""Backups, deployed by the command that a newcomer types, and the keys that their users get."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

import embedded
from embedded import Embedded
from settings.contract import Output, output_key
from tests.commands import deploy
from tests.conftest import ACCOUNT as ACCOUNT_LINE
from tests.instances import ONCE, client_of

ACCOUNT, REGION = "123456789012", "eu-west-2"
STACK = f"backup-{REGION}"
OPERATOR = "operator"
NOTIFIED = "backups@example.org"
KEY = f"credentials: {{readers: ['arn:aws:iam::{ACCOUNT}:role/{OPERATOR}']}}"
QUERY = "SELECT count(*) FROM items"
CONFIGURATION = f"""{ACCOUNT_LINE}region: {REGION}
backup:
  buckets:
    nightly-dumps:
      expire_after_days: 30
      expect_every: 24h
      notify: [{NOTIFIED}]
      users:
        dumps: {{tool: files, {KEY}}}
        reports: {{tool: files, prefix: reports, {KEY}}}
        restores: {{tool: read-only, {KEY}}}
        audits: {{tool: read-only, {KEY}}}
        newest-report:
          tool: read-only
          prefix: reports
          {KEY}
          drill: {{of: reports, max_age: 26h, command: 'gunzip --test "$BACKUP"'}}
    database-backups:
      notify: [{NOTIFIED}]
      users:
        database: {{tool: pgbackrest, prefix: main, {KEY}}}
        recovery: {{tool: read-only, prefix: main, {KEY}}}
    drilled-databases:
      notify: [{NOTIFIED}]
      users:
        ledger: {{tool: pgbackrest, prefix: main, {KEY}}}
        ledger-drill:
          tool: read-only
          prefix: main
          {KEY}
          drill: {{of: ledger, max_age: 1h, query: {QUERY}, expect: "2000"}}
    machine-snapshots:
      versioned: true
      notify: [{NOTIFIED}]
      users:
        keeper: {{tool: restic, {KEY}}}
        laptop: {{tool: restic, prefix: laptop, {KEY}}}
        server: {{tool: restic, prefix: server, append_only: true, {KEY}}}
        drilled: {{tool: restic, prefix: drilled, {KEY}}}
        drilled-files:
          tool: read-only
          prefix: drilled
          {KEY}
          drill: {{of: drilled, max_age: 2h, command: 'grep -rq precious "$BACKUP"'}}
"""


@dataclass(frozen=True)
class Backups:
    """The deployed buckets, with a client or an environment for each of their users."""

    instance: Embedded

    @cached_property
    def _outputs(self) -> dict[str, str]:
        (found,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}

    @cached_property
    def _operator(self) -> dict[str, str]:
        """The session of the one role that may read the secrets."""
        role = f"arn:aws:iam::{ACCOUNT}:role/{OPERATOR}"
        made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return {
            "aws_access_key_id": made["AccessKeyId"],
            "aws_secret_access_key": made["SecretAccessKey"],
            "aws_session_token": made["SessionToken"],
        }

    def secret(self, user: str) -> str:
        """Return the ARN of a user's secret, as the stack shows it."""
        return self._outputs[output_key(Output.USER_SECRET, user)]

    def key(self, user: str) -> dict[str, str]:
        """Return a user's key pair, as its secret holds it."""
        client = self.client("secretsmanager", **self._operator)
        value = json.loads(client.get_secret_value(SecretId=self.secret(user))["SecretString"])
        return {f"aws_{name}": value[name] for name in ("access_key_id", "secret_access_key")}

    def environment(self, user: str) -> dict[str, str]:
        """Return the environment of a job that runs with a user's key, and nothing else of AWS."""
        key = {name.upper(): value for name, value in self.key(user).items()}
        return self.instance.within(os.environ) | key

    def s3(self, user: str) -> Any:
        return self.client("s3", **self.key(user))

    def client(self, service: str, **credentials: str) -> Any:
        """Make a client of the account's administrator, or of whose credentials are given."""
        return client_of(self.instance, service, REGION, credentials, config=ONCE)


@pytest.fixture(scope="session")
def backups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backups]:
    """Deploy the buckets and their users, in an account that has the reader of their secrets."""
    state = tmp_path_factory.mktemp("clients")
    (state / "groundwork.yaml").write_text(CONFIGURATION)
    backups = Backups(embedded.start(state, ACCOUNT, REGION))
    try:
        make_operator(backups.client("iam"))
        deployed = deploy(backups.instance, state / "groundwork.yaml")
        assert deployed.status == 0, deployed.errors
        yield backups
    finally:
        embedded.stop(state)


def make_operator(iam: Any) -> None:
    """Make the role that the file names as reader of every secret."""
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        },
    }
    iam.create_role(RoleName=OPERATOR, AssumeRolePolicyDocument=json.dumps(trust))
