"""`groundwork backup drill`, run as the machine that drills, and what it leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from embedded import processes
from tests.clients.conftest import ACCOUNT, OPERATOR, Backups
from tests.conftest import ROOT

SECONDS = 60


@dataclass(frozen=True)
class Drilled:
    """How one drill ended."""

    status: int
    said: str
    refused: str


@dataclass(frozen=True)
class Drills:
    """Drills of the deployed buckets. They work in a folder that everybody can reach."""

    backups: Backups
    folder: Path

    def __call__(self, name: str, *options: str, **variables: str) -> Drilled:
        """Run a drill to its end, and make sure that nothing of it is left."""
        finished = subprocess.run(
            self.command(name, *options),
            cwd=ROOT,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert not list(self.folder.iterdir()), finished.stderr
        return Drilled(finished.returncode, finished.stdout, finished.stderr)

    def command(self, name: str, *options: str) -> list[str]:
        program = str(Path(sys.executable).parent / "groundwork")
        file = str(self.backups.instance.directory / "groundwork.yaml")
        place = ["--config", file, "--folder", str(self.folder)]
        return [program, "backup", "drill", name, *place, *options]

    def environment(self, **variables: str) -> dict[str, str]:
        """Return the variables of the role that may read the secrets."""
        role = f"arn:aws:iam::{ACCOUNT}:role/{OPERATOR}"
        sts = self.backups.client("sts")
        made = sts.assume_role(RoleArn=role, RoleSessionName="drill")["Credentials"]
        return {
            **self.backups.instance.within(os.environ),
            "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
            "AWS_SESSION_TOKEN": made["SessionToken"],
            **variables,
        }

    def results(self, bucket: str, name: str) -> list[dict[str, Any]]:
        """Return what was recorded of a user's drills, the last at the end."""
        s3 = self.backups.client("s3")
        found = s3.list_objects_v2(Bucket=bucket, Prefix=f"drills/{name}/").get("Contents", [])
        read = [s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read() for item in found]
        return [json.loads(body) for body in read]

    @contextmanager
    def changed(self, bucket: str, key: str, body: bytes | None) -> Iterator[None]:
        """Change or remove an object, and put it back at the end of the block."""
        s3 = self.backups.client("s3")
        before = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        if body is None:
            s3.delete_object(Bucket=bucket, Key=key)
        else:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
        try:
            yield
        finally:
            s3.put_object(Bucket=bucket, Key=key, Body=before)

    def keys(self, bucket: str, prefix: str) -> list[str]:
        pages = self.backups.client("s3").get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=bucket, Prefix=prefix)
        return [item["Key"] for page in found for item in page.get("Contents", ())]

    def flipped(self, bucket: str, key: str, at: int | None = None) -> bytes:
        """Return an object with one bit turned over, in its middle unless named."""
        body = bytearray(
            self.backups.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        )
        body[len(body) // 2 if at is None else at] ^= 1
        return bytes(body)


@contextmanager
def killed(
    drills: Drills,
    number: signal.Signals,
    begun: Path,
    name: str = "ledger-drill",
    *options: str,
    **variables: str,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a drill, wait for a file of it, and kill it at the end of the block."""
    process = subprocess.Popen(
        drills.command(name, *options),
        env=drills.environment(**variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert processes.until(begun.exists, SECONDS)
        yield process
    finally:
        process.send_signal(number)
        process.wait(SECONDS)


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """Mount a small file system in memory, as root on Linux; elsewhere, skip and say so."""
    mount = shutil.which("mount")
    if os.geteuid() or mount is None or not sys.platform.startswith("linux"):
        pytest.skip("only root mounts a small disk, on Linux")
    with tempfile.TemporaryDirectory(prefix="disk-") as name:
        subprocess.run([mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", name], check=True)
        try:
            Path(name).chmod(0o711)
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)
