"""What a function found before it changed a setting, so that it can be put back.

A custom resource has no place of its own for it: a request that is repeated after the change would
find the function's own doing. It is kept in a parameter of Systems Manager, where the first word
wins, until the setting is put back.
"""

from __future__ import annotations

import json
from typing import Any

Found = dict[str, Any]


class Memory:
    """One parameter, by name."""

    def __init__(self, ssm: Any, name: str) -> None:
        self.ssm, self.name = ssm, name

    def keep(self, found: Found) -> None:
        """Remember this, unless something is remembered already."""
        try:
            self.ssm.put_parameter(Name=self.name, Value=json.dumps(found), Type="String")
        except self.ssm.exceptions.ParameterAlreadyExists:
            return

    def recall(self) -> Found | None:
        """Return what was found, or None where nothing was changed yet."""
        try:
            parameter = self.ssm.get_parameter(Name=self.name)["Parameter"]
        except self.ssm.exceptions.ParameterNotFound:
            return None
        return dict(json.loads(parameter["Value"]))

    def forget(self) -> None:
        """Remove it: the setting is as it was."""
        try:
            self.ssm.delete_parameter(Name=self.name)
        except self.ssm.exceptions.ParameterNotFound:
            return
