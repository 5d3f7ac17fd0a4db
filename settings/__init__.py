"""The typed configuration: one reviewed file, read once, that says everything the stacks need.

`load` reads it; every other part of the project takes the frozen models that it returns.
Nothing here imports the CDK or calls AWS.
"""

from settings.diagnostics import ConfigurationError
from settings.models.settings import Settings
from settings.reader.file import configuration_error, load, parse

__all__ = ["ConfigurationError", "Settings", "configuration_error", "load", "parse"]
