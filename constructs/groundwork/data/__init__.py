"""Data: networks, security groups, databases, the bastion and the alarms."""

from groundwork.data.alarm_topic import AlarmTopic
from groundwork.data.alarms import Alarms
from groundwork.data.bastion import Bastion
from groundwork.data.databases import make_database
from groundwork.data.network import Network
from groundwork.data.security_group import SecurityGroup

__all__ = ["AlarmTopic", "Alarms", "Bastion", "Network", "SecurityGroup", "make_database"]
