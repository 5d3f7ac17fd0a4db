"""What hands do to a deployed example, and where the report has to name it.

Each change is one call, or two, of plain boto3, as a console would make it.
"""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZipFile

Client = Callable[..., Any]
LONDON = "eu-west-2"
BUCKET = "ocp-redmine-backup"
KEPT = (
    "backup/buckets/ocp-redmine-backup",
    "data/databases/analysis",
    "data/databases/common",
    "data/security_groups/postgresql-anywhere",
    "mail/configuration_sets/credere",
)
"""The items of which the file is given what was changed. In the others it is taken back."""
EVERYBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
SUPPRESSION = "account/suppression/function/function"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


class Hand(NamedTuple):
    """One change, the place that the report gives it, and a word of what it says."""

    place: str
    what: str
    change: Callable[[Client], Any]
    reversible: bool = True
    kept: bool = False
    """Whether it is taken into the file, before all else is taken back."""


def group_of(client: Client) -> str:
    found = client("ec2").describe_security_groups(
        Filters=[{"Name": "group-name", "Values": ["postgresql-anywhere"]}]
    )
    return str(found["SecurityGroups"][0]["GroupId"])


def topic_of(client: Client, name: str) -> str:
    topics = client("sns").list_topics()["Topics"]
    return next(str(t["TopicArn"]) for t in topics if t["TopicArn"].endswith(f":{name}"))


def resource(client: Client, stack: str, place: str, region: str = "us-east-1") -> str:
    """The physical id of what stands at a place."""
    cloudformation = client("cloudformation", region)
    template = cloudformation.get_template(StackName=stack)["TemplateBody"]
    if isinstance(template, str):
        template = json.loads(template)
    (name,) = (
        name
        for name, item in template["Resources"].items()
        if item.get("Metadata", {}).get("aws:cdk:path", "").removesuffix("/Resource")
        == f"{stack}/{place}"
    )
    found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=name)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def lifecycle(client: Client) -> None:
    rule = {"ID": "all", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    client("s3", LONDON).put_bucket_lifecycle_configuration(
        Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]}
    )


def public_access(client: Client) -> None:
    client("s3", LONDON).delete_public_access_block(Bucket=BUCKET)


def versioning(client: Client) -> None:
    client("s3", LONDON).put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
    )


def bucket_policy(client: Client) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    client("s3", LONDON).put_bucket_policy(
        Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def ingress(client: Client) -> None:
    client("ec2").authorize_security_group_ingress(
        GroupId=group_of(client), IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )


def egress(client: Client) -> None:
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_egress(
        GroupId=group_of(client), IpPermissions=[everything]
    )


def office(client: Client) -> None:
    ranges = [{"CidrIp": "203.0.113.0/24"}]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": ranges}
    client("ec2").authorize_security_group_ingress(GroupId=group_of(client), IpPermissions=[rule])


def role_policy(client: Client) -> None:
    """Add a statement to the policy that the stack gave the role: its name stays as it was."""
    iam, role = client("iam"), role_of(client)
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    document["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def topic_policy(client: Client) -> None:
    sns, topic = client("sns"), topic_of(client, "credere-bounces")
    policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    policy["Statement"].append(everybody)
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )


def role_of(client: Client) -> str:
    return resource(client, "mail-us-east-1", "feedback/function/role")


def feedback(client: Client) -> None:
    client("ses").set_identity_notification_topic(
        Identity="data@open-contracting.org", NotificationType="Bounce"
    )


def headers(client: Client) -> None:
    client("ses").set_identity_headers_in_notifications_enabled(
        Identity="data@open-contracting.org", NotificationType="Complaint", Enabled=False
    )


def log_group(place: str, stack: str) -> Callable[[Client], Any]:
    return lambda client: client("logs").put_retention_policy(
        logGroupName=resource(client, stack, place), retentionInDays=1
    )


def alarm_without_actions(client: Client) -> None:
    found = client("cloudwatch").describe_alarms(AlarmNames=["analysis storage"])
    kept = ("AlarmName", "Namespace", "MetricName", "Dimensions", "Statistic", "Period")
    more = ("EvaluationPeriods", "Threshold", "ComparisonOperator")
    alarm = {name: found["MetricAlarms"][0][name] for name in (*kept, *more)}
    client("cloudwatch").put_metric_alarm(**alarm, AlarmActions=[])


def managed_policy(client: Client) -> None:
    attached = client("iam").list_attached_user_policies(UserName=BUCKET)["AttachedPolicies"]
    client("iam").create_policy_version(
        PolicyArn=attached[0]["PolicyArn"], PolicyDocument=EVERYBODY, SetAsDefault=True
    )


def rule_set(client: Client) -> None:
    client("ses").create_receipt_rule_set(RuleSetName="theirs")
    client("ses").set_active_receipt_rule_set(RuleSetName="theirs")


def suppressor(client: Client) -> str:
    """A function that no change here calls."""
    return resource(client, "mail-us-east-1", SUPPRESSION)


def code(client: Client) -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("functions/suppression/handler.py", "def handle(event, context): ...")
    client("lambda").update_function_code(
        FunctionName=suppressor(client), ZipFile=archive.getvalue()
    )


def variables(client: Client) -> None:
    client("lambda").update_function_configuration(
        FunctionName=suppressor(client),
        Environment={"Variables": {"PYTHONPATH": "/opt/theirs"}},
    )


def invocation(client: Client) -> None:
    client("lambda").add_permission(
        FunctionName=suppressor(client),
        StatementId="theirs",
        Action="lambda:InvokeFunction",
        Principal="999999999999",
    )


def event_source(client: Client) -> None:
    url = client("sqs").create_queue(QueueName="theirs")["QueueUrl"]
    asked = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
    arn = client("sqs").get_queue_attributes(**asked)["Attributes"]["QueueArn"]
    client("lambda").create_event_source_mapping(
        FunctionName=suppressor(client), EventSourceArn=arn, Enabled=False
    )


def secret_policy(client: Client) -> None:
    """Add a statement to the policy that closes a secret to all but its readers."""
    secrets = client("secretsmanager")
    (name,) = (
        secret["Name"]
        for secret in secrets.list_secrets()["SecretList"]
        if "credere" in secret["Name"]
    )
    policy = json.loads(secrets.get_resource_policy(SecretId=name)["ResourcePolicy"])
    everybody = {"AWS": "arn:aws:iam::999999999999:root"}
    allowed = {"Effect": "Allow", "Principal": everybody, "Action": "*", "Resource": "*"}
    policy["Statement"].append(allowed)
    secrets.put_resource_policy(SecretId=name, ResourcePolicy=json.dumps(policy))


def queue_policy(client: Client) -> None:
    sqs, url = client("sqs"), resource(client, "mail-us-east-1", "undelivered_events/queue")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    policy = json.loads(found["Policy"])
    everybody = {"AWS": "arn:aws:iam::999999999999:root"}
    policy["Statement"].append(
        {"Effect": "Allow", "Principal": everybody, "Action": "sqs:ReceiveMessage", "Resource": "*"}
    )
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})


def route(client: Client) -> None:
    ec2, table = client("ec2"), resource(client, "data-us-east-1", "networks/main/public-routes")
    gateway = resource(client, "data-us-east-1", "networks/main/internet-gateway")
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="198.51.100.0/24", GatewayId=gateway)


def destination(client: Client) -> None:
    bus = {"EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/default"}
    client("sesv2").create_configuration_set_event_destination(
        ConfigurationSetName="credere",
        EventDestinationName="theirs",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SEND"],
            "EventBridgeDestination": bus,
        },
    )


def sending_policy(client: Client) -> None:
    identity = "arn:aws:ses:us-east-1:123456789012:identity/open-contracting.org"
    everybody = {"AWS": "arn:aws:iam::999999999999:root"}
    allowed = {"Effect": "Allow", "Principal": everybody, "Action": "ses:*", "Resource": identity}
    client("sesv2").create_email_identity_policy(
        EmailIdentity="open-contracting.org",
        PolicyName="theirs",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )


def receipt_rule(client: Client) -> None:
    """Give all mail away, before any rule of ours stores it."""
    topic = {"TopicArn": "arn:aws:sns:us-east-1:999999999999:theirs"}
    client("ses").create_receipt_rule(
        RuleSetName=resource(client, "mail-us-east-1", "receiving/rule-set"),
        Rule={"Name": "theirs", "Enabled": True, "Actions": [{"SNSAction": topic}]},
    )


def subscription_filter(client: Client) -> None:
    client("logs").put_subscription_filter(
        logGroupName=resource(client, "data-us-east-1", "networks/main/flow-logs/log-group"),
        filterName="theirs",
        filterPattern="",
        destinationArn="arn:aws:logs:us-east-1:999999999999:destination:theirs",
    )


HANDS = {
    "a bucket's objects expire sooner": Hand(
        f"buckets/{BUCKET}/bucket", "LifecycleConfiguration", lifecycle, kept=True
    ),
    "a bucket's public access is no longer blocked": Hand(
        f"buckets/{BUCKET}/bucket", "PublicAccessBlock", public_access
    ),
    "a bucket is open to everybody": Hand(
        f"buckets/{BUCKET}/bucket/Policy", "PolicyDocument", bucket_policy
    ),
    "a group lets SSH in": Hand(
        "security_groups/postgresql-anywhere/group", "SecurityGroupIngress", ingress
    ),
    "a group lets everything out": Hand(
        "security_groups/postgresql-anywhere/group", "SecurityGroupEgress", egress
    ),
    "a group lets an office in": Hand(
        "security_groups/postgresql-anywhere/group", "SecurityGroupIngress", office
    ),
    "a database is public": Hand(
        "databases/common/writer",
        "PubliclyAccessible",
        lambda client: client("rds").modify_db_instance(
            DBInstanceIdentifier=resource(client, "data-us-east-1", "databases/common/writer"),
            PubliclyAccessible=True,
            ApplyImmediately=True,
        ),
    ),
    "a database has another class": Hand(
        "databases/analysis/instance",
        "DBInstanceClass",
        lambda client: client("rds").modify_db_instance(
            DBInstanceIdentifier="analysis", DBInstanceClass="db.t3.large", ApplyImmediately=True
        ),
        kept=True,
    ),
    "a cluster is no longer protected": Hand(
        "databases/common/protection",
        "deletion protection",
        lambda client: client("rds").modify_db_cluster(
            DBClusterIdentifier="common", DeletionProtection=False, ApplyImmediately=True
        ),
        reversible=False,
        kept=True,
    ),
    "a cluster keeps other backups": Hand(
        "databases/common/cluster",
        "BackupRetentionPeriod",
        lambda client: client("rds").modify_db_cluster(
            DBClusterIdentifier="common", BackupRetentionPeriod=3, ApplyImmediately=True
        ),
        kept=True,
    ),
    "a database's log is kept for a day": Hand(
        "databases/analysis/postgresql-log-group",
        "RetentionInDays",
        log_group("databases/analysis/postgresql-log-group", "data-us-east-1"),
    ),
    "flow logs are kept for a day": Hand(
        "networks/main/flow-logs/log-group",
        "RetentionInDays",
        log_group("networks/main/flow-logs/log-group", "data-us-east-1"),
    ),
    "a delivery log is kept for a day": Hand(
        "senders/credere/delivery_log/log",
        "RetentionInDays",
        log_group("senders/credere/delivery_log/log", "mail-us-east-1"),
    ),
    "an alarm tells nobody": Hand(
        "databases/analysis/alarms/storage", "AlarmActions", alarm_without_actions
    ),
    "an alarm is gone": Hand(
        "databases/common/alarms/awake",
        "CloudWatch::Alarm",
        lambda client: client("cloudwatch").delete_alarms(AlarmNames=["common awake"]),
    ),
    "a subnet gives out public addresses": Hand(
        "networks/main/subnet-10.0.1.0-24",
        "MapPublicIpOnLaunch",
        lambda client: client("ec2").modify_subnet_attribute(
            SubnetId=resource(client, "data-us-east-1", "networks/main/subnet-10.0.1.0-24"),
            MapPublicIpOnLaunch={"Value": True},
        ),
    ),
    "a VPC resolves no names": Hand(
        "networks/main/vpc",
        "EnableDnsHostnames",
        lambda client: client("ec2").modify_vpc_attribute(
            VpcId=resource(client, "data-us-east-1", "networks/main/vpc"),
            EnableDnsHostnames={"Value": False},
        ),
    ),
    "a set delivers without TLS": Hand(
        "configuration_sets/credere/configuration-set",
        "DeliveryOptions",
        lambda client: client("sesv2").put_configuration_set_delivery_options(
            ConfigurationSetName="credere", TlsPolicy="OPTIONAL"
        ),
        kept=True,
    ),
    "a set suppresses nobody": Hand(
        "configuration_sets/credere/configuration-set",
        "SuppressionOptions",
        lambda client: client("sesv2").put_configuration_set_suppression_options(
            ConfigurationSetName="credere", SuppressedReasons=["COMPLAINT"]
        ),
        kept=True,
    ),
    "a set measures nothing": Hand(
        "configuration_sets/credere/configuration-set",
        "ReputationOptions",
        lambda client: client("sesv2").put_configuration_set_reputation_options(
            ConfigurationSetName="credere", ReputationMetricsEnabled=False
        ),
    ),
    "a domain has another MAIL FROM": Hand(
        "domains/open-contracting.org/identity",
        "MailFromAttributes",
        lambda client: client("sesv2").put_email_identity_mail_from_attributes(
            EmailIdentity="open-contracting.org", MailFromDomain="other.open-contracting.org"
        ),
    ),
    "a domain signs nothing": Hand(
        "domains/open-contracting.org/identity",
        "DkimAttributes",
        lambda client: client("sesv2").put_email_identity_dkim_attributes(
            EmailIdentity="open-contracting.org", SigningEnabled=False
        ),
    ),
    "a sender's policy allows everything": Hand(
        f"buckets/{BUCKET}", "PolicyDocument", managed_policy
    ),
    "a role is trusted by somebody else": Hand(
        "feedback/function/role",
        "AssumeRolePolicyDocument",
        lambda client: client("iam").update_assume_role_policy(
            RoleName=role_of(client), PolicyDocument=TRUST
        ),
    ),
    "a user has a policy of its own": Hand(
        "senders/credere/user",
        "inline policy",
        lambda client: client("iam").put_user_policy(
            UserName="credere", PolicyName="theirs", PolicyDocument=EVERYBODY
        ),
        reversible=False,
    ),
    "a user is an administrator": Hand(
        f"buckets/{BUCKET}/users/{BUCKET}",
        "policy attached",
        lambda client: client("iam").attach_user_policy(UserName=BUCKET, PolicyArn=ADMINISTRATOR),
        reversible=False,
    ),
    "a role has a policy of its own": Hand(
        "activation/function/role",
        "inline policy",
        lambda client: client("iam").put_role_policy(
            RoleName=resource(client, "mail-us-east-1", "activation/function/role"),
            PolicyName="theirs",
            PolicyDocument=EVERYBODY,
        ),
        reversible=False,
    ),
    "a role's own policy allows more": Hand(
        "feedback/function/role", "policy", role_policy, reversible=False
    ),
    "a topic may be published to by everybody": Hand(
        "topics/credere-bounces/topic", "policy statement", topic_policy, reversible=False
    ),
    "a function runs other code": Hand(
        SUPPRESSION,
        "code that was not deployed",
        code,
        reversible=False,
    ),
    "a function has a variable": Hand(
        SUPPRESSION,
        "environment variables",
        variables,
        reversible=False,
    ),
    "a function runs longer": Hand(
        "activation/function/function",
        "Timeout",
        lambda client: client("lambda").update_function_configuration(
            FunctionName=resource(client, "mail-us-east-1", "activation/function/function"),
            Timeout=900,
        ),
    ),
    "a function may be called by another account": Hand(
        SUPPRESSION, "permission", invocation, reversible=False
    ),
    "a function has a URL": Hand(
        SUPPRESSION,
        "URL",
        lambda client: client("lambda").create_function_url_config(
            FunctionName=suppressor(client), AuthType="NONE"
        ),
        reversible=False,
    ),
    "a function is called by a queue": Hand(
        SUPPRESSION, "event source", event_source, reversible=False
    ),
    "a secret may be read by another account": Hand(
        "senders/credere/", "ResourcePolicy", secret_policy
    ),
    "a queue may be read by another account": Hand(
        "undelivered_events/queue", "policy statement", queue_policy, reversible=False
    ),
    "a user has another key": Hand(
        "senders/credere/user",
        "access key too many",
        lambda client: client("iam").create_access_key(UserName="credere"),
        reversible=False,
    ),
    "a topic has another subscriber": Hand(
        "topics/credere-bounces/topic",
        "subscription",
        lambda client: client("sns").subscribe(
            TopicArn=topic_of(client, "credere-bounces"),
            Protocol="email",
            Endpoint="stranger@example.net",
        ),
        reversible=False,
    ),
    "an address's bounces go nowhere": Hand("feedback/data@open", "bounces", feedback, False),
    "an address's complaints have no headers": Hand(
        "feedback/data@open", "headers", headers, False
    ),
    "another rule set is active": Hand("activation/active-rule-set", "rule set", rule_set, False),
    "the account suppresses nobody": Hand(
        "account/suppression",
        "suppression",
        lambda client: client("sesv2").put_account_suppression_attributes(SuppressedReasons=[]),
        reversible=False,
    ),
    "a network has a further route": Hand(
        "networks/main/public-routes", "route that nobody", route, reversible=False
    ),
    "a log goes to another account as well": Hand(
        "networks/main/flow-logs/log-group",
        "subscription filter",
        subscription_filter,
        reversible=False,
    ),
    "a set tells somebody else": Hand(
        "configuration_sets/credere/configuration-set",
        "event destination",
        destination,
        reversible=False,
    ),
    "another account sends as a domain": Hand(
        "domains/open-contracting.org/identity",
        "policy that nobody",
        sending_policy,
        reversible=False,
    ),
    "received mail goes to another account": Hand(
        "receiving/rule-set", "receipt rule", receipt_rule, reversible=False
    ),
    "a bucket tells of its objects": Hand(
        f"buckets/{BUCKET}/bucket",
        "notifications",
        lambda client: client("s3", LONDON).put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
        ),
        reversible=False,
    ),
    "a user may sign in to the console": Hand(
        "senders/credere/user",
        "password for the console",
        lambda client: client("iam").create_login_profile(
            UserName="credere", Password="chosen-by-hand-1234"
        ),
        reversible=False,
    ),
}
