"""What a change set holds, read by AWS itself before it is executed.

The template that CloudFormation executes is fixed once a change set is made, but for nested stacks:
their templates are read from S3 while they are executed. So none passes. What is changed is told by
the logical ids of what is there, which nobody can choose any more; and what would be deleted is
asked for `keep_data`, as it was deployed.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html>
"""

from __future__ import annotations

from groundwork.access.calls import ELSEWHERE, Calls
from groundwork.kit.states import State, States, choice, each, jsonata
from settings.contract import KEEP_DATA

DAY_MILLISECONDS = 24 * 60 * 60 * 1000
"""How old a change set may be, by CloudFormation's own word."""
FIT = f"""(
  $found := $states.result.Summaries[ChangeSetId = $states.input.change_set];
  $merge([$states.input, {{'fit': $exists($found) and $found.Status = 'CREATE_COMPLETE'
    and $found.ExecutionStatus = 'AVAILABLE'
    and $millis() - $toMillis($found.CreationTime) < {DAY_MILLISECONDS}}}])
)"""
HELD = """(
  $order := $states.input;
  $changes := [$states.result.Changes.ResourceChange];
  $nested := ['AWS::CloudFormation::Stack', 'AWS::CloudFormation::StackSet'];
  $keeping := ['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance', 'AWS::S3::Bucket'];
  $lost := ['Delete', 'ReplaceAndDelete'];
  $merge([$order, {
    'plain': $not($order.plain = false) and $count($changes[ResourceType in $nested]) = 0,
    'changed': [
      $order.changed, $changes[$not(Action in ['Add', 'Import'])].LogicalResourceId
    ],
    'lost': [$order.lost, $changes[ResourceType in $keeping and (PolicyAction in $lost
        or Action = 'Remove' and $not($exists(PolicyAction)))].{
      'stack': $order.stack, 'region': $order.region, 'id': LogicalResourceId
    }],
    'page': $exists($states.result.NextToken) ? $states.result.NextToken : ''
  }])
)"""
"""What one page holds, with what the pages before it did: CloudFormation has 100 changes on each.

What is removed without a word of what becomes of it counts as lost. Step Functions takes 256 KiB of
an answer: a page that is longer never passes."""
FOUND = """$sift($states.input, function($_, $key) {
  $key in ['name', 'stack', 'region', 'drifted', 'fit', 'plain', 'changed']
})"""
METADATA = "$states.result.StackResourceDetail.Metadata"
KEPT = f"$parse({METADATA}).{KEEP_DATA}"
IS_KEPT = f"{{'kept': $exists({METADATA}) and $string({KEPT}) = 'true'}}"
"""CloudFormation hands values of a template on as text in places: both are kept."""


def looking(calls: Calls) -> States:
    """Return the states that look at one stack's change set. Their input is the stack's order."""
    none = "{'name': $states.input.name, 'fit': false, 'plain': true, 'keeps': true}"
    lost = calls.alone(
        {
            "Look at what would be lost": (
                "describeStackResource",
                {"StackName": "stack", "LogicalResourceId": "id"},
                IS_KEPT,
            )
        }
    )
    return {
        **calls.both(_reading(calls, ""), _reading(calls, ELSEWHERE)),
        "It cannot be executed": _pass(none),
        "Would any data be lost?": choice(
            {"Nothing is lost": "$string($states.input.lost) = '[]'"}, "Is it to be kept?"
        ),
        "Nothing is lost": _pass(f"$merge([{FOUND}, {{'keeps': true}}])"),
        "Is it to be kept?": each("$states.input.lost", lost, "asked", "Is all of it kept?"),
        "Is all of it kept?": _pass(
            f"$merge([{FOUND}, {{'keeps': $count($states.input.asked[kept]) = 0}}])"
        ),
    }


def _reading(calls: Calls, suffix: str) -> States:
    look, next_page = f"Look into the change set{suffix}", f"Look at its next page{suffix}"
    read_all = f"Is all of it read?{suffix}"
    named = {"StackName": "stack", "ChangeSetName": "change_set"}
    return {
        f"Find the change set{suffix}": calls.call(
            "listChangeSets", {"StackName": "stack"}, FIT, f"Is it fit?{suffix}", suffix=suffix
        ),
        f"Is it fit?{suffix}": choice({look: "$states.input.fit"}, "It cannot be executed"),
        look: calls.call("describeChangeSet", named, HELD, read_all, suffix=suffix),
        read_all: choice({next_page: "$states.input.page != ''"}, "Would any data be lost?"),
        next_page: calls.call(
            "describeChangeSet", {**named, "NextToken": "page"}, HELD, read_all, suffix=suffix
        ),
    }


def _pass(output: str) -> State:
    return {"Type": "Pass", "Output": jsonata(output), "End": True}
