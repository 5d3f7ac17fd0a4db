"""The wiki page, clicked through: plain boto3, as the console would call, its defaults included.

Nothing of the project is imported here: this is the account that a team has before Groundwork.
"""

import json
from typing import Any, NamedTuple

DOMAIN, ADDRESS = "open-contracting.org", "data@open-contracting.org"
TOPIC = "data-open-contracting-org"
PEOPLE = "sysadmin@open-contracting.org"
BUCKET = "ocp-redmine-backup"
RECEIVED = "ocp-received-mail"
LONDON = "eu-west-2"
PASSWORD = "chosen-by-hand-1234"
TRUST_EVERYBODY = [{"CidrIp": "0.0.0.0/0"}]


class Made(NamedTuple):
    """What has to be the same afterwards."""

    smtp_key: dict[str, str]
    backup_key: dict[str, str]
    vpc: str
    group: str


def click(client: Any) -> Made:
    """Follow the page. `client(service, region)` makes clients."""
    network = make_network(client("ec2"))
    make_mail(client)
    make_receiving(client)
    make_databases(client("rds"), network)
    smtp = make_user(client("iam"), "credere", SENDING)
    backup = make_backup(client)
    return Made(smtp, backup, network["vpc"], network["group"])


SENDING = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}


def make_mail(client: Any) -> None:
    ses, sesv2, sns = client("ses"), client("sesv2"), client("sns")
    sesv2.create_email_identity(
        EmailIdentity=DOMAIN, DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"}
    )
    sesv2.put_email_identity_mail_from_attributes(
        EmailIdentity=DOMAIN,
        MailFromDomain=f"mail.{DOMAIN}",
        BehaviorOnMxFailure="USE_DEFAULT_VALUE",
    )
    sesv2.create_email_identity(EmailIdentity=ADDRESS)
    topic = sns.create_topic(Name=TOPIC)["TopicArn"]
    policy = {
        "Version": "2008-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ses.amazonaws.com"},
                "Action": "SNS:Publish",
                "Resource": topic,
            }
        ],
    }
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=PEOPLE)
    for kind in ("Bounce", "Complaint"):
        ses.set_identity_notification_topic(Identity=ADDRESS, NotificationType=kind, SnsTopic=topic)
        ses.set_identity_headers_in_notifications_enabled(
            Identity=ADDRESS, NotificationType=kind, Enabled=True
        )
    sesv2.create_configuration_set(ConfigurationSetName="credere")
    sesv2.create_configuration_set_event_destination(
        ConfigurationSetName="credere",
        EventDestinationName="events",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["REJECT", "DELIVERY_DELAY", "RENDERING_FAILURE"],
            "SnsDestination": {"TopicArn": topic},
        },
    )
    sesv2.put_email_identity_configuration_set_attributes(
        EmailIdentity=DOMAIN, ConfigurationSetName="credere"
    )
    sesv2.put_account_suppression_attributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])


def make_receiving(client: Any) -> None:
    """Receive the mail with the link that verifies an address, in a bucket."""
    s3, ses = client("s3"), client("ses")
    s3.create_bucket(Bucket=RECEIVED)
    allow = {
        "Sid": "AllowSESPuts",
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{RECEIVED}/*",
        "Condition": {"StringEquals": {"AWS:SourceAccount": "123456789012"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    s3.put_bucket_policy(Bucket=RECEIVED, Policy=json.dumps(policy))
    s3.put_object(Bucket=RECEIVED, Key="verification/0001", Body=b"Subject: verify")
    ses.create_receipt_rule_set(RuleSetName="default-rule-set")
    ses.create_receipt_rule(
        RuleSetName="default-rule-set",
        Rule={
            "Name": "verification",
            "Enabled": True,
            "ScanEnabled": False,
            "TlsPolicy": "Optional",
            "Recipients": [DOMAIN],
            "Actions": [{"S3Action": {"BucketName": RECEIVED, "ObjectKeyPrefix": "verification/"}}],
        },
    )
    ses.set_active_receipt_rule_set(RuleSetName="default-rule-set")


def make_network(ec2: Any) -> dict[str, str]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    named = [{"Key": "Name", "Value": "main"}, {"Key": "kept", "Value": "by-others"}]
    ec2.create_tags(Resources=[vpc], Tags=named)
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    subnets = []
    for block, zone in (("10.0.1.0/24", "us-east-1a"), ("10.0.2.0/24", "us-east-1b")):
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)
        subnets.append(made["Subnet"]["SubnetId"])
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[-1])
    group = ec2.create_security_group(
        GroupName="postgresql-anywhere",
        Description="Allows PostgreSQL connections from anywhere",
        VpcId=vpc,
    )["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": TRUST_EVERYBODY}
    rule["Ipv6Ranges"] = [{"CidrIpv6": "::/0"}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    # Somebody was in a hurry once, and it is on no page.
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    return {"vpc": vpc, "group": group, "subnets": ",".join(subnets)}


def make_databases(rds: Any, network: dict[str, str]) -> None:
    rds.create_db_subnet_group(
        DBSubnetGroupName=f"default-{network['vpc']}",
        DBSubnetGroupDescription="Created from the RDS Management Console",
        SubnetIds=network["subnets"].split(","),
    )
    shared: dict[str, Any] = {
        "MasterUsername": "postgres",
        "MasterUserPassword": PASSWORD,
        "DBSubnetGroupName": f"default-{network['vpc']}",
        "VpcSecurityGroupIds": [network["group"]],
    }
    rds.create_db_instance(
        DBInstanceIdentifier="analysis",
        Engine="postgres",
        EngineVersion="17.5",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        StorageType="gp2",
        PubliclyAccessible=True,
        BackupRetentionPeriod=0,
        StorageEncrypted=False,
        MultiAZ=False,
        DBName="analysis",
        **shared,
    )
    rds.create_db_cluster(
        DBClusterIdentifier="common",
        Engine="aurora-postgresql",
        EngineVersion="17.5",
        DatabaseName="common",
        BackupRetentionPeriod=1,
        EnableHttpEndpoint=True,
        StorageEncrypted=True,
        ServerlessV2ScalingConfiguration={
            "MinCapacity": 0,
            "MaxCapacity": 2,
            "SecondsUntilAutoPause": 3600,
        },
        **shared,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="common-instance-1",
        DBClusterIdentifier="common",
        Engine="aurora-postgresql",
        DBInstanceClass="db.serverless",
    )


def make_backup(client: Any) -> dict[str, str]:
    s3 = client("s3", LONDON)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": LONDON})
    s3.put_public_access_block(
        Bucket=BUCKET,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket=BUCKET,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "delete-after-30-days",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "Expiration": {"Days": 30},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                }
            ]
        },
    )
    s3.put_object(Bucket=BUCKET, Key="redmine/2026-11-01.sql.gz", Body=b"a backup")
    arn = f"arn:aws:s3:::{BUCKET}"
    statements = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn},
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
            "Resource": f"{arn}/*",
        },
    ]
    return make_user(client("iam"), BUCKET, *statements)


def make_user(iam: Any, name: str, *statements: Any) -> dict[str, str]:
    iam.create_user(UserName=name)
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    iam.put_user_policy(UserName=name, PolicyName="pasted", PolicyDocument=json.dumps(document))
    found: dict[str, str] = iam.create_access_key(UserName=name)["AccessKey"]
    return found
