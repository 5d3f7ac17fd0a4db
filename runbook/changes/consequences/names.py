"""Names that the file gives to resources: while one is taken, no second resource can have it.

CloudFormation makes the new resource before it deletes the old one. So it refuses to replace what
keeps a name of its own: "CloudFormation cannot update a stack when a custom-named resource requires
replacing". <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>
"""

from __future__ import annotations

from collections.abc import Mapping

from runbook.changes.template.values import COMPUTED, Template

NAMES: Mapping[str, tuple[str, ...]] = {
    "AWS::CloudTrail::Trail": ("TrailName",),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::EC2::SecurityGroup": ("VpcId", "GroupName"),
    "AWS::EC2::Subnet": ("VpcId", "CidrBlock"),
    "AWS::Events::Rule": ("Name",),
    "AWS::IAM::Group": ("GroupName",),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::OIDCProvider": ("Url",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::IAM::User": ("UserName",),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Logs::ResourcePolicy": ("PolicyName",),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier",),
    "AWS::RDS::DBClusterParameterGroup": ("DBClusterParameterGroupName",),
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier",),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName",),
    "AWS::RDS::DBProxy": ("DBProxyName",),
    "AWS::RDS::DBProxyEndpoint": ("DBProxyEndpointName",),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName",),
    "AWS::Route53::RecordSet": ("HostedZoneId", "Name", "Type"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SES::ConfigurationSet": ("Name",),
    "AWS::SES::EmailIdentity": ("EmailIdentity",),
    "AWS::SES::ReceiptRuleSet": ("RuleSetName",),
    "AWS::SES::Tenant": ("TenantName",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SSM::Document": ("Name",),
    "AWS::SSM::Parameter": ("Name",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
}

IDENTITY: Mapping[str, int] = {
    "AWS::EC2::SecurityGroup": 1,
    "AWS::EC2::Subnet": 1,
    "AWS::Route53::RecordSet": 1,
}
"""The position of the part that a person knows the resource by; 0 unless it stands here."""


def name_of(resource: Template | None) -> str:
    """Return the name that a resource takes for itself, "" when CloudFormation makes one up."""
    properties = (resource or {}).get("Properties", {})
    parts = [properties.get(key) for key in NAMES.get(str((resource or {}).get("Type")), ())]
    if not parts or not all(isinstance(part, str) and COMPUTED not in part for part in parts):
        return ""
    return " ".join(map(str, parts))
