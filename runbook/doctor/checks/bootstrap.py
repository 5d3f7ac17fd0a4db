"""The CDK's bootstrap: there, and new enough.

<https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html>
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook.base import project
from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place

NEEDED = 6
"""What every template asks for by a rule of its own."""


def look(place: Place) -> Iterator[Answer]:
    """Say which version the region has."""
    client, qualifier = place.ssm, project.qualifier()
    command = f"cdk bootstrap aws://{place.settings.account}/{place.region}{_options(qualifier)}"
    try:
        found = int(client.get_parameter(Name=parameter(qualifier))["Parameter"]["Value"])
    except client.exceptions.ParameterNotFound:
        yield wrong("the CDK's bootstrap is not there", command)
        return
    if found < NEEDED:
        yield wrong(f"version {found} is too old: {NEEDED} is needed", command)
    else:
        yield Answer(f"version {found}; {NEEDED} is needed")


def parameter(qualifier: str) -> str:
    """Return where the version stands of the bootstrap that has this qualifier."""
    return f"/cdk-bootstrap/{qualifier}/version"


def _options(qualifier: str) -> str:
    """Name another qualifier, and a stack of its own: CDKToolkit would lose the usual roles."""
    if qualifier == project.USUAL_QUALIFIER:
        return ""
    return f" --qualifier {qualifier} --toolkit-stack-name CDKToolkit-{qualifier}"
