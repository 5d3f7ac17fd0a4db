"""Credentials in their forms, read back by the programs that take them: every special character."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest
import yaml
from jinja2 import Template

from runbook.base.names import Kind
from runbook.credentials.forms import Form
from tests.clients.forms import forms, run
from tests.conftest import ROOT
from tests.programs import require

pytestmark = pytest.mark.clients


def test_rclone_reads_its_configuration(tmp_path: Path) -> None:
    made = list(forms(Form.RCLONE, Kind.BACKUP_USER))
    file = tmp_path / "rclone.conf"
    file.write_text("\n".join(text for *_, text in made), encoding="utf-8")
    found = json.loads(run(require("rclone"), "--config", file, "config", "dump"))
    keys = {name: remote["secret_access_key"] for name, remote in found.items()}
    assert keys == {name: value for name, value, _ in made}


S3CMD = """
import json, sys
from S3.Config import Config
found = []
for file in sys.argv[1:]:
    Config._instance = None
    found.append(Config(file).secret_key)
print(json.dumps(found))
"""


def test_s3cmd_reads_its_configuration(tmp_path: Path) -> None:
    program = require("s3cmd")
    made = list(forms(Form.S3CMD, Kind.BACKUP_USER))
    files = [tmp_path / name for name, *_ in made]
    for file, (*_, text) in zip(files, made, strict=True):
        file.write_text(text, encoding="utf-8")
    # In one process, as each takes a quarter of a second.
    found = json.loads(run("/usr/bin/python3", "-c", S3CMD, *files))
    assert found == [value for _, value, _ in made]
    dumped = run(program, "--config", files[0], "--dump-config")
    assert "host_bucket = %(bucket)s.s3.eu-west-2.amazonaws.com\n" in dumped


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


RAILS = """
require "erb"; require "json"; require "ostruct"; require "yaml"
found = ARGV.map do |file|
  text = File.read(file, encoding: "UTF-8")
  if file.end_with?(".rb")
    config = OpenStruct.new(action_mailer: OpenStruct.new)
    eval(text)
    config.action_mailer.smtp_settings[:password]
  else
    # As ActiveSupport::ConfigurationFile reads them.
    YAML.load(ERB.new(text).result).values.first[ENV["KEY"]]
  end
end
puts JSON.generate(found)
"""


@pytest.mark.parametrize(
    ("kind", "name", "key"),
    [
        (Kind.SENDER, "production.rb", ""),
        (Kind.BACKUP_USER, "storage.yml", "secret_access_key"),
        (Kind.DATABASE, "database.yml", "password"),
    ],
)
def test_ruby_reads_what_is_for_rails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind, name: str, key: str
) -> None:
    made = list(forms(Form.RAILS, kind))
    files = [tmp_path / f"{each}.{name}" for each, *_ in made]
    for file, (*_, text) in zip(files, made, strict=True):
        file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("KEY", key)
    found = json.loads(run(require("ruby"), "-Eutf-8", "-e", RAILS, "--", *files))
    assert found == [value for _, value, _ in made]


def test_a_pillar_is_a_template_before_it_is_yaml() -> None:
    for _, value, text in forms(Form.SALT, Kind.BACKUP_USER):
        rendered = Template(text).render()
        assert yaml.safe_load(rendered)["aws"]["secret_key"] == value


DOTENV = """
const { readFileSync } = require("fs"), { parseEnv } = require("util");
JSON.stringify(process.argv.slice(1).map((file) => parseEnv(readFileSync(file, "utf8"))));
"""


@pytest.mark.parametrize(
    ("form", "kind", "name"),
    [
        (Form.ENV, Kind.SENDER, "SMTP_PASSWORD"),
        (Form.ENV, Kind.BACKUP_USER, "AWS_SECRET_ACCESS_KEY"),
        (Form.ENV, Kind.DATABASE, "PGPASSWORD"),
    ],
)
def test_nodes_dotenv_reads_what_the_shell_reads(
    tmp_path: Path, form: Form, kind: Kind, name: str
) -> None:
    made = list(forms(form, kind))
    files = [tmp_path / each for each, *_ in made]
    for file, (*_, text) in zip(files, made, strict=True):
        file.write_text(text, encoding="utf-8")
    found = json.loads(run(ROOT / ".venv/bin/node", "-p", DOTENV, *files))
    assert [each[name] for each in found] == [value for _, value, _ in made]
