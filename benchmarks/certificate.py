"""A certificate for servers of measurements, whom all processes started meanwhile believe."""

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


@contextlib.contextmanager
def own() -> Iterator[str]:
    """The file of a key and a certificate for 127.0.0.1, which the environment names beside all authorities."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(minutes=1)).not_valid_after(now + timedelta(days=1))
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    signed = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    with tempfile.TemporaryDirectory() as folder:
        own, trusted = Path(folder) / "own.pem", Path(folder) / "trusted.pem"
        own.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed)
        trusted.write_bytes(Path(certifi.where()).read_bytes() + signed)
        os.environ["REQUESTS_CA_BUNDLE"] = str(trusted)
        try:
            yield str(own)
        finally:
            del os.environ["REQUESTS_CA_BUNDLE"]
