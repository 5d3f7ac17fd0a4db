"""What the constructs of every area are made of."""

from groundwork.kit.alarm import Alarm, Metric, Threshold
from groundwork.kit.arns import arn, arn_in_stack, execution_role_arn
from groundwork.kit.bucket import PrivateBucket
from groundwork.kit.drill_alarms import add_drill_alarms
from groundwork.kit.function import SERVICE_TIMEOUT, RuntimeFunction
from groundwork.kit.secret_readers import SecretReaders
from groundwork.kit.setting_function import SettingFunction
from groundwork.kit.starter import add_starter
from groundwork.kit.topic import NotificationTopic

__all__ = [
    "SERVICE_TIMEOUT",
    "Alarm",
    "Metric",
    "NotificationTopic",
    "PrivateBucket",
    "RuntimeFunction",
    "SecretReaders",
    "SettingFunction",
    "Threshold",
    "add_drill_alarms",
    "add_starter",
    "arn",
    "arn_in_stack",
    "execution_role_arn",
]
