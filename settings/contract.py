"""What the stacks promise to the runbook: outputs, metadata, types, descriptions and paths.

Stacks write these and the runbook reads them. Both import them from here, so that neither parses
the other's prose.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

from settings.values.areas import Area

ACCEPTED_RISKS = "GroundworkAcceptedRisks"
"""The template metadata with the accepted risks of a stack, each as the file declares it."""

DELETION_PROTECTION = "GroundworkDeletionProtection"
"""The metadata of a database's resource: whether RDS refuses to delete it, true or false."""

KEEP_DATA = "GroundworkKeepData"
"""The metadata of a bucket or database whose data the file says to keep: true, or not there."""

ITEMS = "GroundworkItems"
"""The template metadata with the items of a stack, as the file declares them: field, name, item."""

CHANGE_SET_PREFIX = "groundwork-"
"""What the name of every change set of ours starts with. The roles' policies rely on it."""

VERSION = "0.1.0"
"""The version of this copy of Groundwork: the one that pyproject.toml names."""

VERSION_KEY = "GroundworkVersion"
"""The template metadata with the version of Groundwork that made the template."""

ORDERS_FORMAT = 2
"""The form of what a command hands to the state machine that executes. Raised when an older command
would be misunderstood: one refuses the other's then."""

APPROVAL_CHECK = "Is it approved?"
"""The state that decides whether a change was approved, in the state machine that executes."""

OTHER_PERSON = "Whoever prepared a change cannot approve it"
"""The state to which that one leads where `two_people` is asked for and only one took part."""

ENOUGH_PEOPLE = "$count($approvers) >= "
"""What stands there before the number of people who have to approve."""

GROUP_MISSING = "Nobody approved of the group "
"""What begins the name of a state that refuses for want of a group's approval; its name follows."""

REFUSED = "Refused"
"""The error with which an execution ends that began nothing."""

STACK_TAG = "groundwork-stack"
"""The tag by which a stack's function tells the users of its own stack. Policies rely on it."""

DRILLS = "drills"
"""Where a bucket keeps how its drills ended: `drills/USER/TIME.json`. No backup is below it."""

DRILL_NAMESPACE, DRILL_METRIC = "Groundwork/Drills", "Succeeded"
"""The metric of a drill: 1 or 0, by `Bucket` and `User`, or by `Database`."""

DRILL_TAG = "groundwork-drill"
"""The tag of a restored copy: the identifier of its database. The drill's policy relies on it."""

DESCRIPTION_PREFIX = "Groundwork: "
"""What the description of every stack of ours starts with."""


class Output(StrEnum):
    """The kinds of output. The value ends the output's key; none is the end of another."""

    DNS_RECORDS = "DnsRecords"
    """The DNS records of a domain: one a line; type, name, value and priority between tabs."""
    RECEIVED_MAIL = "ReceivedMailBucket"
    """The bucket of the mail that SES received in the stack's region."""
    SENDER_SECRET = "SenderSecret"  # noqa: S105 - the name of an output
    """The ARN of the secret with a sender's SMTP credentials."""
    DELIVERY_LOG = "DeliveryLog"
    """The log group of a sender's delivery log."""
    DATABASE_ADDRESS = "DatabaseAddress"
    """Host and port of a database, with a colon between."""
    DATABASE_SECRET = "DatabaseSecret"  # noqa: S105 - the name of an output
    """The ARN of the secret with a database's password."""
    REPLICA_ADDRESS = "ReplicaAddress"
    """Host and port of a replica, with a colon between. The item is `DATABASE-REPLICA`."""
    CONSUMER_SECRET = "ConsumerSecret"  # noqa: S105 - the name of an output
    """The ARN of the secret with a consumer's login. The item is `DATABASE/REPLICA/CONSUMER`."""
    REPLICA_BASTION = "ReplicaTunnel"
    """The instance id of the bastion of a replica's own. The item is `DATABASE-REPLICA`."""
    REPLICA_DOCUMENT = "ReplicaDocument"
    """The session document whose tunnels lead to a replica alone. The item is as above."""
    REPLICA_POLICY = "ReplicaPolicy"
    """The ARN of the policy that opens such tunnels alone. The item is as above."""
    BASTION = "Bastion"
    """The instance id of a network's bastion."""
    USER_SECRET = "UserSecret"  # noqa: S105 - the name of an output
    """The ARN of the secret with a backup user's access key."""
    ROLE = "Role"
    """The ARN of a role that prepares, executes or reads changes."""
    RECORDS = "RecordsBucket"
    """The bucket that keeps reviews, approvals and executions."""
    TRAIL = "TrailFiles"
    """The bucket of the files of the account's trail."""


class CustomType(StrEnum):
    """The types of the custom resources that our functions stand behind."""

    ACCESS_KEY = "Custom::AccessKey"
    ACCOUNT_SUPPRESSION = "Custom::AccountSuppression"
    ACTIVE_RULE_SET = "Custom::ActiveReceiptRuleSet"
    DELETION_PROTECTION = "Custom::DeletionProtection"
    IDENTITY_FEEDBACK = "Custom::IdentityFeedback"
    PRODUCTION_ACCESS = "Custom::SesProductionAccess"
    PROXY_TARGETS = "Custom::DBProxyTargets"


_PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")
_LONGEST = 100


def output_key(kind: Output, item: str = "") -> str:
    """Return the key of an item's output: `AnalysisDatabaseSecret` of `analysis`.

    CloudFormation takes letters and digits only, up to 255. A name that loses something on the way
    gets a digest of itself: `web.app` is `webApp4f1c9a02…`, and never meets `web-app`, `WebApp…`.
    The key depends on the kind and the item's own name and on nothing else.
    """
    words = re.findall(r"[A-Za-z0-9]+", item[:_LONGEST])
    text = "".join(word[:1].upper() + word[1:] for word in words)
    if item and (len(item) > _LONGEST or not _PLAIN.fullmatch(item)):
        text = text[:1].lower() + text[1:] + hashlib.sha256(item.encode()).hexdigest()[:8]
    return f"{text}{kind}"


def logical_id_of(item: str) -> str:
    """Return what begins the logical ids of an item's resources: `databasespayroll`.

    The CDK joins the names of the path without their signs, and leaves out one that ends the name
    before it. The ids of another item may begin so, too: `databasespayrollarchive`.
    <https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html#identifiers_logical_ids>
    """
    kept: list[str] = []
    for part in item.split("/"):
        if not (kept and kept[-1].endswith(part)):
            kept.append(part)
    return re.sub(r"[^A-Za-z0-9]", "", "".join(kept))


def drill_copy(database: str) -> str:
    """Return the identifier of the copy that a drill makes of a database of this identifier."""
    return f"{database}-drill"


def drill_writer(database: str) -> str:
    """Return the identifier of the one instance of a restored cluster."""
    return f"{database}-drill-writer"


def drill_login(database: str) -> str:
    """Return the login by which the copy of an instance is asked. The drill's policy names it."""
    return f"{database.replace('-', '_')}_drill"


def drill_machine(database: str) -> str:
    """Return the name of the state machine that restores a database's snapshots."""
    return f"groundwork-drill-{database}"


def drill_log(database: str) -> str:
    """Return the log group with a record of each drill of a database."""
    return f"/groundwork/drills/{database}"


def stack_description(area: Area, region: str) -> str:
    """Describe a stack of ours, so that one of the same name that is not ours is told apart."""
    return f"{DESCRIPTION_PREFIX}{area} in {region}"


def is_described_as_ours(description: str) -> bool:
    """Tell by its description whether a stack is ours."""
    return description.startswith(DESCRIPTION_PREFIX)


def saved_state(stack: str, *parts: str) -> str:
    """Return the path of the parameters where a stack's function saves what it found.

    <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>
    """
    return "/".join(("/groundwork", stack, *parts))
