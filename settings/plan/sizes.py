"""How many resources each item of a stack makes at most, for CloudFormation's limit of 500.

Counted before anything is synthesized, so that the person who writes the file learns which item is
one too many. A test compares with what the stacks really have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, assert_never

from settings.models.backup import drills
from settings.models.drills import InstanceDrill
from settings.plan.access import AccessItems
from settings.plan.backup import BackupItems, BucketItem
from settings.plan.data import DatabaseItem, DataItems, NetworkItem, ReplicaItem
from settings.plan.mail import AddressItem, DomainItem, MailItems, SenderItem, SetItem
from settings.plan.services import ServiceItem, ServiceItems

if TYPE_CHECKING:
    from settings.diagnostics import Location
    from settings.models.credentials import Credentials
    from settings.plan import Items

FUNCTION = 5
"""The function, its role with a policy, its log group, and how often it is tried."""
SETTING = FUNCTION + 1
"""A setting of SES that CloudFormation lacks: the function behind it, and the setting."""
TOPIC = 2
"""The topic and its policy."""
UNDELIVERED = 3
"""The queue of events that a delivery log lacks, its policy and alarm."""
REPUTATION = 4
"""The alarms of a reputation."""
BASTION = 9
"""The machine, its role, policy and profile, its groups and the rules between them."""
SESSIONS = 2
"""The document and the policy of a replica's tunnels."""
APPROVAL = 10
"""What executes approved changes: the state machines, what starts the second one, a function, and
their roles and logs."""
SCHEDULE = 1
"""What lets Secrets Manager call the function that renews keys."""


PROXY = 11
"""The proxy, its targets and who registers them, its role and log group, two groups and the rules
between them, an alarm."""
DRILL = 8
"""The state machine, its schedule, their roles, a security group, a log group and two alarms."""
DRILL_QUERY = FUNCTION + 3
"""What asks a copy: a function, its security group, and two rules between that and the copy."""


class Size(NamedTuple):
    """What an item adds to its stack at most."""

    path: Location
    resources: int
    outputs: int


def base(items: Items) -> int:
    """Return how many resources a stack has beside those of its items."""
    match items:
        case MailItems():
            return _mail_base(items)
        case BackupItems():
            return FUNCTION + SCHEDULE
        case DataItems():
            functions = FUNCTION * (bool(items.databases) + items.proxies)
            return functions + (2 if items.session_log_days else 0)
        case ServiceItems() | AccessItems():
            return 0
        case unknown:
            assert_never(unknown)


def sizes(items: Items) -> Iterator[Size]:
    """Yield the size of every item, in the order of the file."""
    match items:
        case MailItems():
            yield from _mail(items)
        case DataItems():
            yield from _data(items)
        case BackupItems():
            for name, bucket in items.buckets.items():
                yield Size(("backup", "buckets", name), _bucket(bucket), len(bucket.users))
        case ServiceItems():
            for name, service in items.services.items():
                yield Size(("services", name), _service(service), 0)
        case AccessItems():
            trail = 3 if items.trail else 0
            alarms = TOPIC + len(items.access.notify) + 5 if items.access.notify else 0
            resources = APPROVAL + 2 * len(items.roles) + 4 + trail + alarms
            yield Size(("access", "author"), resources, 2 + len(items.roles))
        case unknown:
            assert_never(unknown)


def _mail_base(items: MailItems) -> int:
    credentials = FUNCTION + SCHEDULE if items.senders else 0
    logs = 1 + UNDELIVERED if items.undelivered else 0
    feedback = FUNCTION if items.has_feedback else 0
    receiving = 3 + SETTING if items.received else 0
    account = 0
    if items.account:
        alarms = TOPIC + len(items.account.subscribers) + REPUTATION + 2
        account = alarms + (2 if items.account.production_access else 1) * SETTING
    return credentials + logs + feedback + receiving + account


def _mail(items: MailItems) -> Iterator[Size]:
    received = {*items.received}
    for name, declared in items.configuration_sets.items():
        yield Size(("mail", "configuration_sets", name), _set(declared), 0)
    for name, domain in items.domains.items():
        yield Size(("mail", "domains", name), _domain(domain) + (name in received), 1)
    for name, address in items.addresses.items():
        yield Size(("mail", "addresses", name), _address(address) + (name in received), 0)
    for name in items.tenants:
        yield Size(("mail", "tenants", name), 2, 0)
    for name, sender in items.senders.items():
        home = items.region == sender.declared.regions[0]
        yield Size(("mail", "senders", name), _sender(sender, home=home), 2)


def _set(item: SetItem) -> int:
    destinations = 1 + item.counts + bool(item.bounces) + item.logs
    topics = TOPIC + len(item.declared.notify) + (TOPIC if item.bounces else 0)
    return 1 + destinations + REPUTATION + topics


def _domain(item: DomainItem) -> int:
    records = 9 if item.declared.dns.route53_zone else 0
    return 1 + records + _feedback(item.declared.notify)


def _address(item: AddressItem) -> int:
    return 1 + _feedback(item.declared.notify)


def _feedback(notify: tuple[str, ...]) -> int:
    return TOPIC + len(notify) + 1 if notify else 0


def _sender(item: SenderItem, *, home: bool) -> int:
    declared = item.declared
    user = 2 + _key(declared.credentials) if home else 0
    return user + 1 + len(declared.bounces_to) + (2 if declared.delivery_logs else 0)


def _key(credentials: Credentials) -> int:
    return 3 + bool(credentials.rotate_every)


def _data(items: DataItems) -> Iterator[Size]:
    for name, network in items.networks.items():
        yield Size(("data", "networks", name), _network(network), network.bastion)
    for name, group in items.security_groups.items():
        yield Size(("data", "security_groups", name), 1 + 2 * len(group.declared.groups), 0)
    for name, database in items.databases.items():
        outputs = 2 + sum(4 + len(each.declared.consumers) for each in database.replicas.values())
        yield Size(("data", "databases", name), _database(database), outputs)


def _network(item: NetworkItem) -> int:
    declared = item.declared
    is_open = item.public or item.bastion or item.replica_bastions
    internet = 5 if is_open or True in item.replica_subnets.values() else 0
    bastion = BASTION if item.bastion else 0
    logs = 3 if declared.flow_logs else 0
    return 2 + declared.ipv6 + 2 * len(declared.subnets) + internet + bastion + logs


def _database(item: DatabaseItem) -> int:
    declared = item.declared
    alarms = TOPIC + len(declared.notify) + 3 if declared.notify else 0
    replicas = sum(_replica(replica, alarms=bool(alarms)) for replica in item.replicas.values())
    drill = DRILL if declared.drill else 0
    if isinstance(declared.drill, InstanceDrill) and declared.drill.query is not None:
        drill += DRILL_QUERY
    proxy = PROXY if item.replicas and declared.engine == "aurora-postgresql" else 0
    return 8 + alarms + bool(declared.readers) + declared.major_upgrade + replicas + drill + proxy


def _replica(item: ReplicaItem, *, alarms: bool) -> int:
    declared = item.declared
    consumers = sum(
        1 + bool(consumer.from_blocks) + bool(consumer.credentials.readers)
        for consumer in declared.consumers.values()
    )
    own = 5 + bool(declared.subnets) + (BASTION + SESSIONS if declared.has_bastion else 0)
    return own + consumers + (3 if alarms else 0)


def _bucket(item: BucketItem) -> int:
    alarm = TOPIC + 1 + len(item.declared.notify) if item.declared.expect_every else 0
    users = sum(1 + _key(user.declared.credentials) for user in item.users.values())
    policies = 2 * len(item.users)
    drilled = len(drills(item.declared.users)) * (TOPIC + 3 + len(item.declared.notify))
    return 2 + alarm + users + policies + drilled


def _service(item: ServiceItem) -> int:
    alarms = TOPIC + len(item.declared.notify) + 4
    return alarms + (4 if item.declared.replace else 0)
