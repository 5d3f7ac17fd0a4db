"""Risks that the team accepts: each with a reason, an owner and an end."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from settings.models.base import Model
from settings.values.areas import Area
from settings.values.matching import ONE_LINE, Matching


class AcceptedRisk(Model):
    """One finding of one rule at one place, accepted until a day."""

    rule: Annotated[
        str, Matching(r"[A-Za-z][\w:-]*(?:\[.+\])?", "a rule's name, as in AwsSolutions-RDS10")
    ]
    """The rule, as the finding names it."""
    on: Annotated[
        str,
        Matching(
            rf"(?:{'|'.join(Area)})(?:/[^/\s][^/]*)+", "a place, as in data/databases/analysis"
        ),
    ]
    """The area, the item, and where that holds several findings of the rule, the resource in it."""
    reason: Annotated[str, Field(min_length=20, max_length=500), ONE_LINE]
    """Why the risk is taken: for the next decision on it."""
    owner: Annotated[str, Field(min_length=2, max_length=100), ONE_LINE]
    """Who answers for it, and renews or ends it."""
    until: date
    """The last day on which it is accepted. The next day the synthesis fails."""
