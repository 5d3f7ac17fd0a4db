"""What a resource is now, in CloudFormation's shape: one reader a type, made of public API calls.

AWS gives each resource type a `read` and a `list` handler, and Cloud Control, imports and drift
detection all use the same ones. So do the embedded AWS's: the three gaps take them from here.
<https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html>
"""

from __future__ import annotations

from embedded.readers import (
    access,
    computing,
    databases,
    mail,
    network,
    notifications,
    storage,
    tenants,
    watching,
)
from embedded.readers.reader import Clients, Properties, Reader

READERS: dict[str, Reader] = {
    **access.READERS,
    **computing.READERS,
    **databases.READERS,
    **mail.READERS,
    **network.READERS,
    **notifications.READERS,
    **storage.READERS,
    **tenants.READERS,
    **watching.READERS,
}
"""By resource type."""

__all__ = ["READERS", "Clients", "Properties", "Reader"]
