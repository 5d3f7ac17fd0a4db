"""A real PostgreSQL in place of a restored copy: RDS has one, the embedded AWS only its record."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded import certificate
from groundwork.data.drill.packing import pack
from runbook.database import drills, tunnel
from runbook.database.place import Place
from settings import Settings
from settings.contract import drill_login
from tests.clients.postgresql import Cluster, give, run
from tests.programs import require

ACCESS = (
    "local all all trust\nhostssl signed all localhost password\nhostssl all all localhost trust\n"
)
"""RDS asks for the signed token as for a password; the database `signed` asks for one as well."""


@dataclass(frozen=True)
class Restored:
    """The server, the port that it listens on, and its certificate."""

    cluster: Cluster
    port: int
    trust: certificate.Certificate
    folder: Path

    def code(self, region: str, *, ours: bool) -> bytes:
        """Return the function's archive, with our certificates in place of Amazon's."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        pack(folder, region)
        if ours:
            target = folder / "functions" / "drill_query" / "rds.pem"
            target.write_bytes(self.trust.authority.read_bytes())
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as made:
            for file in folder.rglob("*"):
                made.write(file, file.relative_to(folder))
        return archive.getvalue()


@contextmanager
def restored(folder: Path, settings: Settings, name: str) -> Iterator[Restored]:
    """Run a server with a database's tables, and the login that the runbook's SQL makes."""
    require("postgres")
    trust, port = certificate.issue(folder), tunnel.free_port()
    with tempfile.TemporaryDirectory(prefix="pg-") as path:
        give(own := Path(path))
        cluster = Cluster(own, "data", port)
        cluster.initialize()
        (cluster.data / "pg_hba.conf").write_text(ACCESS)
        for file, target in ((trust.chain, "server.crt"), (trust.key, "server.key")):
            (cluster.data / target).write_bytes(file.read_bytes())
            (cluster.data / target).chmod(0o600)
            give(cluster.data / target)
        with cluster.running(listen_addresses="localhost", ssl="on"):
            _fill(cluster, own, settings, name)
            yield Restored(cluster, port, trust, folder)


def _fill(cluster: Cluster, folder: Path, settings: Settings, name: str) -> None:
    declared = settings.data.databases[name]
    database = declared.first_database(name)
    for statement in (
        "CREATE ROLE rds_iam",  # RDS makes it
        f"CREATE ROLE {declared.user} LOGIN SUPERUSER",
        f"CREATE DATABASE {database} OWNER {declared.user}",
        f"CREATE DATABASE signed OWNER {declared.user}",
    ):
        cluster.query(statement)
    place = Place(name, "localhost", 1, database, declared.user, "", False, None)
    tables = (
        "CREATE TABLE notices AS SELECT generate_series(1, 2); CREATE TABLE salaries (id int); "
        "CREATE SCHEMA former; CREATE TABLE former.orders (id int);"
    )
    former = ("GRANT USAGE ON SCHEMA former TO {0}; GRANT SELECT ON former.orders TO {0};").format(
        drill_login(settings.named(name))
    )
    script = folder / "drill.sql"
    script.write_text(tables + "\n" + drills.login(settings, place))
    give(script)
    for _ in "first", "again":
        connection = ("-h", str(folder), "-p", str(cluster.port), "-U", declared.user)
        run(require("psql"), "-Xq", *connection, "-d", database, "-f", script)
        script.write_text(former + "\n" + drills.login(settings, place))
