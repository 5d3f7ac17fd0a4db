"""The embedded AWS's certificate: an authority of its own, used once and thrown away.

TLS is not decoration here. CDK's bootstrap bucket denies plain http, and IAM is enforced.
"""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = datetime.timedelta(days=365)


@dataclass(frozen=True)
class Certificate:
    """Files of a server certificate: what clients trust, what the server shows, and its key."""

    authority: Path
    chain: Path
    key: Path


def issue(directory: Path) -> Certificate:
    """Write a certificate for 127.0.0.1 and localhost, good for a year, into `directory`.

    The authority's key is never written: nobody, not even this project, can make another
    certificate that a client with `authority` in its trust store would accept.
    """
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _authority(ca_key)
    leaf = _leaf(key, ca, ca_key)
    files = Certificate(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    files.authority.write_bytes(_pem(ca))
    files.chain.write_bytes(_pem(leaf) + _pem(ca))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Embedded AWS of this machine")])
    builder = _builder(name, name, key.public_key(), key.public_key(), authority=True)
    return builder.sign(key, hashes.SHA256())


def _leaf(
    key: ec.EllipticCurvePrivateKey, ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.DNSName("*.localhost")]
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = _builder(name, ca.subject, key.public_key(), ca_key.public_key(), authority=False)
    builder = builder.add_extension(x509.SubjectAlternativeName([*names, address]), critical=False)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return builder.add_extension(usage, critical=False).sign(ca_key, hashes.SHA256())


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    *,
    authority: bool,
) -> x509.CertificateBuilder:
    """What both certificates share. Python 3.13 refuses a chain without the two key identifiers."""
    # An hour back: a virtual machine's clock may lag behind the one that makes the certificate.
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(identifier, critical=False)
    )


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
