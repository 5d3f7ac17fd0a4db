"""The types of resources that a review understands: all that our stacks can have, and some more.

A type that does not stand here may hold data or open anything: it is said and has to be typed.
"""

from __future__ import annotations

from collections.abc import Mapping

from runbook.changes.access.identities import NAMES as IDENTITIES
from runbook.changes.access.resource_policies import POLICIES, READERS
from runbook.changes.verdict import HOLDS_DATA
from settings.contract import CustomType

GUARDS: Mapping[str, str] = {
    "AWS::CloudTrail::Trail": "what is done in the account is no longer recorded by it",
    "AWS::CloudWatch::Alarm": "nobody is alarmed by it any more",
    "AWS::EC2::FlowLog": "connections are no longer recorded as before",
    "AWS::Events::Rule": "what it started no longer starts by itself",
    "AWS::Lambda::EventInvokeConfig": "runs that fail are repeated as AWS does by default",
    "AWS::Logs::LogGroup": "its log events are deleted",
    "AWS::Logs::MetricFilter": "what it counted is counted no longer",
    "AWS::SES::ConfigurationSetEventDestination": "nobody is told of its events any more",
    "AWS::SNS::Topic": "nobody is told by it any more",
    "AWS::SQS::Queue": "its messages are deleted, and what came to it has nowhere to go",
    "AWS::SNS::Subscription": "whoever it told is told no longer",
    "AWS::SecretsManager::RotationSchedule": "the secret is no longer rotated by itself",
    "AWS::StepFunctions::StateMachine": "what it did is done no longer",
    "AWS::Scheduler::Schedule": "what it started no longer starts by itself",
    CustomType.DELETION_PROTECTION: (
        "no stack sets the database's protection against deletion any more: it stays as it is"
    ),
}
"""What watches over something, and what its removal means while that something stays."""

_OPENING = {
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::UserToGroupAddition",
}
"""What is read where access is compared, besides what has a policy of its own."""

_NEITHER = {
    "AWS::CDK::Metadata",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::RouteTable",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCCidrBlock",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::KMS::Alias",
    "AWS::RDS::DBClusterParameterGroup",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBProxyEndpoint",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::Route53::RecordSet",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::EmailIdentity",
    "AWS::SES::ReceiptRule",
    "AWS::SES::ReceiptRuleSet",
    "AWS::SES::Tenant",
    "AWS::SSM::Document",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::SecretTargetAttachment",
    CustomType.ACCESS_KEY,
    CustomType.ACCOUNT_SUPPRESSION,
    CustomType.ACTIVE_RULE_SET,
    CustomType.IDENTITY_FEEDBACK,
    CustomType.PRODUCTION_ACCESS,
    CustomType.PROXY_TARGETS,
}
"""What neither holds data nor opens anything by itself."""

KNOWN = frozenset({*HOLDS_DATA, *GUARDS, *IDENTITIES, *POLICIES, *READERS, *_OPENING, *_NEITHER})
