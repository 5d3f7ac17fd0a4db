import os
import re
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest

import embedded
from embedded import EmbeddedError, certificate, lifecycle, processes
from embedded.__main__ import main
from embedded.environment import server_environment

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROOT = Path(__file__).parent.parent.parent


def run(command: str, environ: dict[str, str]) -> str:
    finished = subprocess.run(
        ["sh", "-c", command], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


WHO = f"""{sys.executable} -c '
import boto3
print(boto3.client("sts").get_caller_identity()["Arn"])
s3 = boto3.client("s3")
s3.create_bucket(Bucket="a-bucket")
s3.put_object(Bucket="a-bucket", Key="key", Body=b"text")
print(s3.list_objects_v2(Bucket="a-bucket")["KeyCount"])
'"""

ARN = f"""{sys.executable} -c '
import boto3
print(boto3.client("sts").get_caller_identity()["Arn"])
'"""


def elsewhere(home: Path) -> dict[str, str]:
    """An environment in which everything that botocore and the CDK read leads elsewhere.

    The names are taken from their code, and from the services that each have an endpoint.
    """
    aws = home / ".aws"
    aws.mkdir(exist_ok=True)
    profile = (
        "endpoint_url = https://elsewhere.invalid\nregion = eu-north-1\nrole_arn = arn:aws:none"
    )
    (aws / "config").write_text(f"[default]\n{profile}\n[profile production]\n{profile}\n")
    (aws / "credentials").write_text("[production]\naws_access_key_id = AKIAELSEWHERE\n")
    sources = [*Path(botocore.__file__).parent.glob("*.py")]
    sources.append(ROOT / "node_modules" / "aws-cdk" / "lib" / "index.js")
    names = {
        name
        for source in sources
        for name in re.findall(r"\bAWS_[A-Z][A-Z0-9_]+\b", source.read_text(errors="replace"))
    }
    names |= {
        f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"
        for service in boto3.Session().get_available_services()
    }
    misleading = dict.fromkeys(names, "https://elsewhere.invalid")
    switches = {name: "true" for name in names if "IGNORE" in name or "USE" in name}
    profiles = {"AWS_PROFILE": "production", "AWS_CONFIG_FILE": str(aws / "config")}
    return {**misleading, **switches, **profiles, "HOME": str(home), "PATH": os.environ["PATH"]}


TRUSTED = {"Service": "lambda.amazonaws.com"}
TRUST = {"Effect": "Allow", "Principal": TRUSTED, "Action": "sts:AssumeRole"}
FUNCTION = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST]}},
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "answers",
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context):\n    return 'yes'\n"},
        },
    },
}


ADMINISTRATOR = f"arn:aws:iam::{ACCOUNT}:user/administrator"


class TestWhileItRuns:
    def test_it_answers_as_the_accounts_administrator(self, aws: Any) -> None:
        identity = aws.client("sts").get_caller_identity()
        assert identity["Account"] == ACCOUNT
        assert identity["Arn"] == ADMINISTRATOR

    def test_it_is_reachable_on_the_loopback_interface_only(self, aws: Any) -> None:
        # Whoever listens on all interfaces answers here too: it is this machine's as well.
        with socket.socket() as probe:
            probe.settimeout(1)
            assert probe.connect_ex(("127.0.0.2", aws.instance.port))

    def test_it_enforces_iam(self, aws: Any) -> None:
        iam = aws.client("iam")
        iam.create_user(UserName="nobody")
        key = iam.create_access_key(UserName="nobody")["AccessKey"]
        nobody = aws.client(
            "s3",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )
        with pytest.raises(nobody.exceptions.ClientError, match="AccessDenied"):
            nobody.list_buckets()

    def test_it_refuses_a_wrong_signature(self, aws: Any) -> None:
        iam = aws.client("iam")
        iam.create_user(UserName="forged")
        key = iam.create_access_key(UserName="forged")["AccessKey"]
        forged = aws.client(
            "sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key="wrong"
        )
        with pytest.raises(forged.exceptions.ClientError, match="SignatureDoesNotMatch"):
            forged.get_caller_identity()

    def test_starting_again_finds_the_one_that_runs(self, aws: Any) -> None:
        again = embedded.start(aws.instance.directory, ACCOUNT, REGION)
        assert again == aws.instance == embedded.find(aws.instance.directory)

    def test_its_environment_leads_any_client_to_it(self, aws: Any) -> None:
        misleading = {**os.environ, "AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "stale"}
        output = run(WHO, aws.instance.within(misleading))
        assert output.splitlines() == [ADMINISTRATOR, "1"]

    def test_its_env_file_leads_a_shell_to_it(self, aws: Any) -> None:
        command = f". {aws.instance.directory}/aws.env && {WHO.replace('a-bucket', 'b-bucket')}"
        output = run(command, {**os.environ, "AWS_PROFILE": "production"})
        assert output.splitlines() == [ADMINISTRATOR, "1"]

    def test_no_variable_that_botocore_or_the_cdk_reads_leads_elsewhere(
        self, aws: Any, tmp_path: Path
    ) -> None:
        misleading = elsewhere(tmp_path)
        assert len(misleading) > 60
        left = aws.instance.within(misleading)
        ours = aws.instance.environment()
        assert {name for name in left if name.startswith("AWS_")} <= ours.keys()
        assert all(left[name] == value for name, value in ours.items())
        command = f". {aws.instance.directory}/aws.env && exec {ARN}"
        assert run(command, misleading) == ADMINISTRATOR

    def test_a_process_enters_it_and_keeps_nothing_that_leads_elsewhere(
        self, aws: Any, tmp_path: Path
    ) -> None:
        environ = elsewhere(tmp_path)
        aws.instance.enter(environ)
        assert environ == aws.instance.within(elsewhere(tmp_path))
        assert environ["HOME"] == str(tmp_path)

    def test_its_env_file_survives_a_quote_in_its_path(self, aws: Any, tmp_path: Path) -> None:
        directory = tmp_path / "it's here"
        directory.mkdir()
        moved = replace(aws.instance, directory=directory)
        moved.save()
        sourced = run(f'. "{directory}/aws.env" && echo $AWS_CONFIG_FILE', dict(os.environ))
        assert sourced == f"{directory}/aws-config"

    def test_starting_again_keeps_the_profiles_of_a_user(self, aws: Any, tmp_path: Path) -> None:
        started = replace(aws.instance, directory=tmp_path)
        started.save()
        (tmp_path / "aws-config").write_text("[profile author]\n")
        started.save()
        assert (tmp_path / "aws-config").read_text() == "[profile author]\n"
        assert (tmp_path / "aws-credentials").read_text() == ""


class TestStarting:
    def test_another_account_can_use_the_same_instance(self, aws: Any) -> None:
        other = embedded.start(aws.instance.directory, "210987654321", "eu-west-2")
        embedded.start(aws.instance.directory, ACCOUNT, REGION)
        assert other.pid == aws.instance.pid
        assert other.environment()["AWS_ACCESS_KEY_ID"] == "210987654321"
        assert other.environment()["AWS_REGION"] == "eu-west-2"

    def test_an_account_is_twelve_digits(self, tmp_path: Path) -> None:
        with pytest.raises(EmbeddedError, match="12 digits"):
            embedded.start(tmp_path, "production", REGION)

    def test_a_failure_says_what_happened_and_where_the_log_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lifecycle, "MODULE", "embedded.missing")
        with pytest.raises(EmbeddedError, match="ended with status 1") as failure:
            embedded.start(tmp_path, ACCOUNT, REGION)
        assert str(tmp_path / "embedded.log") in str(failure.value)
        assert "No module named embedded.missing" in str(failure.value)
        assert embedded.find(tmp_path) is None


class TestStopping:
    def test_nothing_is_left_running(self, tmp_path: Path, aws: Any) -> None:
        instance = embedded.start(tmp_path, ACCOUNT, REGION)
        other = type(aws)(instance)
        other.deploy("function", FUNCTION)
        answer = other.client("lambda").invoke(FunctionName="answers")
        assert answer["Payload"].read() == b'"yes"'
        running = processes.session(instance.pid)
        assert len(running) > 1, "the function's process is not among the session's"
        assert embedded.stop(tmp_path)
        assert not any(processes.command_line(pid) for pid in running)
        assert embedded.find(tmp_path) is None
        assert not (tmp_path / "aws.env").exists()
        assert not (tmp_path / "tmp").exists()

    def test_a_process_that_is_not_ours_is_left_alone(self, tmp_path: Path, aws: Any) -> None:
        with subprocess.Popen(["sleep", "60"]) as other:
            replace(aws.instance, pid=other.pid, directory=tmp_path).save()
            assert not embedded.stop(tmp_path)
            assert other.poll() is None
            other.kill()

    def test_there_is_nothing_to_stop_where_nothing_runs(self, tmp_path: Path) -> None:
        assert not embedded.stop(tmp_path)
        assert not embedded.stop(tmp_path / "missing")

    def test_a_spoiled_state_file_describes_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "embedded.json").write_text("{}")
        assert embedded.find(tmp_path) is None
        assert not embedded.stop(tmp_path)


class TestCommand:
    def test_status_says_where_it_runs(self, aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--directory", str(aws.instance.directory), "status"]) == 0
        output = capsys.readouterr().out
        assert aws.instance.endpoint in output
        assert f"localhost:{aws.instance.smtp_port}" in output

    def test_status_is_a_failure_where_nothing_runs(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--directory", str(tmp_path), "status"]) == 1
        assert "Nothing runs" in capsys.readouterr().out

    def test_a_wrong_account_is_one_message(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--directory", str(tmp_path), "start", "--account", "1"]) == 1
        assert "12 digits" in capsys.readouterr().err


def test_importing_the_package_does_not_import_ministack() -> None:
    code = "import sys, embedded; print('ministack' in sys.modules)"
    assert run(f'{sys.executable} -c "{code}"', dict(os.environ)) == "False"


def test_the_server_and_its_functions_keep_what_python_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    files = certificate.issue(tmp_path)
    environment = server_environment(tmp_path, files, 1, ACCOUNT, REGION)
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["PATH"] == os.environ["PATH"]
