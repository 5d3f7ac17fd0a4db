"""Mail: identities, their records, topics, configuration sets, receiving and senders."""

from groundwork.mail.activation import RuleSetActivation
from groundwork.mail.alarms import QuotaAlarms, ReputationAlarms, VolumeAlarm
from groundwork.mail.arns import configuration_set_arn, identity_arn, topic_arn
from groundwork.mail.bounce_contacts import BounceContacts
from groundwork.mail.configuration_set import SesConfigurationSet
from groundwork.mail.delivery_log import DeliveryLog, DeliveryLogAccess
from groundwork.mail.feedback import Feedback
from groundwork.mail.identity import AddressIdentity, DomainIdentity
from groundwork.mail.production_access import ProductionAccessRequest
from groundwork.mail.receiving import Receiving
from groundwork.mail.records import HostedRecords, records_text
from groundwork.mail.sender import SenderUser
from groundwork.mail.suppression import AccountSuppression
from groundwork.mail.tenant import SesTenant
from groundwork.mail.topic import MailTopic
from groundwork.mail.undelivered_events import UndeliveredEvents

__all__ = [
    "AccountSuppression",
    "AddressIdentity",
    "BounceContacts",
    "DeliveryLog",
    "DeliveryLogAccess",
    "DomainIdentity",
    "Feedback",
    "HostedRecords",
    "MailTopic",
    "ProductionAccessRequest",
    "QuotaAlarms",
    "Receiving",
    "ReputationAlarms",
    "RuleSetActivation",
    "SenderUser",
    "SesConfigurationSet",
    "SesTenant",
    "UndeliveredEvents",
    "VolumeAlarm",
    "configuration_set_arn",
    "identity_arn",
    "records_text",
    "topic_arn",
]
