"""What holds where the file says nothing: the safe choice, every time."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from settings import Settings, parse
from tests.builders import completed
from tests.settings.test_every_field import models

SHORTEST = completed("""
account: "123456789012"
mail:
  domains: {example.org: }
  addresses: {data@example.net: }
  configuration_sets: {credere: }
  senders:
    credere: {from: [noreply@example.org], configuration_set: credere, REST_OF_A_SENDER}
data:
  networks: {main: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}}
  security_groups: {private: {description: Private}}
  databases:
    one: {engine: postgresql, instance: db.t3.micro, security_groups: [private]}
    two: {engine: aurora-postgresql, capacity: {max: 2}, security_groups: [private]}
backup:
  buckets:
    some-backup: {users: {files: {tool: files}, laptop: {tool: restic}}}
""")


@pytest.fixture(scope="module")
def shortest() -> Settings:
    return parse(SHORTEST)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("mail.suppression", ("bounce", "complaint")),
        ("mail.production_access", None),
        ("mail.domains.example_org.receives_mail", False),
        ("mail.domains.example_org.dmarc.policy", "none"),
        ("mail.configuration_sets.credere.require_tls", True),
        ("mail.senders.credere.attachments", False),
        ("mail.senders.credere.delivery_logs", False),
        ("mail.senders.credere.credentials.readers", ()),
        ("data.networks.main.flow_logs", True),
        ("data.security_groups.private.postgresql_from", ()),
        ("data.bastion", False),
        ("data.databases.one.encrypted", True),
        ("data.databases.one.public", False),
        ("data.databases.one.deletion", "snapshot"),
        ("data.databases.one.deletion_protection", True),
        ("data.databases.one.backup_days", 7),
        ("data.databases.one.log_exports", True),
        ("data.databases.two.encrypted", True),
        ("data.databases.two.data_api", False),
        ("data.databases.two.deletion", "snapshot"),
        ("data.databases.two.deletion_protection", True),
        ("data.databases.two.backup_days", 7),
        ("data.databases.two.capacity.min", 0),
        ("backup.buckets.some_backup.expire_after_days", None),
        ("backup.buckets.some_backup.abort_uploads_after_days", 7),
        ("backup.buckets.some_backup.users.files.credentials.readers", ()),
        ("accepted_risks", ()),
    ],
)
def test_what_is_not_said_is_safe(shortest: Settings, path: str, value: object) -> None:
    assert follow(shortest, path) == value


def follow(found: Any, path: str) -> Any:
    for part in path.split("."):
        names = (
            {name.replace(".", "_").replace("-", "_"): name for name in found}
            if isinstance(found, dict)
            else {}
        )
        found = found[names[part]] if names else getattr(found, part)
    return found


def test_items_stand_in_the_region_of_the_file_unless_they_name_one() -> None:
    settings = parse(
        SHORTEST.replace("\nmail:", "\nregion: eu-west-2\nmail:").replace(
            "{example.org: }", "{example.org: {regions: [us-east-1, eu-west-2]}}"
        )
    )
    assert settings.mail.domains["example.org"].regions == ("us-east-1", "eu-west-2")
    assert settings.mail.addresses["data@example.net"].regions == ("eu-west-2",)
    assert settings.data.networks["main"].region == "eu-west-2"
    assert settings.backup.buckets["some-backup"].region == "eu-west-2"


def test_nothing_changes_after_it_was_read(shortest: Settings) -> None:
    for model in models(shortest):
        for name in type(model).model_fields:
            with pytest.raises(ValidationError, match="frozen"):
                setattr(model, name, None)
