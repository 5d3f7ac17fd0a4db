"""Making a change set for every stack that would change, and nothing else.

The CDK's own prepare switches termination protection at once and deletes a stack whose creation
failed; this one only ever creates change sets, each under a name that is never used again.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runbook.base import aws, project
from runbook.base.assembly import Assembly, Stack
from runbook.base.errors import UserError
from runbook.base.polling import poll
from runbook.base.secrets import session_name
from runbook.changes import assets, refusal
from runbook.changes import change_set as change_sets
from runbook.changes.change_set import discard_reviewed, find_stack, remove
from runbook.changes.observe import observations
from runbook.changes.parts import Effect
from runbook.changes.prices import priced
from runbook.changes.review import Review, StackAction, StackReview
from runbook.changes.template.values import places
from runbook.changes.usable import usable
from settings.contract import CHANGE_SET_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import DescribeChangeSetOutputTypeDef

LIFETIME = timedelta(hours=24)
"""How long a review may be executed. What was true yesterday need not be true today."""

_GLOBAL = ("AWS::IAM::", "AWS::Route53::", "AWS::S3::Bucket")
"""Types whose names are taken in every region at once."""
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class Preparation:
    """One run of `prepare`: the assembly, and the name of all its change sets."""

    assembly: Assembly
    name: str

    @classmethod
    def of(cls, assembly: Assembly, now: datetime) -> Preparation:
        """Name the change sets after the moment, so that none is ever made again."""
        return cls(assembly, f"{CHANGE_SET_PREFIX}{now:%Y%m%dT%H%M%S}-{os.urandom(3).hex()}")

    def publish(self, who: aws.Caller) -> None:
        """Upload the templates and the functions' code. What is there already is left alone.

        CloudTrail shows who does, by the name of the session.
        """
        project.cdk(
            "publish-assets",
            *(stack.construct_id for stack in self.assembly.stacks),
            "--unstable=publish-assets",
            f"--app={self.assembly.directory}",
            session=session_name(who.arn),
        )

    def make(self, who: aws.Caller) -> list[StackReview]:
        """Make the change sets side by side. None is left when one of them cannot be made."""
        session = session_name(who.arn)
        with ThreadPoolExecutor(max_workers=8) as pool:
            waiting = [pool.submit(self._make, stack, session) for stack in self.assembly.stacks]
            try:
                made = [future.result() for future in waiting]
                refuse_moves(made)
                return made
            except BaseException:
                pool.shutdown(cancel_futures=True)
                self.discard()
                raise

    def discard(self) -> None:
        """Remove the change sets of this preparation, and the empty stacks that came with them."""
        for stack in self.assembly.stacks:
            with suppress(ClientError):
                remove(aws.cloudformation(stack.region), stack.name, self.name)

    def _make(self, stack: Stack, session: str) -> StackReview:
        client = aws.cloudformation(stack.region)
        current = find_stack(client, stack.name)
        usable(stack.name, current)
        created = current is None or current["StackStatus"] == "REVIEW_IN_PROGRESS"
        try:
            answer = client.create_change_set(
                StackName=stack.name,
                ChangeSetName=self.name,
                ChangeSetType="CREATE" if created else "UPDATE",
                TemplateURL=assets.published(stack, session),
                RoleARN=stack.execution_role,
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
                Tags=[{"Key": key, "Value": value} for key, value in sorted(stack.tags.items())],
                Description="Prepared by groundwork for review",
            )
        except ClientError as error:
            raise UserError(
                f"{stack.name}: CloudFormation could not create a change set: {aws.reason(error)}"
            ) from None
        description = finished(client, stack, answer["Id"])
        if description["Status"] == "FAILED":
            remove(client, stack.name, self.name)
            return StackReview(name=stack.name, region=stack.region, action=StackAction.NOTHING)
        made = change_sets.read(
            stack.region, answer["Id"], depends_on=stack.depends_on, role=stack.execution_role
        )
        counted = (*observations(made, now()), *priced(made, stack.template, now()))
        return made.model_copy(update={"observations": counted})


def review(
    assembly: Assembly,
    stacks: list[StackReview],
    *,
    name: str,
    configuration: str,
    prepared_by: str,
    now: datetime,
    undeclared: Collection[str] = (),
) -> Review:
    """Put the stacks together to one review."""
    return Review(
        id=name.removeprefix(CHANGE_SET_PREFIX),
        account=assembly.account,
        configuration=configuration,
        revision=project.revision(),
        prepared_by=prepared_by,
        prepared_at=now,
        execute_before=now + LIFETIME,
        stacks=tuple(stacks),
        undeclared=tuple(undeclared),
    )


def refuse_moves(stacks: Collection[StackReview]) -> None:
    """Refuse that a named resource leaves one stack and joins another one.

    The new stack cannot make it while the old one has it; and what holds data would be left behind.
    """
    for old, new in permutations(stacks, 2):
        gone = {
            (c.type, c.name): c for c in old.changes if c.effect in (Effect.DELETE, Effect.RETAIN)
        }
        for change in new.changes:
            known = gone.get((change.type, change.name)) if change.name else None
            reach = old.region == new.region or change.type.startswith(_GLOBAL)
            if known and change.effect is Effect.ADD and reach:
                raise UserError(
                    f"{change.name} ({change.type}) cannot move from {old.name} to {new.name}: "
                    "its name is taken as long as the old stack has it.",
                    f"Leave {known.item} in its stack. The field `stack` is for new items only.",
                )


def now() -> datetime:
    """Return the moment, in whole seconds and UTC, as it is written in a review."""
    return datetime.now(UTC).replace(microsecond=0)


@contextmanager
def discarded_unless_saved(made: Review) -> Iterator[None]:
    """Remove the change sets of a review that is not saved, because of an error or Ctrl-C."""
    try:
        yield
    except BaseException:
        for stack in made.changed:
            discard_reviewed(stack)
        raise


def finished(
    client: CloudFormationClient, stack: Stack, change_set: str
) -> DescribeChangeSetOutputTypeDef:
    """Wait for CloudFormation to work out the change set. Having no changes is no fault."""
    description = poll(
        client,
        lambda: change_sets.describe(client, change_set),
        lambda answer: answer["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"),
    )
    why = description.get("StatusReason", "")
    if description["Status"] == "FAILED" and not any(words in why for words in _NO_CHANGES):
        why = refusal.reasons(client, why, places(stack.template), change_set=change_set)
        raise UserError(f"{stack.name}: CloudFormation rejects the change set:{why}")
    return description
