"""Which stack has which resource, in every region of the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Lock

from runbook.adopt.account import Account

GLOBAL = ("AWS::IAM::", "AWS::S3::Bucket")
"""Types whose names the whole account, or the whole of AWS, knows once."""


class Owners:
    """The owners of resources, whoever deployed them. They are read once, when first asked for."""

    def __init__(self, regions: Collection[str]) -> None:
        self._regions = tuple(regions)
        self._lock = Lock()

    def of(self, kind: str, name: str, region: str) -> str | None:
        """Return the stack that has a resource, or None where none has it."""
        regions = self._regions if kind.startswith(GLOBAL) else (region,)
        found = (self._all[each].get((kind, name)) for each in regions if each in self._all)
        return next(filter(None, found), None)

    @property
    def _all(self) -> Mapping[str, Mapping[tuple[str, str], str]]:
        with self._lock:
            return self._read

    @cached_property
    def _read(self) -> Mapping[str, Mapping[tuple[str, str], str]]:
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = pool.map(lambda region: Account(region).owned(), self._regions)
            return dict(zip(self._regions, found, strict=True))
