"""What a function found before it changed a setting, so that it can be put back.

A custom resource has no place of its own for it: a request that is repeated after the change would
find the function's own doing. It is saved in a parameter of Systems Manager, where the first value
stays, until the setting is put back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

State = TypeVar("State", bound=Mapping[str, object])


class SavedState(Generic[State]):
    """One parameter, by name."""

    def __init__(self, ssm: SSMClient, name: str) -> None:
        self.ssm, self.name = ssm, name

    def save(self, state: State) -> None:
        """Save this, unless something is saved already."""
        try:
            self.ssm.put_parameter(Name=self.name, Value=json.dumps(state), Type="String")
        except self.ssm.exceptions.ParameterAlreadyExists:
            return

    def load(self) -> State | None:
        """Return what was saved, or None where nothing was changed yet."""
        try:
            parameter = self.ssm.get_parameter(Name=self.name)["Parameter"]
        except self.ssm.exceptions.ParameterNotFound:
            return None
        found: State = json.loads(parameter["Value"])
        return found

    def clear(self) -> None:
        """Remove it: the setting is as it was."""
        try:
            self.ssm.delete_parameter(Name=self.name)
        except self.ssm.exceptions.ParameterNotFound:
            return
