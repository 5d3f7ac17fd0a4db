"""Trails of CloudTrail, and documents of Systems Manager."""

from __future__ import annotations

import json
from collections.abc import Iterator

from embedded.readers.reader import Clients, Properties, Reader, pages, picked


def _trails(clients: Clients) -> Iterator[tuple[str, ...]]:
    for trail in pages(clients("cloudtrail"), "list_trails", "Trails"):
        yield (trail["Name"],)


def _trail(clients: Clients, name: str) -> Properties:
    """What it writes is kept apart from whether it does, and from what it writes of."""
    client = clients("cloudtrail")
    found = client.get_trail(Name=name)["Trail"]
    selectors = client.get_event_selectors(TrailName=name)
    return {
        "TrailName": name,
        **picked(found, "S3BucketName", "S3KeyPrefix", "IncludeGlobalServiceEvents"),
        **picked(found, "IsMultiRegionTrail"),
        "EnableLogFileValidation": found.get("LogFileValidationEnabled"),
        "KMSKeyId": found.get("KmsKeyId"),
        "IsLogging": client.get_trail_status(Name=name)["IsLogging"],
        **picked(selectors, "EventSelectors", "AdvancedEventSelectors"),
    }


def _documents(clients: Clients) -> Iterator[tuple[str, ...]]:
    for found in pages(clients("ssm"), "list_documents", "DocumentIdentifiers"):
        yield (found["Name"],)


def _document(clients: Clients, name: str) -> Properties:
    """The default version, which is the one that is run."""
    found = clients("ssm").get_document(Name=name)
    return {
        "Name": name,
        "Content": json.loads(found["Content"]),
        **picked(found, "DocumentType", "DocumentFormat"),
    }


READERS = {
    "AWS::CloudTrail::Trail": Reader(
        ("TrailName",),
        frozenset(
            {
                "AdvancedEventSelectors",
                "EnableLogFileValidation",
                "EventSelectors",
                "IncludeGlobalServiceEvents",
                "IsLogging",
                "IsMultiRegionTrail",
                "KMSKeyId",
                "S3BucketName",
                "S3KeyPrefix",
                "TrailName",
            }
        ),
        _trails,
        _trail,
    ),
    "AWS::SSM::Document": Reader(
        ("Name",),
        frozenset({"Content", "DocumentFormat", "DocumentType", "Name"}),
        _documents,
        _document,
    ),
}
