"""Reviews to present: one with every effect and verdict, and one in which every name is hostile."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from runbook.changes.parts import (
    AccessDiff,
    Danger,
    DeclaredChange,
    Difference,
    Effect,
    Expiry,
    Finding,
    Grant,
    Observation,
    Reason,
    ResourceChange,
    Risk,
    Verdict,
)
from runbook.changes.review import Review, StackAction, StackReview
from runbook.drift.change import Change, Drift, Sort, Unasked

PREPARED = datetime(2026, 9, 30, 10, 15, tzinfo=UTC)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

HOSTILE = (
    "[bold red]x[/] [/nothing] :skull: | `a` ``b`` ```\n```\n</details></summary>"
    "<img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }} @octocat #123 "
    "owner/repo#1 https://example.com/x \\| \\` **bold** ![i](https://example.com/i.png) "
    "\x1b[31mred\x1b]0;title\x07\x08\r\u202eesrever\u202c \u200bhidden &lt; ' \" -->"
)


def change(
    place: str,
    kind: str,
    effect: Effect,
    verdict: Verdict | None = None,
    differences: dict[str, tuple[Any, Any]] | None = None,
) -> ResourceChange:
    """Make a change of the resource at a place."""
    return ResourceChange(
        logical_id=place.replace("/", "").replace("-", "") + "1A2B3C4D",
        type=f"AWS::{kind}",
        place=place,
        effect=effect,
        verdict=verdict,
        differences=tuple(
            Difference(path=path, before=before, after=after)
            for path, (before, after) in (differences or {}).items()
        ),
    )


def stack(name: str, action: StackAction = StackAction.UPDATE, **fields: Any) -> StackReview:
    """Make a stack to which something happens, or nothing when it is unchanged."""
    region = name.partition("-")[2]
    arn = f"arn:aws:cloudformation:{region}:123456789012"
    pinned: dict[str, Any] = {
        "stack_id": f"{arn}:stack/{name}/6d1f0a5e",
        "change_set": f"{arn}:changeSet/groundwork-20260930T101500-a1b2c3/0c2f7d11",
        "template_digest": DIGEST,
        "stack_state": "2026-08-14T07:31:09+00:00",
        "assets": {f"{DIGEST[::-1]}.zip": "one"},
    }
    known = {} if action is StackAction.NOTHING else pinned
    return StackReview(name=name, region=region, action=action, **{**known, **fields})


def review(*stacks: StackReview, **fields: Any) -> Review:
    """Make a review of stacks."""
    known: dict[str, Any] = {
        "id": "20260930T101500-a1b2c3",
        "account": "123456789012",
        "configuration": "groundwork.yaml",
        "revision": "4c88c0b",
        "prepared_by": "arn:aws:sts::123456789012:assumed-role/groundwork-author/jane",
        "prepared_at": PREPARED,
        "execute_before": datetime(2026, 10, 1, 10, 15, tzinfo=UTC),
    }
    return Review(stacks=stacks, **{**known, **fields})


def every_effect() -> Review:
    """Return a review in which everything happens that can happen: tests hold it to the enums."""
    return review(
        _data(),
        _mail(),
        _backup(),
        stack("access-us-east-1", StackAction.NOTHING),
        undeclared=("backup-eu-west-1",),
    )


def harmless() -> Review:
    """Return a review of one change that loses nothing."""
    larger = {"Properties.DBInstanceClass": ("db.t3.micro", "db.t4g.small")}
    database = change("databases/common", "RDS::DBCluster", Effect.CHANGE, Verdict.KEPT, larger)
    return review(stack("data-us-east-1", changes=(database,)))


def hostile() -> Review:
    """Return a review in which every text that others wrote tries to be something else."""
    bad = HOSTILE
    grants = (Grant(holder=bad, allows=bad, on=bad, condition=bad, everybody=True),)
    opening = AccessDiff(gained=grants, lost=(Grant(holder=bad, allows="x", on=bad, denies=True),))
    risk = Risk(rule=bad, on=bad, reason=bad, owner=bad, until=date(2026, 10, 2))
    values: dict[str, tuple[Any, Any]] = {
        f"Properties.{bad}": (bad, {"key": [bad, 1, None]}),
        "Properties.Plain": (None, bad),
        "Properties.Long": ("short", "é<" * 3_000),
    }
    changes = [change(bad, bad, effect, Verdict.LOST, values) for effect in Effect]
    changes[0] = changes[0].model_copy(update={"reasons": (Reason(text=bad, page=bad),)})
    code = {"Properties.Code.S3Key": (bad, f"{bad}2")}
    return review(
        stack(
            bad,
            changes=(*changes, change(bad, "Lambda::Function", Effect.CHANGE, None, code)),
            depends_on=(bad,),
            parameters={bad: bad},
            assets={bad: bad},
            permissions=opening,
            network=opening,
            risks=(risk,),
            new_risks=(risk,),
            findings=(Finding(danger=Danger.UNREADABLE, place=bad, text=bad, page=bad),),
            observations=(Observation(place=bad, text=bad),),
        ),
        stack("data-us-east-1", StackAction.CREATE, depends_on=(bad,), permissions=opening),
        id=bad,
        configuration=bad,
        revision=bad,
        prepared_by=bad,
        undeclared=(bad,),
        drift=Drift(
            changes=(
                Change(stack=bad, region=bad, place=bad, sort=Sort.ACCESS, what=bad, now=[bad]),
                Change(stack=bad, region=bad, place=bad, sort=Sort.DATA, what=bad, was=bad),
            ),
            unasked=(Unasked(stack=bad, what=bad, why=bad),),
        ),
    )


def drifted() -> Review:
    """Return a review of one harmless change, beside which the console changed three things."""
    group: dict[str, Any] = {"stack": "data-us-east-1", "region": "us-east-1", "sort": Sort.NETWORK}
    found = (
        Change(
            **group,
            place="security_groups/office/group",
            what="SecurityGroupIngress.1",
            now={"CidrIp": "0.0.0.0/0", "FromPort": 22, "IpProtocol": "tcp", "ToPort": 22},
        ),
        Change(
            **{**group, "sort": Sort.ACCESS},
            place="databases/common/function/role",
            what="has an inline policy that nobody declared",
            now="theirs",
            reversible=False,
        ),
        Change(
            **{**group, "sort": Sort.DATA},
            place="databases/common",
            what="DBInstanceClass",
            was="db.t3.micro",
            now="db.t3.large",
        ),
    )
    why = "User: ann is not authorized to perform: rds:DescribeDBInstances"
    unasked = Unasked(stack="data-us-east-1", what="what its functions set", why=why)
    drift = Drift(changes=found, unasked=(unasked,))
    return harmless().model_copy(update={"drift": drift})


def all_samples() -> dict[str, Review]:
    """Return every sample by its name."""
    return {
        "every_effect": every_effect(),
        "harmless": harmless(),
        "hostile": hostile(),
        "drifted": drifted(),
        "nothing": review(stack("mail-us-east-1", StackAction.NOTHING)),
    }


def many(stacks: int, resources: int) -> Review:
    """Return a review of many resources, each with a replacement to tell of."""
    swap = {"Properties.Name": ("before " * 20, "after " * 20)}
    return review(
        *(
            stack(
                f"data-region-{number}",
                changes=tuple(
                    change(f"tables/{number}-{item}", "DynamoDB::Table", Effect.CHANGE, None, swap)
                    for item in range(resources)
                ),
            )
            for number in range(stacks)
        )
    )


def _data() -> StackReview:
    opened = {
        "Properties.SecurityGroupIngress": (
            [_rule("10.0.0.0/16", "From the network")],
            [_rule("10.0.0.0/16", "From the network"), _rule("0.0.0.0/0", "From anywhere")],
        )
    }
    reached = "security_groups/postgresql-anywhere"
    tag: dict[str, tuple[Any, Any]] = {"Properties.Tags": ([], ["team"])}
    risk = Risk(
        rule="AwsSolutions-EC23",
        on=f"data/{reached}",
        reason="Analysts have no fixed addresses; TLS is forced.",
        owner="platform",
        until=date(2027, 6, 30),
    )
    return stack(
        "data-us-east-1",
        declared=(
            DeclaredChange(
                item="databases/analysis",
                effect=Effect.CHANGE,
                differences=(Difference(path="storage_gib", before=20, after=40),),
            ),
            DeclaredChange(item="databases/old", effect=Effect.DELETE),
        ),
        outputs=(Difference(path="AnalysisDatabaseAddress", before="a:5432", after="b:5432"),),
        settings=(Difference(path="Tags.team", before="platform", after="data"),),
        findings=_findings(),
        observations=(Observation(place="buckets/raw", text="2,911 objects, 41 GiB"),),
        changes=(
            *_databases(),
            *_in_place(),
            change("alarms/cpu", "CloudWatch::Alarm", Effect.CHANGE, None, tag).model_copy(
                update={"only_tags": True}
            ),
            change(reached, "EC2::SecurityGroup", Effect.CHANGE, None, opened),
        ),
        parameters={"BootstrapVersion": "/cdk-bootstrap/hnb659fds/version"},
        network=AccessDiff(
            gained=(Grant(holder="0.0.0.0/0", allows="tcp 5432", on=reached, everybody=True),),
            lost=(Grant(holder="192.0.2.0/24", allows="tcp 5432", on=reached),),
        ),
        risks=(risk,),
        new_risks=(risk,),
    )


def _rule(source: str, description: str) -> dict[str, Any]:
    ports = {"FromPort": 5432, "IpProtocol": "tcp", "ToPort": 5432}
    return {"CidrIp": source, "Description": description, **ports}


def _databases() -> tuple[ResourceChange, ...]:
    renamed = {
        "Properties.DBInstanceIdentifier": ("analysis", "research"),
        "Properties.MasterUserPassword": ("(hidden)", "(hidden)"),
    }
    moved = {"Properties.KmsKeyId": (None, "key.Arn")}
    endpoint = {"Properties.DBClusterIdentifier": ("databases/a", "databases/b")}
    kept = {"Properties.KeySchema": ("id", "tenant")}
    instance, cluster, table = "RDS::DBInstance", "RDS::DBCluster", "DynamoDB::Table"
    return (
        change("databases/analysis/instance", instance, Effect.REPLACE, Verdict.LOST, renamed),
        change("databases/common/cluster", cluster, Effect.REPLACE, Verdict.SNAPSHOT, moved),
        change("databases/common/writer", instance, Effect.MAY_REPLACE, None, endpoint),
        change("tables/sessions", table, Effect.MAY_REPLACE, Verdict.LOST, endpoint),
        change("tables/accounts", table, Effect.REPLACE, Verdict.KEPT, kept),
        change("databases/old/logs", "Logs::LogGroup", Effect.DELETE, Verdict.LOST),
        change("databases/old/alarm", "CloudWatch::Alarm", Effect.DELETE),
        change("databases/old/archive", "S3::Bucket", Effect.RETAIN, Verdict.KEPT),
        change("databases/guarded/instance", instance, Effect.DELETE, Verdict.PROTECTED),
        change("databases/legacy", instance, Effect.IMPORT),
    )


def _findings() -> tuple[Finding, ...]:
    return tuple(
        Finding(danger=danger, place="databases/analysis", text=f"something {danger.value}")
        for danger in Danger
    )


def _in_place() -> tuple[ResourceChange, ...]:
    """Return a change in place for each verdict that only such a change has."""
    days: dict[str, tuple[Any, Any]] = {
        "Properties.LifecycleConfiguration": ({"Rules": []}, {"Rules": [{"Days": 1}]})
    }
    expiry = Expiry(prefix="", days=1)
    expires = Reason(text="objects are deleted after 1 day; before: 30 days", expiry=expiry)
    off = Reason(text="deletion protection is switched off", page="https://docs.aws.amazon.com/")
    kinds = {
        Verdict.OVERWRITTEN: ("secrets/key", "SecretsManager::Secret"),
        Verdict.UNKNOWN: ("tables/doubtful", "DynamoDB::Table"),
        Verdict.LOCKED: ("keys/main", "KMS::Key"),
        Verdict.WEAKENED: ("databases/weak", "RDS::DBInstance"),
    }
    bucket = change("buckets/raw", "S3::Bucket", Effect.CHANGE, Verdict.EXPIRES, days)
    return (
        bucket.model_copy(update={"reasons": (expires,)}),
        *(
            change(place, kind, Effect.CHANGE, verdict).model_copy(update={"reasons": (off,)})
            for verdict, (place, kind) in kinds.items()
        ),
    )


def _mail() -> StackReview:
    code = {"Properties.Code.S3Key": ("5f70bf18.zip", "ce114e45.zip")}
    role = "senders/credere/role"
    identity = "arn:aws:ses:us-east-1:123456789012:identity/open-contracting.org"
    only = "StringEquals ses:fromaddress = noreply@open-contracting.org"
    send = Grant(holder=role, allows="ses:SendRawEmail", on=identity, condition=only)
    return stack(
        "mail-us-east-1",
        depends_on=("data-us-east-1",),
        changes=(
            change("account/suppression/function", "Lambda::Function", Effect.CHANGE, None, code),
            change(f"{role}/policy", "IAM::Policy", Effect.CHANGE),
            *(
                change(f"senders/helpdesk/{part}", kind, Effect.ADD)
                for part, kind in (
                    ("user", "IAM::User"),
                    ("credentials", "SecretsManager::Secret"),
                    ("bounces", "SNS::Topic"),
                )
            ),
        ),
        permissions=AccessDiff(
            gained=(
                send,
                Grant(holder="everybody", allows="sns:Subscribe", on="bounces", everybody=True),
            ),
            lost=(Grant(holder=role, allows="ses:SendEmail", on=identity),),
        ),
    )


def _backup() -> StackReview:
    bucket = "buckets/ocp-redmine-backup"
    parts = {"bucket": "S3::Bucket", "policy": "S3::BucketPolicy", "user": "IAM::User"}
    insecure = "Bool aws:securetransport = false"
    actions = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
    return stack(
        "backup-eu-west-2",
        StackAction.CREATE,
        depends_on=("data-us-east-1", "mail-us-east-1"),
        changes=tuple(change(f"{bucket}/{p}", kind, Effect.ADD) for p, kind in parts.items()),
        permissions=AccessDiff(
            gained=tuple(
                Grant(holder=f"{bucket}/user", allows=a, on=f"{bucket}/*") for a in actions
            ),
            lost=(
                Grant(
                    holder="everybody", allows="s3:*", on=bucket, condition=insecure, denies=True
                ),
            ),
        ),
    )
