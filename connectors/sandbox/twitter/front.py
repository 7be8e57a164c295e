"""The pretended X API v2's front: who is calling, which endpoint answers, the rate-limit headers.

https://docs.x.com/x-api/introduction · https://docs.x.com/fundamentals/authentication/oauth-1-0a/overview
"""

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused
from connectors.sandbox.twitter import chunks, media, posts, reads, users
from connectors.sandbox.twitter.oauth1 import BadSignature, signer
from connectors.sandbox.twitter.refusals import problem, rate_headers, unauthorized
from connectors.sandbox.twitter.users import User

Handler = Callable[[Exchange, User, re.Match], Answer]


@dataclass(frozen=True)
class Endpoint:
    """One documented call; ``limit``: calls in 15 minutes and user, sent in the headers, not enforced."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    limit: int
    creates: bool = False


ENDPOINTS = (
    Endpoint("POST", re.compile(r"/2/tweets"), posts.create, 100, creates=True),
    Endpoint("GET", re.compile(r"/2/tweets"), reads.several, 5000),
    Endpoint("GET", re.compile(r"/2/tweets/(?P<id>\d{1,19})"), reads.one, 900),
    Endpoint("DELETE", re.compile(r"/2/tweets/(?P<id>\d{1,19})"), posts.delete, 50),
    Endpoint("POST", re.compile(r"/2/media/upload"), media.upload, 500),
    Endpoint("GET", re.compile(r"/2/media/upload"), chunks.status, 1000),
    Endpoint("POST", re.compile(r"/2/media/upload/initialize"), chunks.initialize, 1875),
    Endpoint("POST", re.compile(r"/2/media/upload/(?P<id>\d{1,19})/append"), chunks.append, 1875),
    Endpoint("POST", re.compile(r"/2/media/upload/(?P<id>\d{1,19})/finalize"), chunks.finalize, 1875),
    Endpoint("POST", re.compile(r"/2/media/metadata"), media.add_metadata, 500),
    Endpoint("GET", re.compile(r"/2/users/me"), users.me, 75),
    Endpoint("GET", re.compile(r"/2/users/(?P<id>[^/]+)/tweets"), reads.timeline, 900),
    Endpoint("GET", re.compile(r"/2/users/by/username/(?P<handle>[^/]+)"), users.by_username, 900),
)


def answer(exchange: Exchange) -> Answer:
    """Answer one call of the API v2."""
    exchange.concerns("twitter")
    request = exchange.request
    fitting = [(one, match) for one in ENDPOINTS if (match := one.pattern.fullmatch(request.path))]
    if not fitting:
        raise Refused(problem(404, "Not Found", "Not Found"))
    meant = next((pair for pair in fitting if pair[0].method == request.method), None)
    if meant is None:
        raise Refused(problem(405, "Method Not Allowed", "Method Not Allowed"))
    endpoint, match = meant
    try:
        given = endpoint.handler(exchange, _user(exchange, endpoint), match)
    except Refused as refusal:
        given = refusal.answer
    window = (int(time.time()) // 900 + 1) * 900
    given.headers = rate_headers(endpoint.limit, endpoint.limit - 1, window) | given.headers
    read_only = exchange.world.shelves["x_read_only"].get(exchange.call.address)
    given.headers.setdefault("x-access-level", "read" if read_only else "read-write")
    given.headers["api-version"] = "2.167"
    return given


def _user(exchange: Exchange, endpoint: Endpoint) -> User:
    if exchange.request.bearer:
        kind = "unsupported-authentication"
        detail = "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint."
        raise Refused(problem(403, "Unsupported Authentication", detail, kind=kind))
    try:
        handle, nonce = signer(exchange.request, exchange.world.url)
    except BadSignature as error:
        refusal = unauthorized()
        refusal.answer.headers["X-Sandbox-Reason"] = str(error)
        raise refusal from error
    exchange.concerns("twitter", handle, creates=endpoint.creates)
    stamp = hashlib.sha256(f"{handle} {nonce}".encode()).hexdigest()
    with exchange.world.lock:
        used = exchange.world.shelves["nonces"]
        fresh = stamp not in used
        used[stamp] = True
    if not fresh or "expired" in handle or exchange.take("token_expired").name == "token_expired":
        raise unauthorized()
    return users.known(exchange.world, handle)
