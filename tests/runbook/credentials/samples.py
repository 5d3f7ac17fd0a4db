"""Secrets with every character that a value can have."""

from __future__ import annotations

from hypothesis import strategies as st

from runbook.credentials.dialects import UNSEEN
from runbook.credentials.values import BackupSecret, DatabaseSecret, SenderSecret

USERS = st.from_regex(r"[A-Za-z0-9+=,.@_-]{1,64}", fullmatch=True)
LOCALS = st.from_regex(r"[A-Za-z0-9!#$%&'+/=^_`{|}~.*?-]{1,64}", fullmatch=True)
PREFIXES = st.from_regex(r"[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)*", fullmatch=True)
IDENTIFIERS = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,15}", fullmatch=True)
PASSWORDS = st.text(st.characters(exclude_categories=UNSEEN), min_size=1, max_size=60)
"""What somebody may have written into a secret by hand; AWS's own have fewer characters."""

REGION = "eu-west-2"
HOST = f"email-smtp.{REGION}.amazonaws.com"


@st.composite
def senders(draw: st.DrawFn) -> SenderSecret:
    place = {"host": HOST, "port": 587, "username": "AKIAEXAMPLE", "password": draw(PASSWORDS)}
    return SenderSecret.model_validate(
        place
        | {
            "name": draw(USERS),
            "user": "app",
            "region": REGION,
            "access_key_id": "AKIAEXAMPLE",
            "secret_access_key": draw(PASSWORDS),
            "configuration_set": "credere",
            "from": [f"{draw(LOCALS)}@example.org", "noreply@example.org"],
            "regions": {REGION: place},
        }
    ).at(REGION, draw(st.sampled_from([587, 465])))


@st.composite
def backups(draw: st.DrawFn) -> BackupSecret:
    user = draw(USERS)
    return BackupSecret(
        name=user,
        user=user,
        region=REGION,
        access_key_id="AKIAEXAMPLE",
        secret_access_key=draw(PASSWORDS),
        bucket="nightly-dumps",
        prefix=draw(st.none() | PREFIXES),
    )


@st.composite
def databases(draw: st.DrawFn) -> DatabaseSecret:
    return DatabaseSecret.model_validate(
        {
            "name": "common",
            "host": "common.cluster-x.eu-west-2.rds.amazonaws.com",
            "port": 5432,
            "dbname": draw(IDENTIFIERS),
            "username": draw(IDENTIFIERS),
            "password": draw(PASSWORDS),
        }
    )
