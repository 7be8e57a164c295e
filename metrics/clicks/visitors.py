"""What is kept of a visitor: a hash that means nothing the next day, and the host they came from."""

import hashlib
import hmac
import ipaddress
from urllib.parse import urlsplit

HASH_LENGTH = 32
_HOST_LENGTH = 190
_SCHEMES = frozenset({"http", "https", "android-app", "ios-app"})


def visitor_hash(ip: str, agent: str, *, salt: bytes) -> str:
    """32 hex digits, the same for one address and agent under one ``salt``, unrelated to those under any other.

    Whoever has the salt can try addresses one by one; when it is gone nobody can. See ``salts``.
    """
    who = f"{_network(ip)}\0{agent}".encode(errors="surrogatepass")
    return hmac.new(salt, who, hashlib.sha256).hexdigest()[:HASH_LENGTH]


def referrer_host(header: str) -> str:
    """The host of a Referer header in lower case, without user, port or path; "" when it names none."""
    try:
        parts = urlsplit((header or "").strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    sound = parts.scheme.lower() in _SCHEMES and len(host) <= _HOST_LENGTH and host.isprintable() and " " not in host
    return host if sound else ""


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
