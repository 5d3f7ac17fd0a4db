"""Every value that the wiki page quotes stands in the example's templates."""

from __future__ import annotations

import pytest
from aws_cdk.assertions import Match, Template

from settings import ConfigurationError, parse
from tests.conftest import EXAMPLE

MAIL, DATA, BACKUP = "mail-us-east-1", "data-us-east-1", "backup-eu-west-2"

QUOTED = {
    "M1 the domain": (MAIL, "AWS::SES::EmailIdentity", {"EmailIdentity": "open-contracting.org"}),
    "M1 2048 bits": (
        MAIL,
        "AWS::SES::EmailIdentity",
        {"DkimSigningAttributes": {"NextSigningKeyLength": "RSA_2048_BIT"}},
    ),
    "M3 the address": (
        MAIL,
        "AWS::SES::EmailIdentity",
        {"EmailIdentity": "data@open-contracting.org"},
    ),
    "M8 MAIL FROM": (
        MAIL,
        "AWS::SES::EmailIdentity",
        {"MailFromAttributes": {"MailFromDomain": "mail.open-contracting.org"}},
    ),
    "M10 the topic": (MAIL, "AWS::SNS::Topic", {"TopicName": "data-open-contracting-org"}),
    "M10 the subscription": (
        MAIL,
        "AWS::SNS::Subscription",
        {"Protocol": "email", "Endpoint": "sysadmin@open-contracting.org"},
    ),
    "M11 the configuration set": (MAIL, "AWS::SES::ConfigurationSet", {"Name": "credere"}),
    "D1 the network": (DATA, "AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
    "D1 the first subnet": (DATA, "AWS::EC2::Subnet", {"CidrBlock": "10.0.1.0/24"}),
    "D1 the second subnet": (DATA, "AWS::EC2::Subnet", {"CidrBlock": "10.0.2.0/24"}),
    "D2 the group": (
        DATA,
        "AWS::EC2::SecurityGroup",
        {
            "GroupName": "postgresql-anywhere",
            "GroupDescription": "Allows PostgreSQL connections from anywhere",
        },
    ),
    "D3 the instance": (
        DATA,
        "AWS::RDS::DBInstance",
        {"DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20", "MultiAZ": False},
    ),
    "D5 the database": (DATA, "AWS::RDS::DBCluster", {"DatabaseName": "common"}),
    "D5 the capacity": (
        DATA,
        "AWS::RDS::DBCluster",
        {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 2}},
    ),
    "D5 the pause": (
        DATA,
        "AWS::RDS::DBCluster",
        {"ServerlessV2ScalingConfiguration": {"SecondsUntilAutoPause": 3600}},
    ),
    "B1 the bucket": (BACKUP, "AWS::S3::Bucket", {"BucketName": "ocp-redmine-backup"}),
    "B2 the rule": (
        BACKUP,
        "AWS::S3::Bucket",
        {
            "LifecycleConfiguration": {
                "Rules": Match.array_with(
                    [Match.object_like({"Id": "delete-after-30-days", "ExpirationInDays": 30})]
                )
            }
        },
    ),
    "B2 the uploads": (
        BACKUP,
        "AWS::S3::Bucket",
        {
            "LifecycleConfiguration": {
                "Rules": Match.array_with(
                    [
                        Match.object_like(
                            {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
                        )
                    ]
                )
            }
        },
    ),
    "B5 the user": (BACKUP, "AWS::IAM::User", {"UserName": "ocp-redmine-backup"}),
}


@pytest.mark.parametrize("row", QUOTED)
def test_the_template_has_what_the_page_quotes(
    example_templates: dict[str, Template], row: str
) -> None:
    stack, kind, properties = QUOTED[row]
    example_templates[stack].has_resource_properties(kind, properties)


def test_m11_the_set_publishes_three_kinds_of_event_and_no_other(
    example_templates: dict[str, Template],
) -> None:
    example_templates[MAIL].has_resource_properties(
        "AWS::SES::ConfigurationSetEventDestination",
        {
            "EventDestination": {
                "MatchingEventTypes": ["reject", "deliveryDelay", "renderingFailure"]
            }
        },
    )


def test_d5_a_minimum_of_two_that_pauses_is_refused_with_the_reason() -> None:
    asked = EXAMPLE.replace("capacity: {min: 0,", "capacity: {min: 2,")
    with pytest.raises(ConfigurationError) as caught:
        parse(asked)
    message = str(caught.value)
    assert "capacity.min" in message
    assert "pauses only from a minimum of 0" in message
