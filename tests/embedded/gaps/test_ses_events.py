"""What SES publishes about the messages that it took."""

import json
import time
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

REGION = "us-east-1"
FROM = "Us <noreply@events.example.com>"
DOMAIN = "events.example.com"
ALL = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT"]


def queue_of(where: Any, topic: str) -> str:
    """A queue that gets what the topic gets."""
    sqs = where.client("sqs")
    url = str(sqs.create_queue(QueueName=topic.rpartition(":")[2])["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    where.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    return url


def topic_of(where: Any, name: str, *, allowed: bool = True) -> str:
    """A topic to which SES may publish, or not."""
    sns = where.client("sns")
    topic = str(sns.create_topic(Name=name)["TopicArn"])
    statement = {
        "Effect": "Allow" if allowed else "Deny",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    return topic


def received(where: Any, url: str) -> list[Any]:
    found: list[Any] = []
    sqs = where.client("sqs")
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def send(where: Any, to: str, **headers: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = FROM, to, "subject"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("text")
    where.client("ses").send_raw_email(RawMessage={"Data": mail.as_bytes()})


@pytest.fixture(scope="module", autouse=True)
def _domain(aws: Any, pristine: Any) -> None:
    for where in (aws, pristine):
        where.leave_sandbox()
        where.client("ses").verify_domain_identity(Domain=DOMAIN)


def set_with(where: Any, name: str, **destination: Any) -> None:
    """A configuration set with one destination for all its events."""
    ses = where.client("sesv2")
    ses.create_configuration_set(ConfigurationSetName=name)
    ses.create_configuration_set_event_destination(
        ConfigurationSetName=name,
        EventDestinationName="all",
        EventDestination={"Enabled": True, "MatchingEventTypes": ALL, **destination},
    )


class TestEvents:
    def events(self, where: Any) -> list[Any]:
        topic = topic_of(where, "ses-events")
        url = queue_of(where, topic)
        set_with(where, "events", SnsDestination={"TopicArn": topic})
        for outcome in ("success", "bounce", "complaint", "ooto"):
            to = f"{outcome}+label@simulator.amazonses.com"
            send(where, to, X_SES_CONFIGURATION_SET="events", X_SES_MESSAGE_TAGS="part=news")
        return received(where, url)

    def test_they_reach_the_topic(self, aws: Any) -> None:
        found = self.events(aws)
        assert [event["eventType"] for event in found] == [
            "Send", "Delivery", "Send", "Bounce", "Send", "Delivery", "Complaint", "Send",
            "Delivery",
        ]  # fmt: skip
        bounce = found[3]
        assert bounce["bounce"]["bounceType"] == "Permanent"
        assert bounce["mail"]["destination"] == ["bounce+label@simulator.amazonses.com"]
        assert bounce["mail"]["commonHeaders"]["subject"] == "subject"
        assert {"name": "From", "value": FROM} in bounce["mail"]["headers"]
        assert bounce["mail"]["tags"]["ses:configuration-set"] == ["events"]
        assert bounce["mail"]["tags"]["part"] == ["news"]

    def test_ministack_still_publishes_none(self, pristine: Any) -> None:
        assert self.events(pristine) == []

    def test_a_topic_that_does_not_let_ses_gets_none(self, aws: Any) -> None:
        topic = topic_of(aws, "closed-to-ses", allowed=False)
        url = queue_of(aws, topic)
        set_with(aws, "closed", SnsDestination={"TopicArn": topic})
        send(aws, "success@simulator.amazonses.com", X_SES_CONFIGURATION_SET="closed")
        assert received(aws, url) == []

    def test_an_address_on_the_suppression_list_bounces(self, aws: Any) -> None:
        topic = topic_of(aws, "suppressed-events")
        url = queue_of(aws, topic)
        set_with(aws, "suppressed", SnsDestination={"TopicArn": topic})
        ses = aws.client("sesv2")
        ses.put_suppressed_destination(EmailAddress="gone@example.net", Reason="BOUNCE")
        send(aws, "gone@example.net", X_SES_CONFIGURATION_SET="suppressed")
        sent, bounce = received(aws, url)
        assert sent["eventType"] == "Send"
        assert bounce["bounce"]["bounceSubType"] == "OnAccountSuppressionList"

    def test_they_are_metrics_with_the_dimensions_that_are_wanted(self, aws: Any) -> None:
        wanted = {
            "DimensionName": "ses:caller-identity",
            "DimensionValueSource": "MESSAGE_TAG",
            "DefaultDimensionValue": "nobody",
        }
        set_with(aws, "measured", CloudWatchDestination={"DimensionConfigurations": [wanted]})
        send(aws, "bounce@simulator.amazonses.com", X_SES_CONFIGURATION_SET="measured")

        def count(**dimensions: str) -> float:
            now = time.time()
            found = aws.client("cloudwatch").get_metric_statistics(
                Namespace="AWS/SES",
                MetricName="Bounce",
                Dimensions=[{"Name": n, "Value": v} for n, v in dimensions.items()],
                StartTime=now - 3600,
                EndTime=now + 60,
                Period=7200,
                Statistics=["Sum"],
            )["Datapoints"]
            return float(sum(point["Sum"] for point in found))

        assert count(**{"ses:caller-identity": "administrator"}) == 1
        assert count() >= 1

    def test_they_reach_the_event_bus(self, aws: Any) -> None:
        queue = aws.client("sqs").create_queue(QueueName="ses-bus")["QueueUrl"]
        arn = "arn:aws:sqs:us-east-1:123456789012:ses-bus"
        events = aws.client("events")
        pattern = {"source": ["aws.ses"], "detail": {"mail": {"tags": {"part": ["bus"]}}}}
        events.put_rule(Name="ses-bus", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="ses-bus", Targets=[{"Id": "queue", "Arn": arn}])
        bus = "arn:aws:events:us-east-1:123456789012:event-bus/default"
        set_with(aws, "bus", EventBridgeDestination={"EventBusArn": bus})
        tagged = {"X_SES_CONFIGURATION_SET": "bus", "X_SES_MESSAGE_TAGS": "part=bus"}
        send(aws, "success@simulator.amazonses.com", **tagged)
        found = received(aws, queue)
        assert [event["detail-type"] for event in found] == ["Email Sent", "Email Delivered"]

    def test_a_set_that_is_not_there_or_paused_sends_nothing(self, aws: Any, pristine: Any) -> None:
        with pytest.raises(ClientError, match="ConfigurationSetDoesNotExist"):
            send(aws, "success@simulator.amazonses.com", X_SES_CONFIGURATION_SET="absent")
        ses = aws.client("sesv2")
        ses.create_configuration_set(
            ConfigurationSetName="paused", SendingOptions={"SendingEnabled": False}
        )
        with pytest.raises(ClientError, match="ConfigurationSetSendingPaused"):
            send(aws, "success@simulator.amazonses.com", X_SES_CONFIGURATION_SET="paused")
        send(pristine, "success@simulator.amazonses.com", X_SES_CONFIGURATION_SET="absent")


class TestNotifications:
    def notifications(self, where: Any, name: str) -> list[Any]:
        topic = topic_of(where, name)
        url = queue_of(where, topic)
        ses = where.client("ses")
        for kind in ("Bounce", "Complaint"):
            named = {"Identity": DOMAIN, "NotificationType": kind}
            ses.set_identity_notification_topic(**named, SnsTopic=topic)
        for outcome in ("success", "bounce", "complaint"):
            send(where, f"{outcome}@simulator.amazonses.com")
        return received(where, url)

    def test_they_have_the_headers_where_that_is_enabled(self, aws: Any) -> None:
        aws.client("ses").set_identity_headers_in_notifications_enabled(
            Identity=DOMAIN, NotificationType="Bounce", Enabled=True
        )
        bounce, complaint = self.notifications(aws, "ses-feedback")
        assert bounce["notificationType"] == "Bounce"
        assert bounce["mail"]["commonHeaders"]["subject"] == "subject"
        assert complaint["notificationType"] == "Complaint"
        assert "headers" not in complaint["mail"]

    def test_ministack_still_leaves_them_out(self, pristine: Any) -> None:
        bounce, _ = self.notifications(pristine, "ses-feedback")
        assert "headers" not in bounce["mail"]

    def test_a_topic_that_does_not_let_ses_is_dropped(self, aws: Any) -> None:
        ses, named = aws.client("ses"), {"Identity": DOMAIN, "NotificationType": "Delivery"}
        topic = topic_of(aws, "closed-feedback", allowed=False)
        ses.set_identity_notification_topic(**named, SnsTopic=topic)
        ses.set_identity_feedback_forwarding_enabled(Identity=DOMAIN, ForwardingEnabled=False)
        send(aws, "success@simulator.amazonses.com")
        found = ses.get_identity_notification_attributes(Identities=[DOMAIN])
        attributes = found["NotificationAttributes"][DOMAIN]
        assert "DeliveryTopic" not in attributes
        assert attributes["ForwardingEnabled"]
