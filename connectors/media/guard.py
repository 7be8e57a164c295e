"""Which addresses we may fetch from: public ones only, checked on the very IP address that is then connected to.

An editor or a generator names a picture's address and our server goes there; without a guard that is a way to make the
server ask itself, its neighbours or the cloud's metadata service (server-side request forgery). The name is resolved
once, every address it has must be public, and the connection goes to the addresses that were checked: a name that
answers differently the second time gains nothing.

Ports: 80, 443 and everything from 1024 up. The ones below belong to services (mail, remote log-in, files) that can be
abused by something that looks like HTTP.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from requests.utils import requote_uri

from connectors.errors import Rejected, TransientError
from connectors.texts.ascii_links import ascii_link

LONGEST_ADDRESS = 2000

#: Ranges that carry an IPv4 address inside an IPv6 one and so lead wherever that leads (RFC 6052, 3056, 4380, 8215).
_TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))
#: What the registries, or some version of Python, take for public: protocol assignments, one cloud's metadata service
#: among them (RFC 6890); another cloud's agent; the 6to4 relays' anycast range, which is no longer in use, so that
#: whoever announces it gets what is sent there (RFC 7526); documentation (RFC 9637).
#: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
_ODD = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "168.63.129.16/32", "192.88.99.0/24", "3fff::/20")))
_LOOPBACK = ipaddress.ip_address("::1")
_FORBIDDEN_SIGNS = re.compile(r"[\x00-\x20\x7f\\]")


class MediaRefused(Rejected):
    """The picture is not taken: its address breaks the guard's rules or the picture ours; the message says which."""


class NotPublic(MediaRefused):
    """The host may not be asked: ``where`` it is and the ``reason``, for those who fetch no picture there."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where} is not fetched: it is {reason}, and pictures come from public ones only.")
        self.where, self.reason = where, reason


@dataclass(frozen=True)
class Target:
    """An address that passed the guard. ``ips``: where to connect, in the resolver's order; all were checked."""

    scheme: str
    host: str
    port: int
    #: Path and query, ready to be sent.
    resource: str
    ips: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The address without its query, for people: a query may hold a signature."""
        return f"{self.scheme}://{_host_header(self)}{self.resource.partition('?')[0]}"

    @property
    def host_header(self) -> str:
        return _host_header(self)


def check(url: str, *, allowed_hosts: Iterable[str] = ()) -> Target:
    """Judge one address and resolve its name.

    ``allowed_hosts``: ``host`` or ``host:port``, let through as written although private. Raises MediaRefused with the
    rule and the address, or TransientError when the name cannot be resolved just now.
    """
    parts = _parse(url)
    host, port = _host_of(parts), parts.port or (443 if parts.scheme == "https" else 80)
    trusted = is_let_through(host, port, allowed_hosts)
    if not trusted and port < 1024 and port not in (80, 443):
        raise MediaRefused(f"{host}:{port} is not fetched: only the ports 80, 443 and those from 1024 are.")
    resource = requote_uri(parts.path or "/") + (f"?{requote_uri(parts.query)}" if parts.query else "")
    ips = _resolve(host, port)
    for ip in ips:
        reason = None if trusted else why_not(ip)
        if reason:
            where = host if ip == host else f"{host} ({ip})"
            raise NotPublic(where, reason)
    return Target(parts.scheme, host, port, resource, ips)


def is_let_through(host: str, port: int, allowed_hosts: Iterable[str]) -> bool:
    """Is the host named among those that are asked although they are private?"""
    named = {entry.strip().lower() for entry in allowed_hosts}
    return not named.isdisjoint((host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"))


def why_not(ip: str) -> str | None:
    """Why nothing is fetched from this IP address ("a private address", ...), or None when it is a public one."""
    address = ipaddress.ip_address(ip)
    if address.version == 6 and (inner := address.ipv4_mapped):
        # Judged as the IPv4 address it is: what Python says of the IPv6 form differs between its versions.
        meant = why_not(str(inner))
        return "an IPv4 address written as an IPv6 one" + (f" and {meant}" if meant else "")
    if address.version == 6 and address != _LOOPBACK and any(address in tunnel for tunnel in _TUNNELS):
        return "an IPv4 address written as an IPv6 one"
    if any(address in network for network in _ODD):
        return "an address that is not part of the public internet"
    for kind in ("loopback", "link_local", "multicast", "unspecified", "private", "reserved"):
        if getattr(address, f"is_{kind}"):
            return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('_', '-')} address"
    if not address.is_global or getattr(address, "is_site_local", False):
        return "an address that is not part of the public internet"
    return None


def _parse(url: str) -> SplitResult:
    """The address in ASCII and taken apart: every user of it must look up the same host."""
    if len(url) > LONGEST_ADDRESS:
        raise MediaRefused(f"The picture's address is longer than {LONGEST_ADDRESS} characters.")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError as error:
        raise MediaRefused(f"The picture's address cannot be read: {error}.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise MediaRefused("The picture's address must begin with http:// or https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise MediaRefused(f"The picture's address at {parts.hostname} carries a user name, which is not allowed.")
    if _FORBIDDEN_SIGNS.search(url):
        raise MediaRefused(f"The picture's address at {parts.hostname} holds a space, a control sign or a backslash.")
    return urlsplit(ascii_link(url))


def _host_of(parts: SplitResult) -> str:
    """The host in lower case as DNS knows it (xn--...)."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise MediaRefused(f"{parts.hostname} is no name of a host.") from error


def _resolve(host: str, port: int) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise TransientError(f"The name {host} could not be resolved: {error.strerror}.") from error
    except (UnicodeError, ValueError, OverflowError) as error:
        raise MediaRefused(f"{host} is no name of a host.") from error
    # A link-local address comes with its interface behind a %.
    return tuple(dict.fromkeys(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found))


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"http": 80, "https": 443}[target.scheme]
    return host if target.port == usual else f"{host}:{target.port}"
