"""The CDK's bootstrap: there, and new enough.

<https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html>
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place

PARAMETER = "/cdk-bootstrap/hnb659fds/version"
NEEDED = 6
"""What every template asks for by a rule of its own."""


def look(place: Place) -> Iterator[Answer]:
    """Say which version the region has."""
    client, command = place.ssm, f"cdk bootstrap aws://{place.settings.account}/{place.region}"
    try:
        found = int(client.get_parameter(Name=PARAMETER)["Parameter"]["Value"])
    except client.exceptions.ParameterNotFound:
        yield wrong("the CDK's bootstrap is not there", command)
        return
    if found < NEEDED:
        yield wrong(f"version {found} is too old: {NEEDED} is needed", command)
    else:
        yield Answer(f"version {found}; {NEEDED} is needed")
