"""A certificate for servers of measurements and tests, whom all processes started meanwhile may believe."""

import contextlib
import ipaddress
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def written(file: Path) -> bytes:
    """Write a new key and its certificate for 127.0.0.1, signed by itself, to ``file``; returns the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(minutes=1)).not_valid_after(now + timedelta(days=1))
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    signed = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed)
    return signed


@contextlib.contextmanager
def own() -> Iterator[str]:
    """The file of such a key and certificate, which the environment names meanwhile beside all authorities."""
    with tempfile.TemporaryDirectory() as folder:
        file, trusted = Path(folder) / "own.pem", Path(folder) / "trusted.pem"
        trusted.write_bytes(Path(certifi.where()).read_bytes() + written(file))
        os.environ["REQUESTS_CA_BUNDLE"] = str(trusted)
        try:
            yield str(file)
        finally:
            del os.environ["REQUESTS_CA_BUNDLE"]
