"""Credentials in their forms, with which the programs that take them log in and sign."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from embedded import certificate
from embedded.smtp import Listener
from runbook.base.names import Kind
from runbook.credentials.forms import Form
from runbook.database.tunnel import free_port
from tests.clients import signatures
from tests.clients.exim import exim
from tests.clients.forms import forms, run
from tests.clients.ses import encrypted
from tests.conftest import ROOT
from tests.programs import require

pytestmark = pytest.mark.clients


class Server:
    """Takes every log-in, and keeps it."""

    def __init__(self) -> None:
        self.passwords: list[str] = []

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        assert data.login == b"AKIAEXAMPLE"
        self.passwords.append(data.password.decode())
        return AuthResult(success=True)


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> certificate.Certificate:
    return certificate.issue(tmp_path_factory.mktemp("trust"))


@pytest.fixture
def server(trust: certificate.Certificate) -> Iterator[tuple[Server, int]]:
    handler, port = Server(), free_port()
    controller = Listener(
        handler,
        hostname="127.0.0.1",
        port=port,
        tls_context=encrypted(trust.chain, trust.key),
        require_starttls=True,
        auth_required=True,
        authenticator=handler.authenticate,
    )
    controller.start()
    yield handler, port
    controller.stop()


def test_msmtp_logs_in(
    tmp_path: Path, trust: certificate.Certificate, server: tuple[Server, int]
) -> None:
    handler, port = server
    made = list(forms(Form.MSMTP, Kind.SENDER, port=port, trust=str(trust.authority)))
    file = tmp_path / "msmtprc"
    file.write_text("\n".join(text for *_, text in made), encoding="utf-8")
    file.chmod(0o600)
    for name, *_ in made:
        command = [require("msmtp"), f"--file={file}", f"--account={name}", "to@example.org"]
        subprocess.run(command, input=b"Subject: x\n\nx\n", capture_output=True, check=True)
    assert handler.passwords == [value for _, value, _ in made]


def test_exim_logs_in(trust: certificate.Certificate, server: tuple[Server, int]) -> None:
    handler, port = server
    with exim() as program:
        authority = shutil.copy(trust.authority, program.folder)
        made = list(forms(Form.EXIM, Kind.SENDER, port=port, trust=str(authority)))
        for *_, text in made:
            program.deliver(text)
    assert handler.passwords == [value for _, value, _ in made]


NODEMAILER = """
const { readFileSync } = require("fs"), { createTransport } = require("nodemailer");
(async () => {
  for (const file of process.argv.slice(1)) {
    const text = readFileSync(file, "utf8");
    await createTransport(text[0] === "{" ? JSON.parse(text) : text.trim()).verify();
  }
})();
"""


@pytest.mark.parametrize("form", [Form.NODEMAILER, Form.URL])
def test_nodemailer_logs_in_by_options_and_by_url(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trust: certificate.Certificate,
    server: tuple[Server, int],
    form: Form,
) -> None:
    handler, port = server
    made = list(forms(form, Kind.SENDER, port=port))
    files = [tmp_path / name for name, *_ in made]
    for file, (*_, text) in zip(files, made, strict=True):
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(trust.authority))
    run(ROOT / ".venv/bin/node", "-e", NODEMAILER, *files, cwd=ROOT)
    assert handler.passwords == [value for _, value, _ in made]


def test_pgbackrest_signs_with_the_key(tmp_path: Path, trust: certificate.Certificate) -> None:
    program = require("pgbackrest")
    file = tmp_path / "pgbackrest.conf"
    with signatures.serving(trust) as port:
        place = [f"--repo1-storage-ca-file={trust.authority}", f"--repo1-storage-port={port}"]
        options = [f"--config={file}", "--log-level-file=off", *place]
        for _, value, text in forms(Form.PGBACKREST, Kind.BACKUP_USER):
            file.write_text(text, encoding="utf-8")
            assert run(program, *options, "--repo1-storage-host=localhost", "repo-ls") == ""
            assert signatures.was_signed_with(value)
