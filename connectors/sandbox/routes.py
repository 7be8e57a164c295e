"""Which platform a path belongs to: the vendors' own paths, side by side on one port."""

import re
from collections.abc import Callable

from connectors.sandbox import bitly, control, graph, telegram, twitter, wall
from connectors.sandbox.exchange import Exchange
from connectors.sandbox.wire import Answer, Refused, json_answer

#: Tried in order. The Graph paths without a version are the ones the vendor documents without it.
PLATFORM_ROUTES: tuple[tuple[re.Pattern[str], Callable[[Exchange], Answer]], ...] = (
    (re.compile(r"/v4/"), bitly.answer),
    (re.compile(r"/v\d[^/]*(/|$)"), graph.answer),
    (re.compile(r"/(oauth/access_token|debug_token|access_token|refresh_access_token|me)$"), graph.answer),
    (re.compile(r"/bot"), telegram.answer),
    (re.compile(r"/2/"), twitter.answer),
)

OWN_ROUTES: tuple[tuple[re.Pattern[str], Callable[[Exchange], Answer]], ...] = (
    (re.compile(r"/_sandbox/"), control.answer),
    (re.compile(r"/_media/"), wall.picture),
    (re.compile(r"/_short/"), bitly.follow),
    (re.compile(r"/wall\.json$"), wall.as_json),
    (re.compile(r"/$"), wall.as_page),
    (re.compile(r"/_posts$"), wall.cards_since),
    (re.compile(r"/_post/"), wall.one_post),
)

_SECRET_IN_PATH = re.compile(r"^/bot[^/]*")


def answer_for(exchange: Exchange) -> Answer:
    """Let the platform that owns the path answer; its refusals are answers too."""
    path = exchange.request.path
    for pattern, handler in PLATFORM_ROUTES:
        if pattern.match(path):
            return _platform(exchange, handler)
    for pattern, handler in OWN_ROUTES:
        if pattern.match(path):
            return handler(exchange)
    return json_answer(404, {"error": f"No pretended platform answers {exchange.request.method} {path}."})


def _platform(exchange: Exchange, handler: Callable[[Exchange], Answer]) -> Answer:
    exchange.call.path = _SECRET_IN_PATH.sub("/bot***", exchange.request.path)
    with exchange.world.lock:
        exchange.world.calls.append(exchange.call)
    if exchange.world.latency:
        exchange.pause(exchange.world.latency)
    try:
        return handler(exchange)
    except Refused as refusal:
        return refusal.answer
