"""Pictures of numbers as SVG, in the page itself: no script, no font, no other file.

A drawing is as wide as its place, whatever that is; words stand beside it, where they keep their
size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from markupsafe import Markup

WIDTH, HEIGHT = 560, 140
DAY = timedelta(days=1)
Points = Sequence[tuple[datetime, float]]


@dataclass(frozen=True)
class Span:
    """The days that a picture shows."""

    until: datetime
    days: int

    @property
    def since(self) -> datetime:
        """Return when the first day begins."""
        return self.until - self.days * DAY

    def part(self, at: datetime) -> float:
        """Return how far from left to right a moment is, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.since) / (self.days * DAY)))


def bars(points: Points, span: Span, limit: float) -> Markup:
    """Draw a bar for each day, and the limit where it is near enough to be seen."""
    counted = [0.0] * span.days
    for at, value in points:
        counted[min(span.days - 1, int(span.part(at) * span.days))] += value
    near = [limit] if limit <= 2 * max(counted) else []
    top = max(*counted, *near) or 1
    step = WIDTH / span.days
    bar = Markup('<rect x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>')
    drawn = Markup("").join(
        bar.format(
            _n(number * step + 2),
            _n(HEIGHT - value / top * HEIGHT),
            _n(step - 4),
            _n(value / top * HEIGHT),
            (span.since + number * DAY).strftime("%Y-%m-%d"),
            int(value),
        )
        for number, value in enumerate(counted)
        if value
    )
    return _picture(drawn + _limits(near, top))


def line(points: Points, span: Span, limits: Sequence[float]) -> Markup:
    """Draw a rate, from 0 to 1, below the limits at which AWS acts."""
    top = max([*limits, *(value for _, value in points)])
    places = [
        f"{_n(span.part(at) * WIDTH)},{_n(HEIGHT - value / top * HEIGHT)}" for at, value in points
    ]
    lines = "".join(f"M{first}L{second}" for first, second in pairwise(places))
    dots = "".join(f"M{place}h0" for place in places)
    drawn = Markup('<path d="{}"/><path class="dots" d="{}"/>').format(lines, dots)
    return _picture(drawn + _limits(limits, top))


def share(part: float) -> Markup:
    """Draw one bar, of a part from 0 to 1 of the width."""
    bar = Markup('<rect x="0" y="0" width="{}" height="10"/>').format(_n(part * WIDTH))
    return _picture(bar, height=10)


def _limits(limits: Sequence[float], top: float) -> Markup:
    drawn = Markup('<line x1="0" x2="{}" y1="{}" y2="{}"><title>{}</title></line>')
    return Markup("").join(
        drawn.format(WIDTH, _n(place), _n(place), f"{limit:g}")
        for limit in limits
        for place in [HEIGHT - limit / top * HEIGHT]
    )


def _picture(inside: Markup, height: int = HEIGHT) -> Markup:
    frame = Markup('<svg viewBox="0 0 {} {}" height="{}" preserveAspectRatio="none">{}</svg>')
    return frame.format(WIDTH, height, height, inside)


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
