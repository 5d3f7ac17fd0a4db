"""Names that are taken: by another stack, by hand, or by what a failed deployment left behind."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Created, Properties, account, region, service, stacks
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A resource whose name is taken is not created: the stack rolls back.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "troubleshooting.html#troubleshooting-errors"
    ),
    ministack="For most types it takes over, in silence, what has the name.",
    effect=Effect.STRICTER,
)
# The property that names a resource, and where ministack keeps what is there: service and store.
NAMES = {
    "AWS::CloudTrail::Trail": ("TrailName", "cloudtrail", "_trails"),
    "AWS::CloudWatch::Alarm": ("AlarmName", "cloudwatch", "_alarms"),
    "AWS::IAM::Group": ("GroupName", "iam", "_groups"),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName", "iam", "_instance_profiles"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "iam", "_policies"),
    "AWS::IAM::Role": ("RoleName", "iam", "_roles"),
    "AWS::IAM::User": ("UserName", "iam", "_users"),
    "AWS::Lambda::Function": ("FunctionName", "lambda_svc", "_functions"),
    "AWS::Logs::LogGroup": ("LogGroupName", "cloudwatch_logs", "_log_groups"),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier", "rds", "_clusters"),
    "AWS::RDS::DBClusterParameterGroup": (
        "DBClusterParameterGroupName",
        "rds",
        "_db_cluster_param_groups",
    ),
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier", "rds", "_instances"),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName", "rds", "_param_groups"),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName", "rds", "_subnet_groups"),
    "AWS::S3::Bucket": ("BucketName", "s3", "_buckets"),
    "AWS::SES::ConfigurationSet": ("Name", "ses_v2", "_config_sets"),
    "AWS::SES::EmailIdentity": ("EmailIdentity", "ses_v2", "_identities"),
    "AWS::SES::ReceiptRuleSet": ("RuleSetName", "ses", "_receipt_rule_sets"),
    "AWS::SNS::Topic": ("TopicName", "sns", "_topics"),
    "AWS::SSM::Parameter": ("Name", "ssm", "_parameters"),
    "AWS::SecretsManager::Secret": ("Name", "secretsmanager", "_secrets"),
}
# What ministack keeps by ARN.
ARNS = {
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{account}:policy/{name}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
}
OF_RDS = "AWS::RDS::"


def install() -> None:
    """Look before a resource is created that a stack does not have yet."""
    provision = stacks._provision_resource

    def provision_resource(
        resource_type: str, logical_id: str, properties: Properties, *rest: Any
    ) -> Created:
        conflict = taken(resource_type, properties)
        if conflict:
            raise ValueError(
                f'Resource handler returned message: "{conflict}" (HandlerErrorCode: AlreadyExists)'
            )
        created: Created = provision(resource_type, logical_id, properties, *rest)
        return created

    stacks._provision_resource = provision_resource


def taken(resource_type: str, properties: Properties) -> str | None:
    """CloudFormation's words for a name that these properties would take a second time."""
    if resource_type not in NAMES:
        return None
    property_name, service_name, store = NAMES[resource_type]
    name = properties.get(property_name)
    if not isinstance(name, str) or not _exists(resource_type, name, service_name, store):
        return None
    return f"Resource of type '{resource_type}' with identifier '{name}' already exists."


def _exists(resource_type: str, name: str, service_name: str, store: str) -> bool:
    if resource_type.startswith(OF_RDS):
        name = name.lower()
    key = ARNS.get(resource_type, "{name}").format(account=account(), region=region(), name=name)
    return key in getattr(service(service_name), store)
