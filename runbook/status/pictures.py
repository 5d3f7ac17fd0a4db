"""Pictures of numbers as SVG, in the page itself: no script, no font, no other file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from markupsafe import Markup, escape

WIDTH, HEIGHT, ROW = 560, 140, 24
Points = Sequence[tuple[datetime, float]]


def days(points: Points, limits: Sequence[float]) -> Markup:
    """Draw a bar for each day, and the limits that fit."""
    if not points:
        return _nothing()
    top = max(value for _, value in points) or 1
    near = [limit for limit in limits if limit <= 2 * top]
    top = max([top, *near])
    step = WIDTH / len(points)
    drawn = Markup("").join(
        Markup('<rect x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>').format(
            _n(number * step + 2),
            _n(HEIGHT - value / top * HEIGHT),
            _n(step - 4),
            _n(value / top * HEIGHT),
            at.strftime("%Y-%m-%d"),
            int(value),
        )
        for number, (at, value) in enumerate(points)
    )
    return _picture(drawn + _limits(near, top), HEIGHT)


def line(points: Points, limits: Sequence[float]) -> Markup:
    """Draw a rate, from 0 to 1, below the limits at which AWS acts."""
    if not points:
        return _nothing()
    top = max([*limits, *(value for _, value in points)])
    step = WIDTH / max(1, len(points) - 1)
    path = " ".join(
        f"{_n(number * step)},{_n(HEIGHT - value / top * HEIGHT)}"
        for number, (_, value) in enumerate(points)
    )
    newest = Markup('<text x="4" y="14">{} % now</text>').format(_n(points[-1][1] * 100))
    return _picture(
        Markup('<polyline points="{}"/>').format(path) + newest + _limits(limits, top), HEIGHT
    )


def bars(values: Sequence[tuple[str, int]], shown: Callable[[int], str]) -> Markup:
    """Draw a bar for each name, with its value behind it."""
    top = max(value for _, value in values) or 1
    bar = Markup('<rect x="0" y="{}" width="{}" height="8"/>')
    label = Markup('<text x="0" y="{}">{}: {}</text>')
    drawn = Markup("")
    for number, (name, value) in enumerate(values):
        above = 2 * ROW * number
        drawn += bar.format(above + ROW, _n(value / top * WIDTH))
        drawn += label.format(above + 18, name, shown(value))
    return _picture(drawn, 2 * ROW * len(values))


def _limits(limits: Sequence[float], top: float) -> Markup:
    return Markup("").join(
        Markup('<line x1="0" x2="{}" y1="{}" y2="{}"><title>{}</title></line>').format(
            WIDTH, _n(HEIGHT - limit / top * HEIGHT), _n(HEIGHT - limit / top * HEIGHT), limit
        )
        for limit in limits
    )


def _picture(inside: Markup, height: int) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img">{}</svg>').format(WIDTH, height, inside)


def _nothing() -> Markup:
    return escape("Nothing was sent.")


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
