"""How CloudFormation tells resources that it imports apart, by their type."""

from __future__ import annotations

from collections.abc import Mapping

TELLING: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::Route": ("DestinationCidrBlock", "DestinationIpv6CidrBlock"),
    "AWS::EC2::Subnet": ("CidrBlock",),
    "AWS::EC2::SubnetRouteTableAssociation": ("SubnetId",),
    "AWS::IAM::User": ("UserName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::RDS::DBClusterParameterGroup": ("DBClusterParameterGroupName",),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName",),
    "AWS::SES::ConfigurationSetEventDestination": ("EventDestination.Name",),
    "AWS::SES::ReceiptRule": ("Rule.Recipients",),
    "AWS::SNS::Subscription": ("Endpoint",),
}
"""What tells one resource from another of its type, where an item has several."""

IDENTIFIERS: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::FlowLog": ("Id",),
    "AWS::EC2::InternetGateway": ("InternetGatewayId",),
    "AWS::EC2::Route": ("RouteTableId", "CidrBlock"),
    "AWS::EC2::RouteTable": ("RouteTableId",),
    "AWS::EC2::SecurityGroup": ("Id",),
    "AWS::EC2::Subnet": ("SubnetId",),
    "AWS::EC2::SubnetRouteTableAssociation": ("Id",),
    "AWS::EC2::VPC": ("VpcId",),
    "AWS::EC2::VPCGatewayAttachment": ("AttachmentType", "VpcId"),
    "AWS::IAM::User": ("UserName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier",),
    "AWS::RDS::DBClusterParameterGroup": ("DBClusterParameterGroupName",),
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier",),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName",),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::SES::ConfigurationSet": ("Name",),
    "AWS::SES::ConfigurationSetEventDestination": ("ConfigurationSetName", "Id"),
    "AWS::SES::EmailIdentity": ("EmailIdentity",),
    "AWS::SES::ReceiptRule": ("RuleSetName", "RuleName"),
    "AWS::SES::ReceiptRuleSet": ("RuleSetName",),
    "AWS::SES::Tenant": ("TenantName",),
    "AWS::SNS::Subscription": ("Arn",),
    "AWS::SNS::Topic": ("TopicArn",),
    "AWS::SecretsManager::Secret": ("Id",),
}
"""The primary identifier of each type, from its schema in CloudFormation's registry."""
