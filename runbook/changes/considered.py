"""The properties of each known type whose change is judged, or does no harm by itself.

A property that does not stand here, nor in a table of what follows, may do anything: a change of it
is said and has to be typed. What holds data is judged property by property in `consequences` when
it changes; here stands what only a new one is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbook.changes.access.resource_policies import POLICIES
from runbook.changes.consequences.judge import KINDS
from runbook.changes.consequences.watching import LIMITS, WATCHED
from runbook.changes.destinations import WAYS
from runbook.changes.kinds import KNOWN
from runbook.changes.runs import CODE, MACHINE
from runbook.changes.template.values import Template
from runbook.changes.verdict import holds_data
from settings.contract import CustomType

_CUSTOM = ("SavedState", "ServiceTimeout", "ServiceToken")
"""Of every resource of ours: CloudFormation refuses another function for one that is there."""
_RULE = ("CidrIp", "CidrIpv6", "Description", "FromPort", "GroupId", "IpProtocol", "ToPort")
_POLICY = ("Groups", "PolicyDocument", "PolicyName", "Roles", "Users")
_PERMISSION = (
    "Action",
    "EventSourceToken",
    "FunctionName",
    "FunctionUrlAuthType",
    "Principal",
    "PrincipalOrgID",
    "SourceAccount",
    "SourceArn",
)

PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "AWS::CDK::Metadata": ("Analytics",),
    "AWS::CloudTrail::Trail": ("CloudWatchLogsRoleArn", "TrailName"),
    "AWS::CloudWatch::Alarm": ("AlarmDescription", "AlarmName", "OKActions", *LIMITS, *WATCHED),
    "AWS::EC2::FlowLog": (
        "DeliverLogsPermissionArn",
        "LogDestination",
        "LogDestinationType",
        "MaxAggregationInterval",
        "ResourceId",
        "ResourceType",
        "TrafficType",
    ),
    "AWS::EC2::Instance": (
        "CreditSpecification",
        "IamInstanceProfile",
        "NetworkInterfaces",
        "SecurityGroupIds",
    ),
    "AWS::EC2::NetworkAcl": ("VpcId",),
    "AWS::EC2::NetworkAclEntry": (
        "CidrBlock",
        "Egress",
        "Ipv6CidrBlock",
        "NetworkAclId",
        "Protocol",
        "RuleAction",
        "RuleNumber",
    ),
    "AWS::EC2::Route": (
        "DestinationCidrBlock",
        "DestinationIpv6CidrBlock",
        "GatewayId",
        "NatGatewayId",
        "RouteTableId",
        "VpcPeeringConnectionId",
    ),
    "AWS::EC2::RouteTable": ("VpcId",),
    "AWS::EC2::SecurityGroup": (
        "GroupDescription",
        "GroupName",
        "SecurityGroupEgress",
        "SecurityGroupIngress",
        "VpcId",
    ),
    "AWS::EC2::SecurityGroupEgress": (
        *_RULE,
        "DestinationPrefixListId",
        "DestinationSecurityGroupId",
    ),
    "AWS::EC2::SecurityGroupIngress": (
        *_RULE,
        "SourcePrefixListId",
        "SourceSecurityGroupId",
        "SourceSecurityGroupName",
    ),
    "AWS::EC2::Subnet": (
        "AssignIpv6AddressOnCreation",
        "AvailabilityZone",
        "CidrBlock",
        "Ipv6CidrBlock",
        "MapPublicIpOnLaunch",
        "VpcId",
    ),
    "AWS::EC2::SubnetRouteTableAssociation": ("RouteTableId", "SubnetId"),
    "AWS::EC2::VPC": ("CidrBlock",),
    "AWS::EC2::VPCCidrBlock": ("AmazonProvidedIpv6CidrBlock", "VpcId"),
    "AWS::EC2::VPCEndpoint": ("ServiceName", "VpcEndpointType", "VpcId"),
    "AWS::EC2::VPCGatewayAttachment": ("InternetGatewayId", "VpcId"),
    "AWS::Events::EventBusPolicy": ("StatementId",),
    "AWS::Events::Rule": ("Description", "Name"),
    "AWS::IAM::Group": ("GroupName", "ManagedPolicyArns", "Policies"),
    "AWS::IAM::GroupPolicy": ("GroupName", "PolicyDocument", "PolicyName"),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", "Roles"),
    "AWS::IAM::ManagedPolicy": (*_POLICY, "Description", "ManagedPolicyName", "Path"),
    "AWS::IAM::OIDCProvider": ("ClientIdList", "Url"),
    "AWS::IAM::Policy": _POLICY,
    "AWS::IAM::Role": (
        "Description",
        "ManagedPolicyArns",
        "PermissionsBoundary",
        "Policies",
        "RoleName",
    ),
    "AWS::IAM::RolePolicy": ("PolicyDocument", "PolicyName", "RoleName"),
    "AWS::IAM::User": (
        "Groups",
        "LoginProfile",
        "ManagedPolicyArns",
        "PermissionsBoundary",
        "Policies",
        "UserName",
    ),
    "AWS::IAM::UserPolicy": ("PolicyDocument", "PolicyName", "UserName"),
    "AWS::IAM::UserToGroupAddition": ("GroupName", "Users"),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Lambda::EventInvokeConfig": ("Qualifier",),
    "AWS::Lambda::Function": ("Description", "FunctionName", "Role"),
    "AWS::Lambda::LayerVersionPermission": (
        "Action",
        "LayerVersionArn",
        "OrganizationId",
        "Principal",
    ),
    "AWS::Lambda::Permission": _PERMISSION,
    "AWS::Lambda::Url": ("AuthType", "TargetFunctionArn"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Logs::MetricFilter": ("FilterName",),
    "AWS::Logs::ResourcePolicy": ("PolicyName",),
    "AWS::RDS::DBCluster": (
        "DBClusterIdentifier",
        "DBSubnetGroupName",
        "DatabaseName",
        "Engine",
        "KmsKeyId",
        "MasterUsername",
        "StorageEncrypted",
    ),
    "AWS::RDS::DBClusterParameterGroup": ("DBClusterParameterGroupName", "Description", "Family"),
    "AWS::RDS::DBInstance": (
        "AvailabilityZone",
        "DBClusterIdentifier",
        "DBInstanceIdentifier",
        "DBName",
        "DBSubnetGroupName",
        "Engine",
        "KmsKeyId",
        "MasterUsername",
        "SourceDBInstanceIdentifier",
        "SourceRegion",
        "StorageEncrypted",
    ),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName", "Description", "Family"),
    "AWS::RDS::DBProxy": (
        "DBProxyName",
        "EndpointNetworkType",
        "EngineFamily",
        "IdleClientTimeout",
        "RoleArn",
        "TargetConnectionNetworkType",
        "VpcSecurityGroupIds",
        "VpcSubnetIds",
    ),
    "AWS::RDS::DBProxyEndpoint": (
        "DBProxyEndpointName",
        "DBProxyName",
        "EndpointNetworkType",
        "VpcSecurityGroupIds",
        "VpcSubnetIds",
    ),
    "AWS::RDS::DBProxyTargetGroup": ("DBProxyName", "TargetGroupName"),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupDescription", "DBSubnetGroupName"),
    "AWS::Route53::RecordSet": ("HostedZoneId", "Name", "ResourceRecords", "TTL", "Type"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::SES::ConfigurationSet": ("Name",),
    "AWS::SES::EmailIdentity": ("EmailIdentity",),
    "AWS::SES::ReceiptRule": ("RuleSetName",),
    "AWS::SES::ReceiptRuleSet": ("RuleSetName",),
    "AWS::SES::Tenant": ("TenantName",),
    "AWS::SNS::Subscription": ("Endpoint", "Protocol", "TopicArn"),
    "AWS::SNS::Topic": ("DisplayName", "TopicName"),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SSM::Document": ("DocumentFormat", "DocumentType", "Name", "UpdateMethod"),
    "AWS::SSM::Parameter": ("Name", "Type"),
    "AWS::Scheduler::Schedule": ("Description", "FlexibleTimeWindow", "Name"),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::SecretsManager::RotationSchedule": (
        "RotateImmediatelyOnUpdate",
        "SecretId",
    ),
    "AWS::SecretsManager::SecretTargetAttachment": ("TargetType",),
    "AWS::StepFunctions::StateMachine": (
        *MACHINE,
        "RoleArn",
        "StateMachineName",
        "TracingConfiguration",
    ),
    CustomType.ACCESS_KEY: (*_CUSTOM, "Template"),
    CustomType.ACCOUNT_SUPPRESSION: _CUSTOM,
    CustomType.ACTIVE_RULE_SET: _CUSTOM,
    CustomType.DELETION_PROTECTION: (*_CUSTOM, "Identifier", "Kind"),
    CustomType.IDENTITY_FEEDBACK: _CUSTOM,
    CustomType.PRODUCTION_ACCESS: (*_CUSTOM, "Request"),
    CustomType.PROXY_TARGETS: _CUSTOM,
}
"""What is read where access, destinations or alarms are compared, and names and descriptions."""


def not_considered(before: Template | None, after: Template | None) -> Iterator[str]:
    """Yield the properties that are set or changed without being judged anywhere."""
    kind = str((after or {}).get("Type"))
    judged_whole = kind in KINDS and KINDS[kind].whole and holds_data(before)
    if after is None or kind not in KNOWN or judged_whole:
        return
    old, new = (before or {}).get("Properties", {}), after.get("Properties", {})
    known = {*_considered(kind)}
    yield from sorted(
        key for key in {*old, *new} if key not in known and old.get(key) != new.get(key)
    )


def _considered(kind: str) -> Iterator[str]:
    yield "Tags"
    yield from PROPERTIES.get(kind, ())
    yield from CODE.get(kind, ())
    if consequences := KINDS.get(kind):
        yield from consequences.rules
    if policy := POLICIES.get(kind):
        yield from policy
    if way := WAYS.get(kind):
        yield from (path.partition(".")[0] for path in (*way.to, way.of))
