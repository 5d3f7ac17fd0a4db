"""A review as one page: it asks for nothing else, and is read without a script."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from runbook.base.names import count
from runbook.changes.layout import Code, Text
from runbook.changes.review import Review
from runbook.changes.text import line
from runbook.changes.view import build


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
        view=build(review),
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - a file of this folder, without a value in it
        script=Markup(script),  # noqa: S704
        text=_text,
        count=count,
        line=line,
    )


def _text(text: Text) -> Markup:
    parts = (
        Markup("<code>{}</code>").format(line(part.text)) if isinstance(part, Code) else part
        for part in text
    )
    return Markup("").join(parts)


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
