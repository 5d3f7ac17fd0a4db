"""What those notice who use a resource that is deleted, or that gives way to another one."""

from __future__ import annotations

from collections.abc import Mapping

from settings.contract import CustomType

_NETWORK = "https://docs.aws.amazon.com/vpc/latest/userguide"
_USERS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_remove.html"
GONE: Mapping[str, tuple[str, str]] = {
    "AWS::EC2::Instance": (
        "the machine goes: connections through it are cut",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html",
    ),
    "AWS::IAM::User": ("whoever uses its key is refused from then on", _USERS),
    "AWS::RDS::DBProxy": (
        "whoever connects through it can no longer connect",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    ),
    "AWS::RDS::DBProxyEndpoint": (
        "whoever connects to this address can no longer connect",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-endpoints.html",
    ),
    "AWS::SES::EmailIdentity": (
        "SES refuses mail from it",
        "https://docs.aws.amazon.com/ses/latest/dg/remove-verified-domain.html",
    ),
    "AWS::SES::ConfigurationSet": (
        "SES refuses mail that uses it",
        "https://docs.aws.amazon.com/ses/latest/dg/managing-configuration-sets.html",
    ),
    "AWS::EC2::Route": (
        "what went there finds its way no longer",
        f"{_NETWORK}/VPC_Route_Tables.html",
    ),
    "AWS::EC2::VPCEndpoint": (
        "what was reached by it is reached no longer, or over the internet",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/delete-gateway-endpoint.html",
    ),
    "AWS::EC2::VPCGatewayAttachment": (
        "the network is cut off from the internet",
        f"{_NETWORK}/VPC_Internet_Gateway.html",
    ),
    "AWS::KMS::Alias": (
        "whoever uses the key by this name is refused",
        "https://docs.aws.amazon.com/kms/latest/developerguide/alias-delete.html",
    ),
    "AWS::SES::ReceiptRule": (
        "its mail is received by a later rule, or by none",
        "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html",
    ),
    "AWS::SES::Tenant": (
        "SES refuses mail that names it",
        "https://docs.aws.amazon.com/ses/latest/dg/tenants.html",
    ),
    "AWS::SecretsManager::SecretTargetAttachment": (
        "the secret no longer has its database's address",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-secretsmanager-secrettargetattachment.html",
    ),
    CustomType.ACCESS_KEY: ("the key stops working at once", _USERS),
    CustomType.ACTIVE_RULE_SET: (
        "SES takes in no mail any more",
        "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html",
    ),
}
