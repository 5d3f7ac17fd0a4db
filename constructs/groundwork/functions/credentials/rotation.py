"""The four steps by which Secrets Manager renews a secret on a schedule.

<https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html>
"""

from __future__ import annotations

from ..shared.cloudformation import Failure
from .access_keys import AccessKeys
from .renewal import Verify, stage
from .secret import CURRENT, PENDING, Secret


def rotate(step: str, keys: AccessKeys, secret: Secret, version: str, verify: Verify) -> None:
    """Do one step. Each can be repeated, as Secrets Manager does after a failure."""
    labels = secret.versions().get(version)
    if labels is None:
        raise Failure(f"Version {version} is not being rotated")
    if CURRENT in labels:
        return
    if step == "createSecret" and not secret.read(PENDING):
        stage(keys, secret, secret.read(CURRENT) or {}, version)
    elif step == "testSecret":
        # When rotation is set up, AWS asks for this step alone, with a version that has no value.
        verify(secret.read(PENDING) or secret.read(CURRENT) or {})
    elif step == "finishSecret":
        secret.promote(version)
