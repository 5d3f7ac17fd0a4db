"""The stacks: they compose constructs and grant, a page each."""

from aws_cdk import App

from settings import Settings
from stacks.access import AccessStack
from stacks.backup import BackupStack
from stacks.data import DataStack
from stacks.mail import MailStack

__all__ = ["AccessStack", "BackupStack", "DataStack", "MailStack", "make_stacks"]


def make_stacks(app: App, settings: Settings) -> None:
    """Make the stacks that the configuration asks for: one an area and region, and no empty one."""
    for region, part in settings.mail.places():
        MailStack(app, settings=settings, region=region, part=part)
    for region, part in settings.data.places():
        DataStack(app, settings=settings, region=region, part=part)
    for region, part in settings.backup.places():
        BackupStack(app, settings=settings, region=region, part=part)
    if settings.access:
        AccessStack(app, settings=settings, access=settings.access)
