"""The variables of the embedded AWS's server, and of the functions that it runs."""

from __future__ import annotations

import os
from pathlib import Path

from embedded.certificate import Certificate
from embedded.instance import SECRET

HOST = "127.0.0.1"
SCRATCH = "tmp"
"""The folder of what the server and its functions write, below the instance's own."""


def server_environment(
    directory: Path, files: Certificate, port: int, account: str, region: str
) -> dict[str, str]:
    """The server's environment, inherited by its functions: nothing of the caller's AWS is left.

    Nor is a measurement of the caller's coverage, which would slow every function down by a third,
    or what keeps Python from keeping what it compiles, as each function is a process of its own.
    """
    foreign = ("AWS_", "COVERAGE_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    scratch = directory / SCRATCH
    scratch.mkdir(exist_ok=True)
    settings = {
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(files.chain),
        "MINISTACK_SSL_KEY": str(files.key),
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": region,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        # A state machine's waits are for AWS's own pace; here all is over sooner.
        "SFN_WAIT_SCALE": "0.1",
        # With a Docker daemon it would start, and clean up, containers; without, all machines
        # agree.
        "DOCKER_HOST": f"unix://{directory}/there-is-no-docker.sock",
        "TMPDIR": str(scratch),
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
    }
    return kept | settings | _function_environment(files, port, account, region)


def _function_environment(
    files: Certificate, port: int, account: str, region: str
) -> dict[str, str]:
    """What functions need to call back: without SSL_CERT_FILE a custom resource never answers."""
    trust = dict.fromkeys(
        ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
        str(files.authority),
    )
    return {
        **trust,
        "AWS_ENDPOINT_URL": f"https://{HOST}:{port}",
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
