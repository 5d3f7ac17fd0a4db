"""What AWS does and ministack does not, one module a gap, in a folder for its service.

Each module has a `GAP`, which says what AWS does and on which page, and an `install` that extends
ministack. Each has a test that fails as soon as ministack closes the gap itself: then both go.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from embedded.gaps.gap import Gap

GAPS = (
    "cloudcontrol.resources",
    "cloudformation.account_limits",
    "cloudformation.asynchronous_execution",
    "cloudformation.change_set_contents",
    "cloudformation.change_set_permissions",
    "cloudformation.change_sets_by_arn",
    "cloudformation.cleanup_phase",
    "cloudformation.custom_resources",
    "cloudformation.drift_aware",
    "cloudformation.drift_detection",
    "cloudformation.early_validation",
    "cloudformation.failed_custom_resources",
    "cloudformation.imports",
    "cloudformation.replacements",
    "cloudformation.ssm_references",
    "cloudformation.stack_policies",
    "cloudformation.taken_names",
    "cloudtrail.trails",
    "cloudwatch.alarm_evaluation",
    "cloudwatch.alarm_events",
    "cloudwatch.alarms",
    "cloudwatch.metric_namespaces",
    "ec2.flow_logs",
    "ec2.instances",
    "ec2.ipv6",
    "ec2.public_images",
    "ec2.security_group_rules",
    "ecs.service_ages",
    "ecs.service_permissions",
    "eventbridge.log_targets",
    "eventbridge.state_machine_targets",
    "iam.groups",
    "iam.instance_profile_ref",
    "iam.oidc_providers",
    "iam.policy_principals",
    "iam.policy_simulation",
    "iam.policy_sizes",
    "iam.policy_variables",
    "iam.principal_arn",
    "iam.role_boundaries",
    "iam.root_denials",
    "iam.root_sessions",
    "iam.trusted_principals",
    "lambda_.function_networks",
    "logs.log_group_names",
    "pricing.products",
    "rds.account_quotas",
    "rds.databases",
    "rds.deletion_protection",
    "rds.in_use",
    "rds.instance_classes",
    "rds.managed_passwords",
    "rds.parameter_values",
    "rds.permissions",
    "rds.proxies",
    "rds.replicas",
    "rds.restores",
    "rds.versions",
    "rdsdata.statements",
    "s3.batch_deletions",
    "s3.bucket_deletion",
    "s3.bucket_properties",
    "s3.conditional_writes",
    "s3.managed_key",
    "s3.uploads",
    "secretsmanager.generated_passwords",
    "secretsmanager.policy_size",
    "secretsmanager.resource_policies",
    "secretsmanager.rotation",
    "secretsmanager.secret_ref",
    "servicequotas.quotas",
    "ses.account_suppression",
    "ses.authorization",
    "ses.configuration_sets",
    "ses.dkim_records",
    "ses.event_publishing",
    "ses.identity_feedback",
    "ses.identity_notifications",
    "ses.identity_policies",
    "ses.identity_settings",
    "ses.quotas",
    "ses.receipt_rules",
    "ses.receiving",
    "ses.regions",
    "ses.tenant_sending",
    "ses.tenants",
    "ses.verification",
    "ses.verified_addresses",
    "ses.well_formed_messages",
    "sns.default_policies",
    "ssm.documents",
    "stepfunctions.metrics",
    "stepfunctions.service_calls",
    "stepfunctions.started_again",
    "stepfunctions.stopped",
    "stepfunctions.timeouts",
)


def install() -> None:
    """Extend the ministack of this process, once, before it serves."""
    for name in GAPS:
        import_module(f"{__name__}.{name}").install()


def declared() -> Iterator[tuple[str, Gap]]:
    """Each gap's name and what it says of itself. Importing the modules imports ministack."""
    for name in GAPS:
        yield name, import_module(f"{__name__}.{name}").GAP
