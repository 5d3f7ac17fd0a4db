"""Data that the file says to keep: what would lose it, and that it no longer says so.

`keep_data` stands at the resource that holds the data, in its metadata, so that taking it back is a
change by itself. It holds as deployed and as declared: to lose data that is kept takes two changes.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html>
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Set

from runbook.changes.consequences.model import Consequence
from runbook.changes.consequences.names import name_of
from runbook.changes.outcome import VERDICTS
from runbook.changes.parts import LOSING, Danger, Finding, ResourceChange, Verdict, item_of
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template
from settings.contract import KEEP_DATA

_EXPOSED = "opened to everybody"
_IN_DOUBT = "not understood, so that it may be open to anybody"
_SAID = "where the file says keep_data"


def given_up(before: Template, after: Template) -> Iterator[Consequence]:
    """Yield that data which had to be kept no longer has to be."""
    if _is_kept(before) and not _is_kept(after):
        words = "keep_data is off: from now on, a change that loses its data can be approved"
        yield Consequence(words, "", Verdict.WEAKENED)


def ruled_out(
    changes: Collection[ResourceChange],
    findings: Collection[Finding],
    before: Reading,
    after: Reading,
) -> Iterator[Finding]:
    """Yield what would lose, expire or open data that the file says to keep."""
    kept = {*_kept(before), *_kept(after)}
    for change in changes:
        if change.logical_id in kept and change.verdict in LOSING:
            yield _refused(change.place, VERDICTS[change.verdict].words)
    names = {name for version in (before, after) for name in _names(version, kept)}
    for finding in findings:
        exposes = finding.danger is Danger.EVERYBODY
        if exposes or finding.danger is Danger.UNREADABLE:
            words = _EXPOSED if exposes else _IN_DOUBT
            if any(_is_about(finding.place, name) for name in names):
                yield _refused(finding.place, words)


def _refused(place: str, words: str) -> Finding:
    return Finding(danger=Danger.RULED_OUT, place=place, text=f"{words}, {_SAID}")


def _kept(version: Reading) -> Iterator[str]:
    return (name for name, resource in version.resources.items() if _is_kept(resource))


def _names(version: Reading, kept: Set[str]) -> Iterator[str]:
    """Yield by what a finding may name what is kept: by its item, or by the name that AWS has."""
    for name, place in version.places().items():
        if name in kept:
            yield item_of(place)
            yield name_of(version.resources[name]) or place


def _is_about(place: str, name: str) -> bool:
    """Tell whether a place is an item or below it: `buckets/raw/bucket.Arn/*`, `arn:…:::raw/*`."""
    return re.search(rf"(?:^|:){re.escape(name)}(?![\w-])", place) is not None


def _is_kept(resource: Template) -> bool:
    return resource.get("Metadata", {}).get(KEEP_DATA) is True
