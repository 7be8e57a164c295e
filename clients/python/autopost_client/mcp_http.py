"""The same tools over HTTP, for agents on other machines: streamable HTTP, behind the caller's own key.

https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#streamable-http . The server holds no key:
whoever calls sends ``Authorization: Bearer ap_…``, and may do what that key may do at the desk.
"""

import functools
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

import anyio.to_thread
import uvicorn
from starlette.responses import JSONResponse

from autopost_client.client import Autopost
from autopost_client.errors import AutopostError, Unreachable, Unsendable
from autopost_client.mcp_server import build

Scope = MutableMapping[str, Any]
Hears = Callable[[], Awaitable[MutableMapping[str, Any]]]
Says = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Hears, Says], Awaitable[None]]

#: A key that was good is taken for good so long; what it may not do the desk refuses each time.
_TRUSTED_S = 30.0
_key: ContextVar[str] = ContextVar("autopost_key")


def serve(url: str, *, host: str, port: int) -> None:
    """Serve ``http://host:port/mcp`` until told to stop."""
    uvicorn.run(app(url, host=host), host=host, port=port, log_level="warning")


def app(url: str, *, host: str = "127.0.0.1") -> App:
    """The ASGI application, for this desk."""
    desk_of = functools.lru_cache(maxsize=64)(functools.partial(Autopost, url))
    inner = build(lambda: desk_of(_key.get())).streamable_http_app(stateless_http=True, json_response=True, host=host)
    return _Guarded(inner, url)


class _Guarded:
    """Lets those in whose key the desk knows."""

    def __init__(self, inner: App, url: str) -> None:
        self._inner, self._url = inner, url
        self._trusted: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Hears, send: Says) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        key = _bearer(scope)
        refusal = await self._refusal(key)
        if refusal:
            await refusal(scope, receive, send)
            return
        held = _key.set(key)
        try:
            await self._inner(scope, receive, send)
        finally:
            _key.reset(held)

    async def _refusal(self, key: str) -> JSONResponse | None:
        if not key:
            return _no(401, "Send the key of a desk: Authorization: Bearer ap_…, from `manage.py create_api_key`.")
        if self._trusted.get(key, 0.0) > time.monotonic():
            return None
        try:
            known = await anyio.to_thread.run_sync(_is_known, self._url, key)
        except Unreachable:
            return _no(503, "Autopost does not answer. The same call can safely be made again.")
        if not known:
            return _no(401, "The desk does not know this key.")
        now = time.monotonic()
        self._trusted = {held: ends for held, ends in self._trusted.items() if ends > now} | {key: now + _TRUSTED_S}
        return None


def _is_known(url: str, key: str) -> bool:
    """Whatever a key may do: the desk knows it unless it answers 401. Of no account there are no slots to be read."""
    try:
        Autopost(url, key, tries=1).slots("none", 1)
    except AutopostError as fault:
        return fault.status != 401
    except Unsendable:
        return False
    return True


def _bearer(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    kind, _, key = given.partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def _no(status: int, message: str) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"error": {"message": message}}, status_code=status, headers=headers)
