"""The mail server, from one address: what Django's settings of mail say in six."""

from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

#: How a scheme encrypts, and its usual port (RFC 8314, RFC 6409).
_SCHEMES = {"smtp": (False, False, 25), "smtp+tls": (True, False, 587), "smtp+ssl": (False, True, 465)}


@dataclass(frozen=True)
class Server:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    starts_tls: bool
    speaks_tls: bool


def server(value: str) -> Server | None:
    """Of "smtp+tls://user:password@host:587"; nothing of no words. The sentence never holds the password."""
    if not value:
        return None
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError as fault:
        raise ValueError("it is no address such as smtp+tls://user:password@mail.example.org:587.") from fault
    if parts.scheme not in _SCHEMES or not host:
        raise ValueError("it is no address such as smtp+tls://user:password@mail.example.org:587.")
    starts_tls, speaks_tls, usual = _SCHEMES[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(host, port or usual, user, password, starts_tls, speaks_tls)


def sender(value: str) -> str:
    """Whom mails are from: an address, perhaps with a name before it."""
    before, _, host = parseaddr(value)[1].partition("@")
    if not before or not host or not value.isprintable():
        raise ValueError(f"{value!r} is not an address such as autopost@example.org.")
    return value
