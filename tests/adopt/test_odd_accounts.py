"""Three odd accounts, each adopted, executed and reviewed again: nothing is touched on the way."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import embedded
from runbook.changes.review import Review
from settings import load
from tests.adopt import odd_accounts
from tests.adopt.conftest import HOME, Adoption, are_our_own, changing
from tests.commands import Shell
from tests.synthesis import Checked

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("adopt")]

ACCOUNTS = {"defaults": "111111111111", "everything": "222222222222", "beside": "333333333333"}

FOREIGN = {
    "AWS_DEFAULT_OUTPUT": "text",
    "AWS_DEFAULT_REGION": "ap-southeast-2",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_PAGER": "less",
    "AWS_REGION": "ap-southeast-2",
    "AWS_RETRY_MODE": "legacy",
    "AWS_ROLE_SESSION_NAME": "somebody",
    "AWS_USE_DUALSTACK_ENDPOINT": "false",
}
"""What a shell may have from other work: none of it may decide where anything is looked for."""


def defaults(story: Adoption) -> list[odd_accounts.Key]:
    """Begin with a file that has an account and a region alone."""
    story.file.write_text(f'account: "{story.account}"\nregion: {HOME}\n')
    return odd_accounts.defaults(story.client)


def everything(story: Adoption) -> list[odd_accounts.Key]:
    return odd_accounts.everything(story.client)


def beside(story: Adoption) -> list[odd_accounts.Key]:
    """Deploy the half that the file declares, then make the other half by hand."""
    story.file.write_text(odd_accounts.DECLARED.format(account=story.account))
    story.run("first", "groundwork", "changes", "prepare")
    story.execute()
    return odd_accounts.beside(story.client, f"declared-bucket-{story.account}")


BEGINNINGS: dict[str, Callable[[Adoption], list[odd_accounts.Key]]] = {
    "defaults": defaults,
    "everything": everything,
    "beside": beside,
}


def use(story: Adoption) -> None:
    """Do with each old key what it was made for."""
    for key in story.states["keys"]:
        if key["UserName"] in SENT:
            mail = SENT[key["UserName"]].encode()
            assert story.with_key("ses", key).send_raw_email(RawMessage={"Data": mail})["MessageId"]
            continue
        bucket, name = WRITTEN[key["UserName"]]
        s3 = story.with_key("s3", key)
        s3.put_object(Bucket=bucket, Key=name, Body=b"a backup")
        assert s3.get_object(Bucket=bucket, Key=name)["Body"].read() == b"a backup"


SENT = {
    "mailer": "From: a@plain.example\nTo: me@elsewhere.example\nSubject: by hand\n\nA message.\n",
    "orders": "From: orders@shop.example\nTo: a@shop.example\nSubject: by hand\n\nA message.\n",
}
"""By user: a message that it may send."""
WRITTEN = {
    "archiver": ("shop-archive", "main/by-hand"),
    "helper": (f"declared-bucket-{ACCOUNTS['beside']}", "by-hand"),
}
"""By user: the bucket and the key of an object that it may write."""


@pytest.fixture(scope="module", params=BEGINNINGS)
def story(
    request: pytest.FixtureRequest,
    instance: embedded.Embedded,
    tmp_path_factory: pytest.TempPathFactory,
) -> Adoption:
    name = request.param
    folder = tmp_path_factory.mktemp(f"adopt-{name}")
    story = Adoption(folder, instance, ACCOUNTS[name], (HOME,), FOREIGN)
    story.inside = Shell(story.environment, folder)
    story.bootstrap()
    story.states["keys"] = BEGINNINGS[name](story)
    use(story)
    story.states["made"], story.states["events"] = story.state(), story.events()
    story.inside.calls.clear()
    # What is found first; then, once, that the accepted risks are enough.
    story.inside.synthesize = Checked(2 if name == "everything" else 1)
    story.adopt("import", "--write", "--prepare")
    story.execute()
    story.states["calls"] = [*story.inside.calls]
    story.states["happened"] = story.events() - story.states["events"]
    story.states["imported"] = story.state()
    story.adopt("again")
    story.prepare_next()
    return story


def changes(story: Adoption) -> list[Any]:
    review = json.loads(story.said["json"])
    return [change for stack in review["stacks"] for change in stack["changes"]]


def test_the_import_touches_nothing(story: Adoption) -> None:
    assert story.states["imported"] == story.states["made"]


def test_no_call_of_the_import_changes_anything_but_stacks(story: Adoption) -> None:
    made = changing(story.states["calls"])
    assert ("cloudformation", "ExecuteChangeSet") in {(c.service, c.operation) for c in made}
    assert are_our_own(made)


def test_cloudformation_imports_and_does_nothing_else(story: Adoption) -> None:
    """After each import it applies the tags of the stack, of which an import has none."""
    happened = {event for event in story.states["happened"] if event.status != "REVIEW_IN_PROGRESS"}
    begun = {event for event in happened if event.status.endswith("_IN_PROGRESS")}
    assert {event.status for event in begun} == {"IMPORT_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
    updates = {event.reason for event in begun if event.status == "UPDATE_IN_PROGRESS"}
    assert all(reason.startswith("Apply stack-level tags") for reason in updates)
    ended = {event.status for event in happened - begun}
    assert ended == {"IMPORT_COMPLETE", "UPDATE_COMPLETE"}


def test_nothing_is_left_to_adopt(story: Adoption) -> None:
    assert "Nothing is left to adopt" in story.said["again"]


def test_the_next_review_replaces_and_deletes_nothing(story: Adoption) -> None:
    found = [(change["place"], change["effect"]) for change in changes(story)]
    assert [pair for pair in found if pair[1] not in ("add", "change", "may-replace")] == []
    possibly = {place for place, effect in found if effect == "may-replace"}
    # CloudFormation cannot rule it out where an instance gets another parameter group.
    assert possibly <= {"databases/database-1/instance", "databases/orders/instance"}


PLANTED = {
    "111111111111": ("senders/mailer/user", "has an inline policy that nobody declared", "ses"),
    "222222222222": ("senders/orders/user", "is in a group that nobody declared", "mail-senders"),
    "333333333333": (
        f"buckets/declared-bucket-{ACCOUNTS['beside']}/users/helper",
        "has an inline policy that nobody declared",
        "all",
    ),
}
"""By account: what allows more than ours."""


def test_a_planted_weakness_is_in_the_next_review(story: Adoption) -> None:
    drift = json.loads(story.said["json"])["drift"]["changes"]
    found = {(change["place"], change["what"], str(change["now"])) for change in drift}
    assert PLANTED[story.account] in found


def test_the_keys_that_were_made_by_hand_go_on_working(story: Adoption) -> None:
    use(story)


def test_what_becomes_no_weaker_is_not_read_as_weaker(story: Adoption) -> None:
    """The one role that may weaken a database's protection is of the function that keeps it."""
    _, _, weakened = story.said["next"].partition("\nProtection weakened\n")
    named = [line for line in weakened.partition("\n\n")[0].splitlines() if "  ! " in line]
    assert all(line.startswith("  ! deletion_protection/function/role in ") for line in named)


def test_no_tag_of_others_goes_with_the_next_change(story: Adoption) -> None:
    """A bucket's are in the file; of all others the template has none."""
    for change in changes(story):
        for difference in change["differences"]:
            before, after = (json.dumps(difference[side]) for side in ("before", "after"))
            assert '"owner"' not in before or '"owner"' in after, change["place"]


def test_the_file_says_what_is_there(story: Adoption, snapshot: Any) -> None:
    load(story.file)
    text = story.file.read_text().partition("accepted_risks:")[0]
    assert re.sub(r"\bvpc-[0-9a-f]+", "vpc-0", text) == snapshot


def test_what_the_file_cannot_say_is_named(story: Adoption, snapshot: Any) -> None:
    told = story.said["import"].partition("To know\n")[2].partition("Written:")[0]
    ids = r"\b(vpc|sg|subnet|rtb|igw|tn|AKIA)-?[0-9A-Za-z]+"
    assert re.sub(ids, r"\1-0", told) == snapshot


@pytest.fixture(scope="module")
def executed(story: Adoption) -> Adoption:
    """The account in which the next change is executed as well."""
    review = Review.model_validate_json(story.said["json"])
    types = [f"--type={name}" for name in review.guarded]
    story.run("approve-next", "groundwork", "changes", "approve", *types)
    story.run("execute-next", "groundwork", "changes", "execute")
    return story


@pytest.mark.parametrize("story", ["everything"], indirect=True)
class TestWhatTheNextChangeLeaves:
    """The account with every option."""

    def test_a_change_of_password_is_announced(self, executed: Adoption) -> None:
        text = "the password changes: clients with the old one cannot connect"
        assert text in executed.said["next"]

    def test_what_was_imported_and_changed_is_as_declared(self, executed: Adoption) -> None:
        """But for what somebody made beside it, which stays."""
        assert executed.inside
        drift = json.loads(executed.inside.run("drift", "--json").output)
        assert [change for change in drift["changes"] if change["reversible"]] == []
        assert drift["unasked"] == []

    def test_the_log_that_rds_began_goes_on_and_has_an_end(self, executed: Adoption) -> None:
        logs = executed.client("logs")
        for database in ("instance/orders", "cluster/catalogue"):
            prefix = f"/aws/rds/{database}/"
            (group,) = logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
            assert group["retentionInDays"] == 90

    def test_the_key_that_was_made_by_hand_goes_on_working(self, executed: Adoption) -> None:
        use(executed)

    def test_a_database_that_was_protected_stays_protected(self, executed: Adoption) -> None:
        rds = executed.client("rds")
        (instance,) = rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"]
        (cluster,) = rds.describe_db_clusters(DBClusterIdentifier="catalogue")["DBClusters"]
        assert instance["DeletionProtection"]
        assert cluster["DeletionProtection"]

    def test_tags_and_objects_of_others_are_still_there(self, executed: Adoption) -> None:
        iam, s3, ec2 = (executed.client(name) for name in ("iam", "s3", "ec2"))
        assert s3.get_object(Bucket="shop-archive", Key="main/backup")["Body"].read() == b"a backup"
        (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.40.0.0/16"]}])["Vpcs"]
        bucket = s3.get_bucket_tagging(Bucket="shop-archive")["TagSet"]
        for tags in (vpc["Tags"], iam.list_user_tags(UserName="orders")["Tags"], bucket):
            assert {"Key": "owner", "Value": "ann"} in tags
