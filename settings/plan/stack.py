"""How stacks are called: the one rule, in both directions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from settings.values.areas import Area
from settings.values.regions import REGIONS

_ID = re.compile(rf"({'|'.join(Area)})-({'|'.join(REGIONS)})(?:-([a-z](?:-?[a-z0-9])*))?")

MADE_UP = 24
"""How much of its stack's name a name begins with at least, where CloudFormation makes it up.

It cuts the stack's name and the logical id where a kind takes no longer names.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>
"""


@dataclass(frozen=True, order=True)
class StackId:
    """Which stack it is: `production-mail-us-east-1-second` has all four parts.

    `part` names a further stack of the same area and region, for items that ask for one.
    """

    area: Area
    region: str
    part: str = ""
    environment: str = ""

    @property
    def name(self) -> str:
        """The stack's name in CloudFormation, unique in its account and region."""
        return "-".join(filter(None, (self.environment, self.construct_id)))

    @property
    def construct_id(self) -> str:
        """The name without the environment: the id in the construct tree, where risks name it."""
        return "-".join(filter(None, (self.area, self.region, self.part)))

    @classmethod
    def parse(cls, name: str, environment: str | None = None) -> Self | None:
        """Return which stack of an environment has this name, or None if none can have it."""
        prefix = f"{environment}-" if environment else ""
        found = _ID.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if found is None:
            return None
        return cls(Area(found[1]), found[2], found[3] or "", environment or "")

    @classmethod
    def in_any_environment(cls, name: str) -> Self | None:
        """Return which stack of whichever environment has this name, or None."""
        found = _ID.search(name)
        environment = name[: found.start()].rstrip("-") if found else ""
        return cls.parse(name, environment)
