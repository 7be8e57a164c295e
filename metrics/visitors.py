"""What is kept of a visitor: a hash that means nothing the next day, and the host they came from."""

import hashlib
import hmac
import ipaddress
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

HASH_LENGTH = 32
_HOST_LENGTH = 190
_SCHEMES = frozenset({"http", "https", "android-app", "ios-app"})


def visitor_hash(ip: str, agent: str, *, day: date, secret: bytes) -> str:
    """32 hex digits, the same for one address and agent during one `day`, unrelated to those of any other day.

    Without `secret` no hash leads back to an address. Whoever has it could still try addresses one by one: keep it as
    one keeps `SECRET_KEY`.
    """
    who = f"{_network(ip)}\0{agent}".encode(errors="surrogatepass")
    return hmac.new(_salt(day, secret), who, hashlib.sha256).hexdigest()[:HASH_LENGTH]


def referrer_host(header: str) -> str:
    """The host of a Referer header in lower case, without user, port or path; "" when it names none."""
    try:
        parts = urlsplit((header or "").strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    sound = parts.scheme.lower() in _SCHEMES and len(host) <= _HOST_LENGTH and host.isprintable() and " " not in host
    return host if sound else ""


@lru_cache(maxsize=4)
def _salt(day: date, secret: bytes) -> bytes:
    return hmac.new(secret, b"visitors of " + day.isoformat().encode(), hashlib.sha256).digest()


def _network(ip: str) -> str:
    """One spelling per address; of IPv6 the first half, since phones change the second half all day."""
    try:
        address = ipaddress.ip_address((ip or "").strip())
    except ValueError:
        return (ip or "").strip().lower()
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return address.packed[:8].hex()
