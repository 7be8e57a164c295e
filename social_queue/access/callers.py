"""Where a request comes from, behind a web server of ours or without one: the one place that says so."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

#: What counts as one caller of IPv6: whoever has one address has the 2^64 beside it, too.
_ONE_HOUSEHOLD = 64
_NOBODY_KNOWS = "0.0.0.0"  # noqa: S104 - a mark in a column, nothing listens


def address_of(request: HttpRequest) -> str:
    """The caller's address; ``X-Real-IP`` counts only where a web server of ours sets it (TRUST_PROXY)."""
    behind_proxy = request.META.get("HTTP_X_REAL_IP", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return behind_proxy.strip() or request.META.get("REMOTE_ADDR", "")


def counted_as(request: HttpRequest) -> str:
    """The address under which a caller's wrong passwords are counted; never empty, always an address."""
    try:
        address = ipaddress.ip_address(address_of(request).partition("%")[0])
    except ValueError:
        return _NOBODY_KNOWS
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _ONE_HOUSEHOLD), strict=False).network_address)
