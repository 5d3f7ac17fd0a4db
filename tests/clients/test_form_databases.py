"""Credentials of databases in their forms, read back by libpq and by PostgreSQL's JDBC driver."""

from __future__ import annotations

from base64 import b64decode
from ctypes import CDLL, POINTER, Structure, c_char_p, c_int, c_void_p
from ctypes.util import find_library
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from runbook.base.names import Kind
from runbook.credentials.forms import Form
from tests.clients.forms import forms, run
from tests.programs import missing, require

pytestmark = pytest.mark.clients


class Option(Structure):
    """What libpq knows of one parameter: `PQconninfoOption`.

    <https://www.postgresql.org/docs/current/libpq-connect.html>
    """

    _fields_ = (
        *((name, c_char_p) for name in ("keyword", "envvar", "compiled", "value", "label", "char")),
        ("size", c_int),
    )


@cache
def libpq() -> CDLL:
    name = find_library("pq")
    if name is None:
        missing("libpq")
    library = CDLL(name)
    library.PQconninfoParse.restype = library.PQconndefaults.restype = POINTER(Option)
    library.PQconnectStart.restype, library.PQpass.restype = c_void_p, c_char_p
    library.PQpass.argtypes = library.PQfinish.argtypes = [c_void_p]
    return library


def values(options: Any) -> dict[str, str]:
    found = {}
    for option in options:
        if not option.keyword:
            break
        if option.value:
            found[option.keyword.decode()] = option.value.decode()
    return found


def test_libpq_reads_a_url() -> None:
    for _, value, text in forms(Form.URL, Kind.DATABASE):
        found = values(libpq().PQconninfoParse(text.strip().encode(), None))
        assert found["password"] == value
        assert found["sslmode"] == "verify-full"


def test_libpq_reads_its_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(forms(Form.SERVICE, Kind.DATABASE))
    file = tmp_path / "services"
    file.write_text("\n".join(text for *_, text in made), encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    for name, value, _ in made:
        monkeypatch.setenv("PGSERVICE", name)
        assert values(libpq().PQconndefaults())["password"] == value


def test_libpq_reads_its_passwords(tmp_path: Path) -> None:
    file = tmp_path / "pgpass"
    for _, value, text in forms(Form.PGPASS, Kind.DATABASE, port=1):
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        place = "host=localhost port=1 dbname=common user=AKIAEXAMPLE"
        connection = libpq().PQconnectStart(f"{place} passfile={file}".encode())
        assert libpq().PQpass(connection).decode() == value
        libpq().PQfinish(connection)


DRIVER = Path("/usr/share/java/postgresql.jar")
JDBC = """
import java.nio.file.*;
class Read {
  public static void main(String[] files) throws Exception {
    for (String file : files) {
      var found = org.postgresql.Driver.parseURL(Files.readString(Path.of(file)).strip(), null);
      byte[] value = found.getProperty("password").getBytes("UTF-8");
      System.out.println(java.util.Base64.getEncoder().encodeToString(value));
    }
  }
}
"""


def test_jdbcs_driver_reads_its_url(tmp_path: Path) -> None:
    java = require("java")
    if not DRIVER.exists():
        missing(str(DRIVER))
    made = list(forms(Form.JDBC, Kind.DATABASE))
    files = [tmp_path / name for name, *_ in made]
    for file, (*_, text) in zip(files, made, strict=True):
        file.write_text(text, encoding="utf-8")
    (tmp_path / "Read.java").write_text(JDBC)
    found = run(java, "-cp", DRIVER, tmp_path / "Read.java", *files)
    assert [b64decode(line).decode() for line in found.split()] == [value for _, value, _ in made]
