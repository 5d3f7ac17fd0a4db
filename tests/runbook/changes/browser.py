"""Opens a page in headless Chromium and measures what a person would see of it."""

from __future__ import annotations

import html
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.programs import require

DARK = "--blink-settings=preferredColorScheme=0"

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=10000",
)


@dataclass(frozen=True)
class Seen:
    """What Chromium says of a page."""

    console: list[str]
    """What it wrote to its console: errors of scripts, and what the page's policy refused."""
    width: int
    content: int
    """How wide the window is, and what is in it."""
    outside: list[str]
    """Elements that reach over an edge of the window, or whose content is cut off."""
    pale: list[str]
    """Texts whose contrast with what is behind them is below 4.5, WCAG's level AA."""
    filtered: dict[str, Any]
    """How many changes are shown before and after a search for `nothing like this`, if one can."""


def look(page: str, folder: Path, width: int, *flags: str) -> Seen:
    """Open a page in a window so wide, which is a frame: Chromium's own are 500 pixels at least."""
    chromium = require("chromium")
    frame = folder / "frame.html"
    frame.write_text(
        f'<!doctype html><iframe width="{width}" height="900" style="border:0" '
        f'data-page="{html.escape(page)}"></iframe>'
        f'<pre id="seen"></pre><script>{_MEASURE}</script>',
        encoding="utf-8",
    )
    run = subprocess.run(
        [
            chromium,
            *_FLAGS,
            *flags,
            f"--user-data-dir={folder / 'profile'}",
            "--window-size=1400,1000",
            "--dump-dom",
            frame.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    measured = re.search(r'<pre id="seen">(.*?)</pre>', run.stdout, re.DOTALL)
    assert measured, "the page was not measured: " + run.stderr[-2000:]
    console = [line for line in run.stderr.splitlines() if "CONSOLE" in line]
    return Seen(console=console, **json.loads(html.unescape(measured[1])))


_MEASURE = r"""
const frame = document.querySelector("iframe");

function channels(colour) {
  const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
  return { rgb: [red, green, blue], alpha };
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function behind(element, view) {
  for (let node = element; node; node = node.parentElement) {
    const box = node.tagName === "a" && node.querySelector("rect");
    const fill = box && view.getComputedStyle(box).fill;
    const colour = fill && fill !== "none" ? fill : view.getComputedStyle(node).backgroundColor;
    if (channels(colour).alpha === 1) return channels(colour).rgb;
  }
  return [255, 255, 255];
}

function contrast(element, view) {
  const style = view.getComputedStyle(element);
  const drawn = element.namespaceURI.endsWith("svg");
  const light = luminance(channels(drawn ? style.fill : style.color).rgb);
  const dark = luminance(behind(element, view));
  return (Math.max(light, dark) + 0.05) / (Math.min(light, dark) + 0.05);
}

function named(element) {
  const name = element.className?.baseVal ?? element.className;
  return `${element.tagName}.${name}: ${element.textContent.trim().slice(0, 60)}`;
}

function isCut(element, view) {
  const box = element.getBoundingClientRect();
  if (!box.width) return false;
  const drawing = element.tagName === "text" && element.parentElement.querySelector("rect");
  const edge = drawing ? drawing.getBoundingClientRect().right : view.innerWidth;
  const clips = ["hidden", "clip", "auto", "scroll"].includes(
    view.getComputedStyle(element).overflowX);
  const scrolls = clips && element.scrollWidth > element.clientWidth && element.tagName !== "svg";
  return box.right > edge + 0.5 || box.left < -0.5 || scrolls;
}

function searched(page) {
  const changes = [...page.querySelectorAll(".entry")];
  const shown = () => changes.filter((change) => change.offsetParent).length;
  const words = page.getElementById("words");
  if (!words) return {};
  const before = shown();
  words.value = "nothing like this";
  words.dispatchEvent(new Event("input"));
  return { before, after: shown(), said: page.getElementById("found").textContent };
}

function measure() {
  const page = frame.contentDocument, view = frame.contentWindow;
  for (const fold of page.querySelectorAll("details")) fold.open = true;
  const elements = [...page.body.querySelectorAll("*")].filter((e) => e.getClientRects().length);
  const written = elements.filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const seen = {
    width: view.innerWidth,
    content: page.documentElement.scrollWidth,
    outside: elements.filter((element) => isCut(element, view)).map(named),
    pale: written.filter((element) => contrast(element, view) < 4.5).map(named),
    filtered: searched(page),
  };
  document.getElementById("seen").textContent = JSON.stringify(seen);
}
frame.addEventListener("load", measure);
frame.srcdoc = frame.dataset.page;
"""
