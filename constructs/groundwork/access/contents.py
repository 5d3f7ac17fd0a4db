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
  {
    'name': $order.name,
    'fit': true,
    'plain': $count($changes[ResourceType in $nested]) = 0
      and $not($exists($states.result.NextToken)),
    'changed': [$changes[$not(Action in ['Add', 'Import'])].LogicalResourceId],
    'lost': [$changes[PolicyAction in $lost and ResourceType in $keeping].{
      'stack': $order.stack, 'region': $order.region, 'id': LogicalResourceId
    }]
  }
)"""
"""Step Functions takes 256 KiB of an answer, CloudFormation pages after 1 MB: more never passes."""
METADATA = "$states.result.StackResourceDetail.Metadata"
IS_KEPT = f"{{'kept': $exists({METADATA}) and $parse({METADATA}).{KEEP_DATA} = true}}"


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
        "Nothing is lost": _pass("$merge([$states.input, {'keeps': true}])"),
        "Is it to be kept?": each("$states.input.lost", lost, "asked", "Is all of it kept?"),
        "Is all of it kept?": _pass(
            "$merge([$states.input, {'keeps': $count($states.input.asked[kept]) = 0}])"
        ),
    }


def _reading(calls: Calls, suffix: str) -> States:
    look = f"Look into the change set{suffix}"
    return {
        f"Find the change set{suffix}": calls.call(
            "listChangeSets", {"StackName": "stack"}, FIT, f"Is it fit?{suffix}", suffix=suffix
        ),
        f"Is it fit?{suffix}": choice({look: "$states.input.fit"}, "It cannot be executed"),
        look: calls.call(
            "describeChangeSet",
            {"StackName": "stack", "ChangeSetName": "change_set"},
            HELD,
            "Would any data be lost?",
            suffix=suffix,
        ),
    }


def _pass(output: str) -> State:
    return {"Type": "Pass", "Output": jsonata(output), "End": True}
