"""Credentials in their forms, read back by the programs that take them: every special character."""

from __future__ import annotations

import json
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from embedded import certificate
from runbook.base.errors import UserError
from runbook.base.names import Kind
from runbook.credentials.forms import Form, written
from runbook.credentials.values import SECRETS
from runbook.database.tunnel import free_port
from tests.clients.ses import encrypted
from tests.programs import require

pytestmark = pytest.mark.clients

VALUES = [
    "AWS4+secret/key==",
    string.punctuation + " aZ9é€",
    (string.punctuation + " aZ9é€")[::-1],
    *(f"{sign}x{sign}{sign}x{sign}" for sign in string.punctuation),
    "$HOME ${HOME} $(id) `id` %s %% %(user)s {{ x }} \\n \\\\",
]
"""Each sign at the start, in the middle and at the end; and what languages give a meaning to."""


def secret(kind: Kind, value: str, number: int = 0, **more: Any) -> Any:
    place = {"host": "localhost", "port": 587, "username": "AKIAEXAMPLE", "password": value, **more}
    key = {"access_key_id": "AKIAEXAMPLE", "secret_access_key": value, "region": "eu-west-2"}
    made: dict[Kind, dict[str, Any]] = {
        Kind.SENDER: place
        | key
        | {"configuration_set": "s", "from": ["a@example.org"], "regions": {"eu-west-2": place}},
        Kind.BACKUP_USER: key | {"bucket": "dumps"},
        Kind.DATABASE: place | {"dbname": "common"},
    }
    name = f"app{number}"
    return SECRETS[kind].model_validate({"name": name, "user": name} | made[kind])


def forms(form: Form, kind: Kind, **more: Any) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and form of each value that the form takes; most it has to."""
    taken = 0
    for number, value in enumerate(VALUES):
        try:
            text = written(form, secret(kind, value, number, **more))
        except UserError:
            continue
        taken += 1
        yield f"app{number}", value, text
    assert taken > len(VALUES) * 3 // 4


def run(*command: object, cwd: Path | None = None) -> str:
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_rclone_reads_its_configuration(tmp_path: Path) -> None:
    made = list(forms(Form.RCLONE, Kind.BACKUP_USER))
    file = tmp_path / "rclone.conf"
    file.write_text("\n".join(text for *_, text in made), encoding="utf-8")
    found = json.loads(run(require("rclone"), "--config", file, "config", "dump"))
    keys = {name: remote["secret_access_key"] for name, remote in found.items()}
    assert keys == {name: value for name, value, _ in made}


def test_s3cmd_reads_its_configuration(tmp_path: Path) -> None:
    file = tmp_path / "s3cfg"
    for _, value, text in forms(Form.S3CMD, Kind.BACKUP_USER):
        file.write_text(text, encoding="utf-8")
        dumped = run(require("s3cmd"), "--config", file, "--dump-config")
        found = dict(line.split(" = ", 1) for line in dumped.splitlines() if " = " in line)
        assert found["secret_key"] == value
        assert found["host_bucket"] == "%(bucket)s.s3.eu-west-2.amazonaws.com"


def test_php_reads_the_constants_of_wordpress(tmp_path: Path) -> None:
    for name, value, text in forms(Form.WORDPRESS, Kind.SENDER):
        file = tmp_path / f"{name}.php"
        file.write_text(f"<?php\n{text}", encoding="utf-8")
        assert run(require("php"), "-r", f"require '{file}'; echo WPMS_SMTP_PASS;") == value


@pytest.mark.parametrize(
    ("form", "kind", "name"),
    [
        (Form.ENV, Kind.SENDER, "SMTP_PASSWORD"),
        (Form.ENV, Kind.BACKUP_USER, "AWS_SECRET_ACCESS_KEY"),
        (Form.ENV, Kind.DATABASE, "PGPASSWORD"),
        (Form.METABASE, Kind.SENDER, "MB_EMAIL_SMTP_PASSWORD"),
        (Form.RESTIC, Kind.BACKUP_USER, "AWS_SECRET_ACCESS_KEY"),
        (Form.DUPLICITY, Kind.BACKUP_USER, "AWS_SECRET_ACCESS_KEY"),
    ],
)
def test_the_shell_reads_its_variables(tmp_path: Path, form: Form, kind: Kind, name: str) -> None:
    made = list(forms(form, kind))
    script = "".join(f"{text}\nprintf '%s\\n' \"${name}\"\n" for *_, text in made)
    (tmp_path / "script").write_text(script, encoding="utf-8")
    found = run("sh", tmp_path / "script")
    assert found.splitlines() == [value for _, value, _ in made]


def test_aws_reads_its_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(forms(Form.AWSCLI, Kind.BACKUP_USER))
    file = tmp_path / "credentials"
    file.write_text("\n".join(text for *_, text in made), encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value, _ in made:
        found = boto3.Session(profile_name=name).get_credentials()
        assert found is not None
        assert found.secret_key == value


LARAVEL = """
require 'Dotenv/autoload.php';
$found = [];
foreach (array_slice($argv, 1) as $file)
  $found[] = Dotenv\\Dotenv::parse(file_get_contents($file));
echo json_encode($found, JSON_UNESCAPED_UNICODE);
"""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.SENDER, "MAIL_PASSWORD"),
        (Kind.BACKUP_USER, "AWS_SECRET_ACCESS_KEY"),
        (Kind.DATABASE, "DB_PASSWORD"),
    ],
)
def test_laravels_dotenv_reads_its_variables(tmp_path: Path, kind: Kind, name: str) -> None:
    made = list(forms(Form.LARAVEL, kind))
    files = [tmp_path / each for each, *_ in made]
    for file, (*_, text) in zip(files, made, strict=True):
        file.write_text(text, encoding="utf-8")
    found = json.loads(run(require("php"), "-r", LARAVEL, "--", *files))
    assert [each[name] for each in found] == [value for _, value, _ in made]


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
    controller = Controller(
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


def test_nodemailer_takes_its_options_as_json(tmp_path: Path) -> None:
    made = list(forms(Form.NODEMAILER, Kind.SENDER))
    files = [tmp_path / name for name, *_ in made]
    for file, (*_, text) in zip(files, made, strict=True):
        file.write_text(text, encoding="utf-8")
    found = json.loads(run(Path(sys.executable).parent / "node", "-p", NODE, *files))
    assert found == [value for _, value, _ in made]


NODE = """
const { readFileSync } = require("fs");
JSON.stringify(process.argv.slice(1).map((file) => JSON.parse(readFileSync(file)).auth.pass));
"""
