"""What one call to a platform costs the process that makes it, plain and over TLS: `python -m benchmarks.calls`.

Beside ours stands ``requests.post``, which reads the authorities that vouch for servers anew for each connection, as
ours did until they were read once. Both are asked by turns, in one process; what is printed are medians of the rounds.
"""

import argparse
import contextlib
import ipaddress
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.ground import table
from benchmarks.throughput import answering
from connectors import http

_BODY = {"chat_id": "-100", "text": "Bench item, worded beforehand."}
_PATH = "/bot4242:sandbox-bench/sendMessage"


def main() -> None:
    """Print a table of the processor's time and the clock's, in milliseconds a call."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100, help="of each kind in a round")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, _certificate(Path(folder)) as certificate:
        for kind, told in (("plain", ""), ("TLS", certificate)):
            with answering(0.0, certificate=told) as url:
                took = _by_turns({"requests": _of_requests, "Autopost": _of_ours}, url + _PATH, asked)
            rows += [{"line": kind, "call": name, **figures} for name, figures in took.items()]
    print(table(rows, ["line", "call", "CPU ms", "ms"]))


def _of_requests(url: str) -> None:
    requests.post(url, json=_BODY, timeout=(5, 30), headers={"Connection": "close"}).json()


def _of_ours(url: str) -> None:
    http.call("POST", url, json=_BODY, creates=True, secrets=("4242:sandbox-bench",))


def _by_turns(ways: dict[str, Callable[[str], None]], url: str, asked: argparse.Namespace) -> dict[str, dict]:
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    clock: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(asked.rounds):
        for name, call in ways.items():
            call(url)  # what is done once, is done
            began, used = time.perf_counter(), time.process_time()
            for _ in range(asked.calls):
                call(url)
            cpu[name].append(1000 * (time.process_time() - used) / asked.calls)
            clock[name].append(1000 * (time.perf_counter() - began) / asked.calls)
    return {
        name: {"CPU ms": f"{statistics.median(cpu[name]):.2f}", "ms": f"{statistics.median(clock[name]):.2f}"}
        for name in ways
    }


@contextlib.contextmanager
def _certificate(folder: Path) -> Iterator[str]:
    """The file of a server's key and certificate, for whom the environment vouches meanwhile beside all authorities."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(minutes=1)).not_valid_after(now + timedelta(days=1))
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    signed = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    own, trusted = folder / "own.pem", folder / "trusted.pem"
    own.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed)
    trusted.write_bytes(Path(certifi.where()).read_bytes() + signed)
    os.environ["REQUESTS_CA_BUNDLE"] = str(trusted)
    try:
        yield str(own)
    finally:
        del os.environ["REQUESTS_CA_BUNDLE"]


if __name__ == "__main__":
    main()
