"""What starts a drill often enough: a timer of systemd, or a workflow of GitHub."""

from __future__ import annotations

import sys
from pathlib import Path

from runbook.backup.drill.command import found
from runbook.backup.drill.names import Schedule
from runbook.backup.drill.restorers import restorer_of
from settings import load
from settings.models.drills import HOUR

DAY = 86_400


def written(schedule: Schedule, configuration: Path, name: str) -> str:
    """Return the files that run the drill twice within its `every`.

    One run that fails by chance is then repeated before an alarm says that none succeeded.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    settings = load(configuration)
    bucket, drill = found(settings, name)
    writer = bucket.users[drill.of]
    templates = Environment(  # noqa: S701 - neither form is HTML, and names have no quotes
        loader=PackageLoader("runbook.backup.drill"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template(f"{schedule}.j2").render(
        name=name,
        of=drill.of,
        region=bucket.region,
        tool=writer.tool,
        packages=restorer_of(writer).packages,
        seconds=drill.every // 2,
        cron=_cron(drill.every // 2),
        program=Path(sys.argv[0]).absolute(),
        configuration=configuration.absolute(),
        file=configuration,
    )


def _cron(seconds: int) -> str:
    """Return a cron expression that is due at least every so many seconds."""
    if seconds >= DAY:
        return f"17 3 */{seconds // DAY} * *"
    hours = max(1, seconds // HOUR)
    return f"17 */{max(n for n in (1, 2, 3, 4, 6, 8, 12) if n <= hours)} * * *"
