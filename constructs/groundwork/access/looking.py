"""What every role may see of the account: how things are set, never what they hold.

`status`, `drift`, `adopt` and `doctor` read it. Drift detection and Cloud Control read a resource
with the permissions of whoever asks; AWS adds to what they need whenever a type gets a property, so
the services whose reads are all about settings are named whole, as AWS's own SecurityAudit does.
Where a read returns data, as a secret, an object or a mail, the actions are listed one by one.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>
<https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecurityAudit.html>
"""

from __future__ import annotations

SETTINGS = (
    "cloudformation:BatchDescribeTypeConfigurations",
    "cloudformation:DescribeAccountLimits",
    "cloudformation:DescribeStackDriftDetectionStatus",
    "cloudformation:GetResource",
    "cloudformation:ListResources",
    "cloudformation:ListStack*",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEvent*",
    "cloudtrail:GetInsight*",
    "cloudtrail:GetTrail*",
    "cloudtrail:ListTags",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetric*",
    "cloudwatch:ListTags*",
    "ec2:Describe*",
    "events:DescribeRule",
    "events:List*",
    "iam:Get*",
    "iam:List*",
    "iam:SimulatePrincipalPolicy",
    "lambda:ListEvent*",
    "logs:Describe*",
    "logs:GetDataProtectionPolicy",
    "logs:ListTags*",
    "pricing:GetProducts",
    "rds:Describe*",
    "rds:ListTags*",
    "route53:GetHostedZone",
    "route53:List*",
    "s3:Get*Configuration",
    "s3:GetBucket*",
    "s3:List*",
    "scheduler:GetSchedule",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:ListSecrets",
    "servicequotas:Get*",
    "ses:Describe*",
    "ses:GetAccount",
    "ses:GetConfig*",
    "ses:GetEmailIdentity",
    "ses:GetIdentity*",
    "ses:GetReputationEntity",
    "ses:GetSuppressed*",
    "ses:GetTenant",
    "ses:List*",
    "sns:Get*",
    "sns:List*",
    "sqs:GetQueueAttributes",
    "sqs:ListQueueTags",
    "ssm:DescribeAssociation",
    "ssm:DescribeDocument*",
    "ssm:GetDocument",
    "ssm:ListAssociations",
    "ssm:ListDocuments",
    "ssm:ListTag*",
    "states:DescribeStateMachine",
    "states:ListTags*",
)
"""Of whatever the account has: also what no stack owns yet, which `adopt` looks for."""

FUNCTIONS = (
    "lambda:GetFunction*",
    "lambda:GetPolicy",
    "lambda:GetRuntime*",
    "lambda:ListFunctionUrl*",
)
"""Of our own functions: a function's settings come with its code and its variables."""

DRIFT = (
    "cloudformation:DetectStackDrift",
    "cloudformation:DetectStackResourceDrift",
)
"""Of our own stacks: comparing them with what is there."""

ANYTHING = (
    "Reading how things are set, of whatever the account has; AWS takes no name for most of it."
)
OWN_FUNCTION = "A function is named after its stack; CloudFormation makes up the end."
