from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import Any

import cfnlint
import pytest
from aws_cdk.assertions import Match, Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from settings.models.settings import MOST_REGIONS
from settings.values.regions import REGIONS
from tests.conftest import ROOT, templates_of

Templates = Callable[[str], dict[str, Template]]

ACCESS = """
access:
  author: {github: ["repo:example/infrastructure:pull_request"]}
  approver: {github: ["repo:example/infrastructure:environment:production"]}
"""
STACK = "access-us-east-1"


def statements(template: Template) -> list[dict[str, Any]]:
    """Every statement of the roles' policies."""
    policies = template.find_resources("AWS::IAM::ManagedPolicy").values()
    return [s for p in policies for s in p["Properties"]["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture
def template(example_templates: dict[str, Template]) -> Template:
    return example_templates[STACK]


def test_the_example_is_deployed_as_it_was_reviewed(
    template: Template, snapshot: SnapshotAssertion
) -> None:
    assert template.to_json() == snapshot(extension_class=JSONSnapshotExtension)


def test_a_file_without_access_has_no_access_stack(templates: Templates) -> None:
    assert STACK not in templates("backup: {buckets: {a-bucket: {}}}")


READING = r"[a-z0-9]+:(Describe|Get|List|BatchDescribe|Simulate|Detect)[A-Za-z*]*"


def test_only_reading_has_wildcards_or_is_on_everything(template: Template) -> None:
    for statement in statements(template):
        actions = listed(statement["Action"])
        wide = [action for action in actions if "*" in action or statement["Resource"] == "*"]
        assert all(re.fullmatch(READING, action) for action in wide)


def allowed(template: Template, role: str) -> list[str]:
    """The actions of a role on anything at all."""
    policies = template.find_resources("AWS::IAM::ManagedPolicy")
    named = "executionrolepolicy" if role == "executor" else f"roles{role}policy"
    (policy,) = [p for name, p in policies.items() if name.startswith(named)]
    found = policy["Properties"]["PolicyDocument"]["Statement"]
    return [action for statement in found for action in listed(statement["Action"])]


def matches(action: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


VALUES = (
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "ses:GetArchiveMessage",
    "ses:GetArchiveMessageContent",
    "ses:GetMessageInsights",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
    "rds:DownloadDBLogFilePortion",
    "rds-data:ExecuteStatement",
    "sqs:ReceiveMessage",
    "kms:Decrypt",
    "ec2:GetPasswordData",
    "ecs:DescribeTaskDefinition",  # with its variables
    "lambda:Invoke",
    "ssm:ListCommandInvocations",
)


@pytest.mark.parametrize("role", ["author", "approver", "reader", "executor"])
def test_no_role_reads_a_secret_a_mail_or_a_log(template: Template, role: str) -> None:
    assert not [action for action in VALUES if matches(action, allowed(template, role))]


UNREAD = {
    "secretsmanager:GetSecretValue",  # no role may, and AWS says of a secret all but its value
    "kms:Decrypt",  # of a function's variables, under a key of one's own: ours have none
    "iam:PassRole",  # asked of whoever reads a rule of EventBridge that names a role: ours do not
}


def read_handlers() -> dict[str, list[str]]:
    """What CloudFormation's registry says that reading a resource of each type takes."""
    folder = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
    schemas = (json.loads(file.read_text()) for file in folder.glob("*.json"))
    return {
        schema["typeName"]: schema.get("handlers", {}).get("read", {}).get("permissions", [])
        for schema in schemas
        if "typeName" in schema
    }


@pytest.mark.parametrize("role", ["author", "approver", "reader", "executor"])
def test_what_drift_detection_reads_of_every_type_that_we_deploy_is_allowed(
    role: str, template: Template
) -> None:
    everything = templates_of((ROOT / "tests" / "settings" / "everything.yaml").read_text())
    types = {
        resource["Type"]
        for found in everything.values()
        for resource in found.to_json()["Resources"].values()
    }
    needed = {
        action for kind, actions in read_handlers().items() if kind in types for action in actions
    }
    assert len(needed) > 80
    assert not {a for a in needed - UNREAD if not matches(a, allowed(template, role))}


def test_a_role_is_bound_by_its_own_policy_for_sessions_of_an_hour(template: Template) -> None:
    roles = template.find_resources("AWS::IAM::Role").values()
    named = [role["Properties"] for role in roles if "RoleName" in role["Properties"]]
    assert {role["RoleName"].rpartition("-")[2] for role in named} == {
        "approver",
        "author",
        "executor",
        "reader",
    }
    for properties in named:
        assert properties["ManagedPolicyArns"] == [properties["PermissionsBoundary"]]
        assert properties["MaxSessionDuration"] == 3600
        assert "Policies" not in properties


def test_the_roles_reach_the_stacks_of_their_environment_and_regions_only(
    templates: Templates,
) -> None:
    found = templates(
        "environment: test\nbackup: {buckets: {a-bucket: {region: eu-west-2}}}" + ACCESS
    )[STACK]
    (stacks,) = {
        tuple(s["Resource"])
        for s in statements(found)
        if "cloudformation:GetTemplate" in s["Action"]
    }
    assert sorted(stack.rpartition(":")[2] for stack in stacks if ":stack/" in stack) == [
        "stack/test-access-us-east-1*",
        "stack/test-backup-eu-west-2*",
        "stack/test-backup-us-east-1*",
        "stack/test-data-eu-west-2*",
        "stack/test-data-us-east-1*",
        "stack/test-mail-eu-west-2*",
        "stack/test-mail-us-east-1*",
        "stack/test-services-eu-west-2*",
        "stack/test-services-us-east-1*",
    ]
    found.has_resource_properties("AWS::IAM::Role", {"RoleName": "test-groundwork-author"})
    bucket = "test-groundwork-records-123456789012-us-east-1"
    found.has_resource_properties("AWS::S3::Bucket", {"BucketName": bucket})


def test_the_policies_of_a_file_with_many_regions_are_as_long_as_iam_takes(
    templates: Templates,
) -> None:
    longest = sorted(REGIONS, key=len)[-MOST_REGIONS:]
    buckets = ", ".join(f"bucket-{name}: {{region: {name}}}" for name in longest)
    found = templates(
        f"environment: {'e' * 16}\nregion: {longest[0]}\nbackup: {{buckets: {{{buckets}}}}}{ACCESS}"
    )[f"access-{longest[0]}"]
    for policy in found.find_resources("AWS::IAM::ManagedPolicy").values():
        document = json.dumps(policy["Properties"]["PolicyDocument"], separators=(",", ":"))
        assert len(document) <= 6144


def test_records_are_versioned_locked_encrypted_private_and_kept(templates: Templates) -> None:
    found = templates(f"{ACCESS}  records_days: 1000\n")[STACK]
    retention = {"Mode": "GOVERNANCE", "Days": 1000}
    found.has_resource(
        "AWS::S3::Bucket",
        {
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "VersioningConfiguration": {"Status": "Enabled"},
                "ObjectLockEnabled": True,
                "ObjectLockConfiguration": Match.object_like(
                    {"Rule": {"DefaultRetention": retention}}
                ),
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
            },
        },
    )


def test_where_the_records_and_roles_are_is_shown(template: Template) -> None:
    assert sorted(template.find_outputs("*")) == [
        "ApproverRole",
        "AuthorRole",
        "ReaderRole",
        "RecordsBucket",
    ]


def test_a_provider_is_made_for_what_is_trusted_unless_the_account_has_it(
    templates: Templates,
) -> None:
    gitlab = ACCESS.replace(
        'approver: {github: ["repo:example/infrastructure:environment:production"]}',
        'approver: {gitlab: ["project_path:group/project:ref_type:branch:ref:main"]}',
    )

    def urls(text: str) -> list[str]:
        found = templates(text)[STACK].find_resources("AWS::IAM::OIDCProvider")
        return sorted(provider["Properties"]["Url"] for provider in found.values())

    github = "https://token.actions.githubusercontent.com"
    assert urls(ACCESS) == [github]
    assert urls(gitlab) == ["https://gitlab.com", github]
    assert urls(f"{gitlab}  gitlab_host: git.example.org\n") == ["https://git.example.org", github]
    assert urls(f"{ACCESS}  existing_providers: [github]\n") == []


def test_tokens_are_trusted_by_their_provider_audience_and_exact_subject(
    templates: Templates,
) -> None:
    found = templates(f"{ACCESS}  existing_providers: [github]\n")[STACK]
    host = "token.actions.githubusercontent.com"
    found.has_resource_properties(
        "AWS::IAM::Role",
        {
            "RoleName": "groundwork-approver",
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Condition": {
                            "StringEquals": {
                                f"{host}:aud": "sts.amazonaws.com",
                                f"{host}:sub": [
                                    "repo:example/infrastructure:environment:production"
                                ],
                            }
                        },
                        "Effect": "Allow",
                        "Principal": {
                            "Federated": f"arn:aws:iam::123456789012:oidc-provider/{host}"
                        },
                    }
                ],
            },
        },
    )


def definition(template: Template, name: str = "groundwork-execution") -> dict[str, Any]:
    named = {"Properties": {"StateMachineName": name}}
    (machine,) = template.find_resources("AWS::StepFunctions::StateMachine", named).values()
    return dict(machine["Properties"]["Definition"])


def every_state(states: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in states.items():
        yield name, state
        yield from every_state(state.get("ItemProcessor", {}).get("States", {}))


@pytest.mark.parametrize("machine", ["groundwork-execution", "groundwork-guards"])
def test_every_state_has_a_name_of_its_own_and_is_reached(template: Template, machine: str) -> None:
    found = [*every_state(definition(template, machine)["States"])]
    names = [name for name, _ in found]
    assert len(names) == len({*names})
    assert all(len(name) <= 80 for name in names)
    text = json.dumps(definition(template, machine))
    reached = {*re.findall(r'"(?:Next|Default|StartAt)": "([^"]+)"', text)}
    assert reached == {*names}


def test_whatever_fails_after_the_policy_is_lifted_leads_to_the_guards(template: Template) -> None:
    (wave,) = (s for n, s in every_state(definition(template)["States"]) if n == "Execute a wave")
    tasks = {n: s for n, s in wave["ItemProcessor"]["States"].items() if s["Type"] == "Task"}
    assert len(tasks) == 12
    for name, state in tasks.items():
        (caught,) = state["Catch"]
        assert caught["ErrorEquals"] == ["States.ALL"]
        assert caught["Next"].startswith(("Put the guard back", "Protect the stack", "Report"))
        assert name != caught["Next"]


def test_an_execution_that_is_stopped_starts_the_guards(template: Template) -> None:
    (rule,) = template.find_resources("AWS::Events::Rule").values()
    detail = rule["Properties"]["EventPattern"]["detail"]
    assert detail["status"] == ["ABORTED", "FAILED", "TIMED_OUT"]
    (machine,) = detail["stateMachineArn"]
    assert machine.endswith(":stateMachine:groundwork-execution")
    (target,) = rule["Properties"]["Targets"]
    (guards,) = template.find_resources(
        "AWS::StepFunctions::StateMachine",
        {"Properties": {"StateMachineName": "groundwork-guards"}},
    )
    assert target["Arn"] == {"Ref": guards}


def test_a_group_has_a_role_that_may_what_the_approver_may(templates: Templates) -> None:
    group = 'groups: {mail: {items: [mail], principals: ["arn:aws:iam::123456789012:role/post"]}}'
    found = templates(f"environment: test\n{ACCESS}  {group}\n")[STACK]
    assert sorted(allowed(found, "approvermail")) == sorted(allowed(found, "approver"))
    found.has_resource_properties("AWS::IAM::Role", {"RoleName": "test-groundwork-approver-mail"})
    states = definition(found, "test-groundwork-execution")["States"]
    assert "'test-mail-'" in json.dumps(states["Is it approved?"])


@pytest.mark.parametrize(("ok", "words"), [(True, "everything"), (False, "NOT everything")])
def test_the_record_of_a_stopped_execution_says_whether_all_is_guarded(
    template: Template, ok: bool, words: str
) -> None:
    states = definition(template, "groundwork-guards")["States"]
    text = states["Record that it was stopped"]["Arguments"]["Body"]["message"]
    ended = [{"ok": True, "message": "one"}, {"ok": ok, "message": "two is gone"}]
    said = evaluated(text, {"input": {"ended": ended}})
    assert said == f"It was stopped, and {words} is guarded. one two is gone"


@pytest.mark.parametrize("two_people", ["true", "false"])
def test_whether_two_people_are_needed_is_deployed(templates: Templates, two_people: str) -> None:
    found = definition(templates(f"{ACCESS}  two_people: {two_people}\n  approvers: 3")[STACK])
    refusals = found["States"]["Is it approved?"]["Choices"]
    causes = [choice["Next"] for choice in refusals]
    assert ("Whoever prepared a change cannot approve it" in causes) == (two_people == "true")
    assert any("$count($approvers) >= 3" in choice["Condition"] for choice in refusals)


def test_a_file_of_one_region_has_no_function_of_ours(templates: Templates) -> None:
    found = templates(ACCESS)[STACK]
    assert not found.find_resources("AWS::Lambda::Function")
    assert "lambda" not in json.dumps(definition(found))


@pytest.mark.parametrize(
    ("hours", "status", "fit"),
    [(1, "AVAILABLE", True), (25, "AVAILABLE", False), (1, "EXECUTE_COMPLETE", False)],
)
def test_a_change_set_older_than_a_day_is_not_executed(
    template: Template, hours: int, status: str, fit: bool
) -> None:
    states = dict(every_state(definition(template)["States"]))
    made = datetime.now(UTC) - timedelta(hours=hours)
    summary = {
        "ChangeSetId": "arn",
        "Status": "CREATE_COMPLETE",
        "ExecutionStatus": status,
        "CreationTime": f"{made:%Y-%m-%dT%H:%M:%S}.000Z",
    }
    given = {"input": {"change_set": "arn"}, "result": {"Summaries": [summary]}}
    assert evaluated(states["Find the change set"]["Output"], given) == {
        "change_set": "arn",
        "fit": fit,
    }


@pytest.mark.parametrize(
    ("status", "failed", "unknown"),
    [
        ("IN_SYNC", False, []),
        ("NOT_CHECKED", False, []),
        ("UNKNOWN", True, ["data/Bucket"]),
        ("UNKNOWN", False, ["data/Bucket"]),
        ("IN_SYNC", True, ["data/a resource"]),
    ],
)
def test_what_cannot_be_compared_is_not_executed(
    template: Template, status: str, failed: bool, unknown: list[str]
) -> None:
    states = dict(every_state(definition(template)["States"]))
    asked = states["Look at what differs"]["Arguments"]["StackResourceDriftStatusFilters"]
    assert "UNKNOWN" in asked
    drifts = [{"LogicalResourceId": "Bucket", "StackResourceDriftStatus": status}]
    order = {"name": "data", "changed": ["Bucket"], "drifted": ["Bucket"], "failed": failed}
    given = {"input": order, "result": {"StackResourceDrifts": drifts}}
    said = evaluated(states["Look at what differs"]["Output"], given)
    assert said == {"same": not unknown, "changed": [], "unknown": unknown}


def test_what_is_beyond_a_page_cannot_be_compared(template: Template) -> None:
    states = dict(every_state(definition(template)["States"]))
    order = {"name": "data", "changed": ["Bucket"], "drifted": [], "failed": False}
    given = {"input": order, "result": {"StackResourceDrifts": [], "NextToken": "more"}}
    said = evaluated(states["Look at what differs"]["Output"], given)
    assert said == {"same": False, "changed": [], "unknown": ["data/a resource"]}


def test_a_refusal_says_apart_what_was_changed_and_what_cannot_be_compared(
    template: Template,
) -> None:
    states = dict(every_state(definition(template)["States"]))
    changed, unknown = "What the review changes was changed since", "What the review changes cannot"
    compared = [
        {"same": False, "changed": ["data/Bucket.Name"], "unknown": ["data/Topic"]},
        {"same": True, "changed": [], "unknown": []},
    ]
    output = states[changed]["Output"]
    said: Any = evaluated(output, {"input": {"compared": compared}})
    assert said["failure"] == (
        f"{changed}: data/Bucket.Name; {unknown} be compared with what is there: data/Topic"
    )
    alone = {"same": False, "changed": [], "unknown": ["data/Topic"]}
    said = evaluated(output, {"input": {"compared": [alone]}})
    assert said["failure"] == f"{unknown} be compared with what is there: data/Topic"


def test_what_cannot_be_compared_and_is_left_alone_refuses_nothing(template: Template) -> None:
    states = dict(every_state(definition(template)["States"]))
    drifts = [{"LogicalResourceId": "Queue", "StackResourceDriftStatus": "UNKNOWN"}]
    order = {"name": "data", "changed": ["Bucket"], "drifted": [], "failed": True}
    given = {"input": order, "result": {"StackResourceDrifts": drifts}}
    said = evaluated(states["Look at what differs"]["Output"], given)
    assert said == {"same": True, "changed": [], "unknown": []}


def test_a_change_set_that_is_too_large_to_look_at_is_refused(template: Template) -> None:
    """Step Functions takes 256 KiB of an answer; what it fails with then, States.ALL has not."""
    states = dict(every_state(definition(template)["States"]))
    for name in ("Look at the change sets", "Compare with what is there"):
        large, _ = states[name]["Catch"]
        assert large["ErrorEquals"] == ["States.DataLimitExceeded"]
        assert states[large["Next"]]["Default"] == "Refuse"


@pytest.mark.parametrize("nested", [0, 1])
def test_a_change_set_is_looked_into_page_by_page(template: Template, nested: int) -> None:
    """CloudFormation has 100 changes on a page. What was found on the first is not forgotten."""
    states = dict(every_state(definition(template)["States"]))
    look, more = states["Look into the change set"], states["Look at its next page"]
    order = {"name": "data", "stack": "arn", "region": "r", "fit": True, "items": ["x"]}
    first = [
        {"Action": "Modify", "ResourceType": "AWS::SNS::Topic", "LogicalResourceId": "Topic"},
        {"Action": "Add", "ResourceType": "AWS::CloudFormation::Stack", "LogicalResourceId": "N"},
    ]
    last = {
        "Action": "Remove",
        "PolicyAction": "Delete",
        "ResourceType": "AWS::S3::Bucket",
        "LogicalResourceId": "Bucket",
    }
    pages: list[dict[str, Any]] = [
        {"Changes": [{"ResourceChange": one} for one in first[: nested + 1]], "NextToken": "two"},
        {"Changes": [{"ResourceChange": last}]},
    ]
    read: Any = evaluated(look["Output"], {"input": order, "result": pages[0]})
    assert read["page"] == "two"
    assert more["Arguments"]["NextToken"] == "{% $states.input.page %}"
    read = evaluated(more["Output"], {"input": read, "result": pages[1]})
    assert read["page"] == ""
    assert read["lost"] == [{"stack": "arn", "region": "r", "id": "Bucket"}]
    assert evaluated(states["Nothing is lost"]["Output"], {"input": read}) == {
        "name": "data",
        "stack": "arn",
        "region": "r",
        "fit": True,
        "plain": not nested,
        "changed": ["Topic", "Bucket"],
        "keeps": True,
    }


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"Action": "Remove", "PolicyAction": "Delete"}, True),
        ({"Action": "Remove"}, True),
        ({"Action": "Remove", "PolicyAction": "Retain"}, False),
        ({"Action": "Remove", "PolicyAction": "Snapshot"}, False),
        ({"Action": "Modify", "PolicyAction": "ReplaceAndDelete"}, True),
        ({"Action": "Modify", "PolicyAction": "ReplaceAndRetain"}, False),
        ({"Action": "Modify", "Replacement": "False"}, False),
    ],
)
def test_a_database_is_lost_unless_cloudformation_says_that_it_or_a_snapshot_stays(
    template: Template, change: dict[str, str], lost: bool
) -> None:
    states = dict(every_state(definition(template)["States"]))
    change |= {"ResourceType": "AWS::RDS::DBInstance", "LogicalResourceId": "Database"}
    given = {"input": {"stack": "arn"}, "result": {"Changes": [{"ResourceChange": change}]}}
    read: Any = evaluated(states["Look into the change set"]["Output"], given)
    assert [one["id"] for one in read["lost"]] == ["Database"] * lost


def test_a_change_set_without_changes_has_none(template: Template) -> None:
    states = dict(every_state(definition(template)["States"]))
    given = {"input": {"name": "data", "fit": True}, "result": {"Changes": []}}
    read: Any = evaluated(states["Look into the change set"]["Output"], given)
    assert (read["changed"], read["lost"], read["plain"], read["page"]) == ([], [], True, "")
    found: Any = evaluated(states["Nothing is lost"]["Output"], {"input": read})
    assert found["changed"] == []


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ({"GroundworkKeepData": True}, True),
        ({"GroundworkKeepData": "true"}, True),
        ({"GroundworkKeepData": False}, False),
        ({"GroundworkKeepData": "false"}, False),
        ({"aws:cdk:path": "data/Bucket"}, False),
        (None, False),
    ],
)
def test_data_is_kept_also_where_cloudformation_says_so_in_text(
    template: Template, metadata: dict[str, object] | None, kept: bool
) -> None:
    states = dict(every_state(definition(template)["States"]))
    detail = {} if metadata is None else {"Metadata": json.dumps(metadata)}
    given = {"input": {}, "result": {"StackResourceDetail": detail}}
    # JSONata's own function reads JSON as the one does that only Step Functions has.
    output = states["Look at what would be lost"]["Output"].replace("$parse", "$eval")
    assert evaluated(output, given) == {"kept": kept}


def test_a_comparison_that_failed_is_known_to_have(template: Template) -> None:
    states = dict(every_state(definition(template)["States"]))
    given = {"input": {}, "result": {"DetectionStatus": "DETECTION_FAILED"}}
    said = evaluated(states["Look at the comparison"]["Output"], given)
    assert said == {"detecting": False, "failed": True}


def evaluated(text: str, given: Mapping[str, object]) -> object:
    expression = text.removeprefix("{%").removesuffix("%}")
    return import_module("jsonata").Jsonata.jsonata(expression).evaluate(None, {"states": given})
