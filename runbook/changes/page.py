"""A review as one page: it asks for nothing else, and is read without a script."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from runbook.changes import gains, wording
from runbook.changes.drawing import SIGNS, draw
from runbook.changes.review import Effect, Review, Undo, Verdict

_TONE = {
    Effect.ADD: "good",
    Effect.CHANGE: "change",
    Effect.MAY_REPLACE: "maybe",
    Effect.REPLACE: "bad",
    Effect.DELETE: "bad",
    Effect.RETAIN: "change",
    Effect.IMPORT: "good",
    Verdict.KEPT: "good",
    Verdict.PROTECTED: "change",
    Verdict.SNAPSHOT: "change",
    Verdict.LOST: "lost",
}
"""The colour in which a word is shown; the word says it too."""


def page(review: Review) -> str:
    """Return the page: HTML that may lie anywhere and loads nothing.

    Its policy admits its own style and script by their digests and nothing else, so that even a
    name that got past the escaping could neither run nor load anything.
    <https://www.w3.org/TR/CSP3/>
    """
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = templates.get_template("page.css.j2").render()
    script = templates.get_template("page.js.j2").render()
    return templates.get_template("page.html.j2").render(
        review=review,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - a file of this folder, without a value in it
        script=Markup(script),  # noqa: S704
        wide=draw(review, columns=3, width=232, gap=36),
        narrow=draw(review, columns=1, width=270, gap=0),
        signs=SIGNS,
        tone=_TONE,
        gains=gains,
        wording=wording,
        Effect=Effect,
        Undo=Undo,
        Verdict=Verdict,
    )


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
