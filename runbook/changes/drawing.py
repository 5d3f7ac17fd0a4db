"""The stacks as a drawing: boxes by order of execution, arrows from each to what waits for it.

Only places are worked out here; the page's template writes the SVG.
"""

from __future__ import annotations

from dataclasses import dataclass

from runbook.changes import wording
from runbook.changes.review import Effect, Review, StackReview

SIGNS = {
    Effect.ADD: "+",
    Effect.CHANGE: "~",
    Effect.REPLACE: "±",
    Effect.MAY_REPLACE: "±?",
    Effect.DELETE: "−",
    Effect.RETAIN: "○",
    Effect.IMPORT: "→",
}

_HEIGHT = 84
_LOSS = 24
_BETWEEN_STEPS = 40
_BETWEEN_ROWS = 14
_LANES = 3


@dataclass(frozen=True)
class Box:
    """A stack: where it is drawn, and what is written into it."""

    stack: StackReview
    x: float
    y: float
    width: float
    height: float
    counts: tuple[tuple[Effect, str], ...]

    @property
    def middle(self) -> float:
        """Return the middle from left to right."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class Drawing:
    """Boxes and the paths of arrows, in pixels."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]


def draw(review: Review, *, columns: int, width: float, gap: float) -> Drawing:
    """Lay the stacks out in at most so many columns, each box so wide; one step below the other."""
    steps = wording.layers(review)
    most = min(columns, max(map(len, steps), default=1))
    lanes = 14 * _LANES if columns == 1 else 0
    whole = most * width + (most - 1) * gap
    boxes: dict[str, Box] = {}
    y = 1.0
    for step in steps:
        for row in (step[i : i + most] for i in range(0, len(step), most)):
            x = (whole - len(row) * width - (len(row) - 1) * gap) / 2 + 1
            height = _HEIGHT + _LOSS * any(stack.losses for stack in row)
            for stack in row:
                boxes[stack.name] = _box(stack, x, y, width, height)
                x += width + gap
            y += height + _BETWEEN_ROWS
        y += _BETWEEN_STEPS - _BETWEEN_ROWS
    arrows = _arrows(review, boxes, sideways=columns == 1)
    return Drawing(whole + lanes + 2, y - _BETWEEN_STEPS + 1, tuple(boxes.values()), arrows)


def _box(stack: StackReview, x: float, y: float, width: float, height: float) -> Box:
    found = [change.effect for change in stack.changes]
    counts = tuple((e, f"{sign}{found.count(e)}") for e, sign in SIGNS.items() if e in found)
    return Box(stack, x, y, width, height, counts)


def _arrows(review: Review, boxes: dict[str, Box], *, sideways: bool) -> tuple[str, ...]:
    order = list(boxes)
    paths: list[str] = []
    for name, needed in _direct(review):
        source, target = boxes[needed], boxes[name]
        if sideways and order.index(name) - order.index(needed) > 1:
            paths.append(_around(source, target, len(paths) % _LANES))
        else:
            paths.append(_down(source, target))
    return tuple(paths)


def _direct(review: Review) -> list[tuple[str, str]]:
    """Return who waits for whom, without what follows from the others."""
    needs = {stack.name: set(stack.depends_on) for stack in review.stacks}

    def reaches(name: str) -> set[str]:
        beyond = [reaches(other) for other in needs[name] if other in needs and other != name]
        return needs[name].union(*beyond)

    found = []
    for name, direct in needs.items():
        known = [other for other in sorted(direct) if other in needs and other != name]
        implied = set().union(*(reaches(other) for other in known))
        found += [(name, other) for other in known if other not in implied]
    return found


def _down(source: Box, target: Box) -> str:
    bend = (target.y - source.bottom) / 2
    return (
        f"M{source.middle:g} {source.bottom:g} C{source.middle:g} {source.bottom + bend:g} "
        f"{target.middle:g} {target.y - bend:g} {target.middle:g} {target.y - 2:g}"
    )


def _around(source: Box, target: Box, lane: int) -> str:
    """Lead an arrow past the boxes between, on their right."""
    right = source.x + source.width
    x = right + 14 * (lane + 1)
    start, end = source.y + source.height / 2, target.y + target.height / 2
    return (
        f"M{right:g} {start:g} H{x - 6:g} Q{x:g} {start:g} {x:g} {start + 6:g} "
        f"V{end - 6:g} Q{x:g} {end:g} {x - 6:g} {end:g} H{right + 2:g}"
    )
