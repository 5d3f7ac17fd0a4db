"""Container services: the alarms of one, and the new deployment that replaces its tasks."""

from groundwork.services.alarms import ServiceAlarms
from groundwork.services.replacement import ServiceReplacement

__all__ = ["ServiceAlarms", "ServiceReplacement"]
