"""What is restored into what, and how RDS names its calls for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from settings.contract import drill_copy, drill_log, drill_writer


@dataclass(frozen=True)
class Function:
    """What asks a restored instance, which has no Data API."""

    arn: str
    login: str
    """As whom it asks."""


@dataclass(frozen=True)
class Question:
    """What a restored copy is asked."""

    database: str
    query: str
    expect: str
    function: Function | None = None
    """Who asks an instance. A cluster is asked through the Data API."""


@dataclass(frozen=True)
class Copy:
    """The copy of one database: an instance, or a cluster with an instance of its own."""

    kind: Literal["Instance", "Cluster"]
    database: str
    """The identifier of the database."""
    max_age: int
    """Of the newest automated snapshot, in seconds."""
    arguments: Mapping[str, object]
    """What the restored copy has besides what the snapshot says."""
    writer: Mapping[str, object] = field(default_factory=dict)
    """What the instance of a restored cluster has."""
    question: Question | None = None

    @property
    def name(self) -> str:
        """The identifier of the copy."""
        return drill_copy(self.database)

    @property
    def writer_name(self) -> str:
        """The identifier of a restored cluster's instance."""
        return drill_writer(self.database)

    @property
    def log_group(self) -> str:
        """Where each drill leaves a record."""
        return drill_log(self.database)

    @property
    def identified(self) -> dict[str, object]:
        """The argument that names the copy."""
        return {f"Db{self.kind}Identifier": self.name}

    @property
    def found(self) -> str:
        """What a description of the copy answers, as an expression."""
        return f"$states.result.Db{self.kind}s[0]"

    @property
    def status(self) -> str:
        """The field of the description with its status."""
        return "DbInstanceStatus" if self.kind == "Instance" else "Status"
