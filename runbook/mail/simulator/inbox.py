"""A queue that listens at topics for as long as a test takes, as a further subscriber.

<https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html>
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import boto3

from runbook.base import aws
from runbook.mail.notifications.explaining import explain
from runbook.mail.notifications.reading import notifications
from runbook.mail.simulator.destinations import Topic
from runbook.mail.simulator.following import Told

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

PREFIX = "groundwork-mail-test-"
"""What the queue's name starts with: one that is left over can be deleted."""


class Inbox:
    """What the topics told the queue."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client, self._url = client, url

    def look(self, messages: Collection[str]) -> Iterator[Told]:
        """Take everything that has come, and yield what concerns these messages."""
        while found := self._client.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        ).get("Messages"):
            for each in found:
                body = each["Body"]
                topic = str(json.loads(body)["TopicArn"]).rpartition(":")[2]
                for notification in notifications(body.encode()):
                    event = explain(notification)
                    if event.message_id in messages:
                        yield f"topic {topic}", event
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=each["ReceiptHandle"])


@contextmanager
def listening(region: str, topics: Sequence[Topic]) -> Iterator[Inbox]:
    """Subscribe a queue to the topics, and take both away again."""
    sqs: SQSClient = boto3.client("sqs", region_name=region, config=aws.CONFIG)
    sns: SNSClient = boto3.client("sns", region_name=region, config=aws.CONFIG)
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    account = topics[0].arn.split(":")[4]
    arn = f"arn:aws:sqs:{region}:{account}:{name}"
    with ExitStack() as stack:
        policy = _policy(arn, [topic.arn for topic in topics])
        url = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
        stack.callback(sqs.delete_queue, QueueUrl=url)
        for topic in topics:
            made = sns.subscribe(
                TopicArn=topic.arn,
                Protocol="sqs",
                Endpoint=arn,
                Attributes=_filter(topic),
                ReturnSubscriptionArn=True,
            )
            stack.callback(sns.unsubscribe, SubscriptionArn=made["SubscriptionArn"])
        yield Inbox(sqs, url)


def _filter(topic: Topic) -> dict[str, str]:
    if not topic.filter:
        return {}
    return {"FilterPolicyScope": "MessageBody", "FilterPolicy": json.dumps(topic.filter)}


def _policy(queue: str, topics: list[str]) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topics}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
