"""Three more accounts made by hand: nothing but defaults, every option, half declared already.

Plain boto3, as a console would call. Nothing of the project is imported here.
"""

import json
from typing import Any

POLICY = {"Version": "2012-10-17"}
SES = {"Service": "ses.amazonaws.com"}


Key = dict[str, str]


def defaults(client: Any) -> list[Key]:
    """Click through every form with only what it asks for. Return keys that work afterwards."""
    sesv2, ec2, rds, iam = client("sesv2"), client("ec2"), client("rds"), client("iam")
    for identity in ("plain.example", "me@elsewhere.example"):
        sesv2.create_email_identity(EmailIdentity=identity)
    sesv2.create_configuration_set(ConfigurationSetName="my-first-set")
    vpc = ec2.create_vpc(CidrBlock="172.20.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "plain-vpc"}])
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for block, zone in (("172.20.0.0/20", "us-east-1a"), ("172.20.16.0/20", "us-east-1b"))
    ]
    group = ec2.create_security_group(
        GroupName="launch-wizard-1", Description="launch-wizard-1 created 2024-03-01", VpcId=vpc
    )["GroupId"]
    rds.create_db_subnet_group(
        DBSubnetGroupName=f"default-{vpc}",
        DBSubnetGroupDescription="Created from the RDS Management Console",
        SubnetIds=subnets,
    )
    login = {"MasterUsername": "postgres", "MasterUserPassword": "chosen-by-hand-1234"}
    common: dict[str, Any] = {
        "Engine": "postgres",
        "DBInstanceClass": "db.t3.micro",
        "AllocatedStorage": 20,
        **login,
    }
    rds.create_db_instance(
        DBInstanceIdentifier="database-1",
        DBSubnetGroupName=f"default-{vpc}",
        VpcSecurityGroupIds=[group],
        **common,
    )
    rds.create_db_instance(DBInstanceIdentifier="database-2", **common)
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="database-1-replica", SourceDBInstanceIdentifier="database-1"
    )
    client("s3").create_bucket(Bucket="untitled-bucket-1")
    iam.create_user(UserName="mailer")
    statement = {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}
    document = json.dumps({**POLICY, "Statement": [statement]})
    iam.put_user_policy(UserName="mailer", PolicyName="ses", PolicyDocument=document)
    key: Key = iam.create_access_key(UserName="mailer")["AccessKey"]
    iam.create_user(UserName="nobody-remembers")
    iam.attach_user_policy(
        UserName="nobody-remembers", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    return [key]


def everything(client: Any) -> list[Key]:
    """Choose something in every field of every form. Return keys that work afterwards."""
    _mail(client)
    _receiving(client)
    subnets, groups = _network(client("ec2"))
    _databases(client("rds"), subnets, groups)
    for database in ("instance/orders", "cluster/catalogue"):
        # RDS makes them by itself, on its first export.
        client("logs").create_log_group(logGroupName=f"/aws/rds/{database}/postgresql")
    _watching(client)
    return [_senders(client("iam")), _buckets(client)]


def _watching(client: Any) -> None:
    """Record every call, and log what is typed into shells."""
    client("s3").create_bucket(Bucket="aws-cloudtrail-logs-shop")
    trail = {"Name": "management-events", "S3BucketName": "aws-cloudtrail-logs-shop"}
    client("cloudtrail").create_trail(**trail, IsMultiRegionTrail=True)
    content = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": {}}
    for name in ("SSM-SessionManagerRunShell", "PortForwardingForAnn"):
        client("ssm").create_document(
            Name=name, DocumentType="Session", Content=json.dumps(content)
        )


def _topic(client: Any, name: str, *subscribers: tuple[str, str]) -> str:
    sns = client("sns")
    arn = str(sns.create_topic(Name=name, Tags=[{"Key": "owner", "Value": "ann"}])["TopicArn"])
    for protocol, endpoint in subscribers:
        sns.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=endpoint)
    return arn


def _mail(client: Any) -> None:
    ses, sesv2 = client("ses"), client("sesv2")
    tags = [{"Key": "owner", "Value": "ann"}]
    sesv2.create_email_identity(
        EmailIdentity="shop.example",
        DkimSigningAttributes={"NextSigningKeyLength": "RSA_1024_BIT"},
        Tags=tags,
    )
    sesv2.put_email_identity_mail_from_attributes(
        EmailIdentity="shop.example",
        MailFromDomain="bounces.shop.example",
        BehaviorOnMxFailure="REJECT_MESSAGE",
    )
    sesv2.put_email_identity_feedback_attributes(
        EmailIdentity="shop.example", EmailForwardingEnabled=False
    )
    feedback = _topic(
        client, "shop-example", ("email", "ops@shop.example"), ("email", "more@shop.example")
    )
    complaints = _topic(client, "complaints-of-shop", ("email", "legal@shop.example"))
    for kind, topic in (("Bounce", feedback), ("Complaint", complaints)):
        ses.set_identity_notification_topic(
            Identity="shop.example", NotificationType=kind, SnsTopic=topic
        )
    sesv2.create_configuration_set(
        ConfigurationSetName="receipts",
        DeliveryOptions={"TlsPolicy": "REQUIRE"},
        ReputationOptions={"ReputationMetricsEnabled": True},
        SuppressionOptions={"SuppressedReasons": ["BOUNCE"]},
        TrackingOptions={"CustomRedirectDomain": "links.shop.example"},
        Tags=tags,
    )
    events = _topic(client, "receipts-events", ("email", "ops@shop.example"))
    for name, destination in (
        ("events", {"SnsDestination": {"TopicArn": events}}),
        ("metrics", {"CloudWatchDestination": {"DimensionConfigurations": [_DIMENSION]}}),
    ):
        sesv2.create_configuration_set_event_destination(
            ConfigurationSetName="receipts",
            EventDestinationName=name,
            EventDestination={
                "Enabled": True,
                "MatchingEventTypes": ["SEND", "BOUNCE", "OPEN"],
                **destination,
            },
        )
    sesv2.put_email_identity_configuration_set_attributes(
        EmailIdentity="shop.example", ConfigurationSetName="receipts"
    )
    sesv2.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    _tenants(sesv2)


def _tenants(sesv2: Any) -> None:
    """One that the sender's policy names, and one that nobody's does."""
    arns = [
        sesv2.create_tenant(TenantName=name)["TenantArn"] for name in ("forgotten", "shop-mail")
    ]
    place = arns[1].rpartition(":")[0]
    for resource in ("identity/shop.example", "configuration-set/receipts"):
        sesv2.create_tenant_resource_association(
            TenantName="shop-mail", ResourceArn=f"{place}:{resource}"
        )
    region = arns[1].split(":")[3]
    sesv2.update_reputation_entity_policy(
        ReputationEntityType="RESOURCE",
        ReputationEntityReference=arns[1],
        ReputationEntityPolicy=f"arn:aws:ses:{region}:aws:reputation-policy/strict",
    )


_DIMENSION = {
    "DimensionName": "campaign",
    "DimensionValueSource": "MESSAGE_TAG",
    "DefaultDimensionValue": "none",
}


def _receiving(client: Any) -> None:
    ses, s3 = client("ses"), client("s3")
    s3.create_bucket(Bucket="received-by-shop")
    allow = {
        "Sid": "AllowSESPuts",
        "Effect": "Allow",
        "Principal": SES,
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::received-by-shop/*",
    }
    s3.put_bucket_policy(
        Bucket="received-by-shop", Policy=json.dumps({**POLICY, "Statement": [allow]})
    )
    s3.put_bucket_tagging(
        Bucket="received-by-shop", Tagging={"TagSet": [{"Key": "owner", "Value": "ann"}]}
    )
    for name in ("default-rule-set", "tried-once"):
        ses.create_receipt_rule_set(RuleSetName=name)
    ses.create_receipt_rule(
        RuleSetName="default-rule-set",
        Rule={
            "Name": "store",
            "Enabled": True,
            "TlsPolicy": "Require",
            "ScanEnabled": True,
            "Recipients": ["shop.example"],
            "Actions": [{"S3Action": {"BucketName": "received-by-shop", "ObjectKeyPrefix": "in/"}}],
        },
    )
    ses.set_active_receipt_rule_set(RuleSetName="default-rule-set")


def _senders(iam: Any) -> Key:
    tags = [{"Key": "owner", "Value": "ann"}]
    statement = {
        "Effect": "Allow",
        "Action": ["ses:SendRawEmail", "ses:SendEmail"],
        "Resource": "*",
        "Condition": {
            "StringLike": {"ses:FromAddress": "orders@shop.example"},
            "ForAllValues:StringLike": {"ses:Recipients": ["*@shop.example"]},
            "StringEqualsIfExists": {"ses:TenantName": "shop-mail"},
        },
    }
    document = json.dumps({**POLICY, "Statement": statement})
    iam.create_user(UserName="orders", Tags=tags)
    iam.create_group(GroupName="mail-senders")
    iam.put_group_policy(GroupName="mail-senders", PolicyName="send", PolicyDocument=document)
    iam.add_user_to_group(GroupName="mail-senders", UserName="orders")
    iam.create_user(UserName="two-keys")
    iam.put_user_policy(UserName="two-keys", PolicyName="send", PolicyDocument=document)
    for _ in range(2):
        iam.create_access_key(UserName="two-keys")
    key: Key = iam.create_access_key(UserName="orders")["AccessKey"]
    return key


def _network(ec2: Any) -> tuple[list[str], list[str]]:
    made = ec2.create_vpc(CidrBlock="10.40.0.0/16")
    vpc = str(made["Vpc"]["VpcId"])
    named = [{"Key": "Name", "Value": "Shop VPC"}, {"Key": "owner", "Value": "ann"}]
    ec2.create_tags(Resources=[vpc], Tags=named)
    for attribute in ("EnableDnsHostnames", "EnableDnsSupport"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = []
    for block, zone in (("10.40.1.0/24", "us-east-1a"), ("10.40.2.0/24", "us-east-1c")):
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)
        subnets.append(subnet := str(made["Subnet"]["SubnetId"]))
        ec2.create_tags(Resources=[subnet], Tags=[{"Key": "owner", "Value": "ann"}])
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    # The web servers', in which no database is.
    web = ec2.create_subnet(VpcId=vpc, CidrBlock="10.40.3.0/24", AvailabilityZone="us-east-1a")
    ec2.create_tags(Resources=[web["Subnet"]["SubnetId"]], Tags=[{"Key": "tier", "Value": "web"}])
    groups = []
    for name in ("office", "application"):
        made = ec2.create_security_group(GroupName=name, Description=f"The {name}", VpcId=vpc)
        groups.append(str(made["GroupId"]))
    office: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    ranges = [{"CidrIp": "203.0.113.0/24", "Description": "Ann's office"}]
    both = {"IpRanges": ranges, "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}]}
    ec2.authorize_security_group_ingress(GroupId=groups[0], IpPermissions=[{**office, **both}])
    pairs = [{"GroupId": groups[0]}]
    ec2.authorize_security_group_ingress(
        GroupId=groups[1], IpPermissions=[{**office, "UserIdGroupPairs": pairs}]
    )
    return subnets, groups


def _databases(rds: Any, subnets: list[str], groups: list[str]) -> None:
    tags = [{"Key": "owner", "Value": "ann"}]
    rds.create_db_subnet_group(
        DBSubnetGroupName="shop", DBSubnetGroupDescription="The shop's", SubnetIds=subnets
    )
    rds.create_db_parameter_group(
        DBParameterGroupName="shop-17", DBParameterGroupFamily="postgres17", Description="Shop"
    )
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        Engine="postgres",
        EngineVersion="17.5",
        DBInstanceClass="db.m6g.large",
        AllocatedStorage=100,
        MaxAllocatedStorage=500,
        StorageType="gp3",
        StorageEncrypted=True,
        MultiAZ=True,
        PubliclyAccessible=False,
        BackupRetentionPeriod=35,
        DeletionProtection=True,
        EnablePerformanceInsights=True,
        EnableCloudwatchLogsExports=["postgresql"],
        AutoMinorVersionUpgrade=False,
        CopyTagsToSnapshot=True,
        DBName="orders",
        MasterUsername="keeper",
        MasterUserPassword="chosen-by-hand-1234",
        DBSubnetGroupName="shop",
        DBParameterGroupName="shop-17",
        VpcSecurityGroupIds=groups,
        Tags=tags,
    )
    rds.create_db_cluster(
        DBClusterIdentifier="catalogue",
        Engine="aurora-postgresql",
        EngineVersion="16.9",
        DatabaseName="items",
        BackupRetentionPeriod=14,
        DeletionProtection=True,
        StorageEncrypted=True,
        EnableCloudwatchLogsExports=["postgresql"],
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 8},
        MasterUsername="keeper",
        MasterUserPassword="chosen-by-hand-1234",
        DBSubnetGroupName="shop",
        VpcSecurityGroupIds=groups[:1],
        Tags=tags,
    )
    for number in (1, 2):
        rds.create_db_instance(
            DBInstanceIdentifier=f"catalogue-{number}",
            DBClusterIdentifier="catalogue",
            Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
        )


def _buckets(client: Any) -> Key:
    s3, iam = client("s3"), client("iam")
    s3.create_bucket(Bucket="shop-archive")
    s3.put_bucket_tagging(
        Bucket="shop-archive", Tagging={"TagSet": [{"Key": "owner", "Value": "ann"}]}
    )
    s3.put_bucket_versioning(Bucket="shop-archive", VersioningConfiguration={"Status": "Enabled"})
    encryption = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(
        Bucket="shop-archive", ServerSideEncryptionConfiguration={"Rules": [encryption]}
    )
    rules = [
        {
            "ID": "old-versions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        },
        {
            "ID": "scratch",
            "Status": "Enabled",
            "Filter": {"Prefix": "scratch/"},
            "Expiration": {"Days": 3},
        },
    ]
    s3.put_bucket_lifecycle_configuration(
        Bucket="shop-archive", LifecycleConfiguration={"Rules": rules}
    )
    arn = "arn:aws:s3:::shop-archive"
    tls = {
        "Sid": "OnlyTLS",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="shop-archive", Policy=json.dumps({**POLICY, "Statement": [tls]}))
    s3.put_object(Bucket="shop-archive", Key="main/backup", Body=b"a backup")
    for name, actions, resource in (
        ("archiver", ["s3:PutObject", "s3:GetObject"], f"{arn}/main/*"),
        ("restorer", ["s3:GetObject"], f"{arn}/*"),
    ):
        iam.create_user(UserName=name)
        statements = [
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn},
            {"Effect": "Allow", "Action": actions, "Resource": resource},
        ]
        document = json.dumps({**POLICY, "Statement": statements})
        made = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_user_policy(UserName=name, PolicyArn=made)
    key: Key = iam.create_access_key(UserName="archiver")["AccessKey"]
    return key


DECLARED = """\
# The shop's second account. Ann keeps this file.
account: "{account}"   # between quotes: it is no number
tags: {{team: shop}}

mail:
  # Verified long ago.
  domains:
    declared.example: {{mail_from: mail, configuration_set: shop}}   # the shop's own
  configuration_sets:
    shop: {{notify: [ops@declared.example]}}
backup:
  buckets:
    declared-bucket-{account}:
      expire_after_days: 30    # a month is enough
      users:
        keeper: {{tool: files}}
"""


def beside(client: Any, declared: str) -> list[Key]:
    """Make others beside what the file above has deployed. Return keys that work afterwards."""
    sesv2, iam, s3 = client("sesv2"), client("iam"), client("s3")
    sesv2.create_email_identity(EmailIdentity="beside.example")
    sesv2.create_email_identity(EmailIdentity="hello@beside.example")
    for name, bucket in (("helper", declared), ("dumper", "beside-bucket")):
        iam.create_user(UserName=name)
        arn = f"arn:aws:s3:::{bucket}"
        statement = {"Effect": "Allow", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
        document = json.dumps({**POLICY, "Statement": statement})
        iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=document)
    s3.create_bucket(Bucket="beside-bucket")
    tags = [{"Key": "owner", "Value": "ann"}, {"Key": "team", "Value": "another"}]
    s3.put_bucket_tagging(Bucket="beside-bucket", Tagging={"TagSet": tags})
    theirs = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "another-teams"}}
    client("cloudformation").create_stack(
        StackName="another-team", TemplateBody=json.dumps({"Resources": {"Bucket": theirs}})
    )
    return [iam.create_access_key(UserName="helper")["AccessKey"]]
