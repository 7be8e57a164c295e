"""The line that requests go out on: a connection for each, and authorities that are read once for the whole process."""

import functools
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import getproxies

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH, default_headers, get_environ_proxies
from urllib3.util.ssl_ import create_urllib3_context

from connectors.wire.standing import POOLS

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]

_HEADERS = {**default_headers(), "Connection": "close", "User-Agent": "Autopost/1 (+self-hosted)"}
_local, _reading = threading.local(), threading.Lock()


def send(
    method: str,
    url: str,
    *,
    timeout: tuple[float, float],
    auth: Auth | None,
    headers: dict[str, str] | None = None,
    **request: Any,
) -> requests.Response:
    """Send one request and read its whole answer; raises what requests and urllib3 raise, and NobodyVouches.

    ``request``: requests' own ``params``, ``data``, ``json``, ``files``. No redirects, no cookies, no ~/.netrc, and no
    second try.
    """
    # Given some auth, requests takes none out of the address.
    asked = requests.Request(method, url, headers=_HEADERS | (headers or {}), auth=auth or _as_it_is, **request)
    prepared = asked.prepare()
    line = _line()
    try:
        response = line.send(prepared, timeout=timeout, proxies=get_environ_proxies(url) if line.proxied else {})
        _ = response.content  # it is read here
        return response
    finally:
        # Empties the pool. Asking for "Connection: close" is not enough: a server may obey without saying so, and the
        # next request would die on the old connection.
        line.close()


class NobodyVouches(Exception):
    """No server can be believed: the environment names no authorities. Nothing was sent."""


class _Line(HTTPAdapter):
    """One thread's. requests reads all authorities for each new connection, at 30 ms of the processor with OpenSSL 3.

    Those of the environment are used, and asked for, as requests does it:
    https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification
    """

    def __init__(self) -> None:
        # One is used at a time, and room for more would be made anew for each call.
        super().__init__(pool_connections=1, pool_maxsize=1)
        #: The environment is read on each call only if it has something to say.
        self.proxied = bool(getproxies())
        told = requests.Session().merge_environment_settings("https://example.com/", {}, None, None, None)["verify"]
        self.trusted = told if isinstance(told, str) else DEFAULT_CA_BUNDLE_PATH

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """Its connections tell whether they ever stood."""
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Where it goes, and what vouches for who is there."""
        where, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return where, {"ssl_context": _vouched_for(self.trusted)} if where["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing is left to be loaded: what is set here would be read once more."""

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """A proxy that speaks TLS itself is vouched for by the same."""
        if proxy.lower().startswith("https:"):
            options["proxy_ssl_context"] = _vouched_for(self.trusted)
        manager = super().proxy_manager_for(proxy, **options)
        if proxy.lower().startswith("http"):
            manager.pool_classes_by_scheme = POOLS
        return manager


def read_authorities() -> None:
    """Read them now, for this process and those that it forks. Raises NobodyVouches as the first call would."""
    _vouched_for(_line().trusted)


def _vouched_for(trusted: str) -> ssl.SSLContext:
    """A context that takes the word of the authorities in a file or folder; raises NobodyVouches."""
    with _reading:  # twenty threads that begin together would all read them
        return _context(trusted)


@functools.cache
def _context(trusted: str) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    try:
        context.load_verify_locations(**{"capath" if Path(trusted).is_dir() else "cafile": trusted})
    except OSError as fault:  # ssl's own errors are such, too
        raise NobodyVouches(
            f"REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names {trusted}, which has no certificates that can be read: {fault}"
        ) from fault
    return context


def _line() -> _Line:
    line: _Line | None = getattr(_local, "line", None)
    if line is None:
        line = _local.line = _Line()
    return line


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
