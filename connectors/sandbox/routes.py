"""Which platform a path belongs to: the vendors' own paths, side by side on one port."""

import re
from collections.abc import Callable

from connectors.sandbox import bitly, log_ins
from connectors.sandbox.meta import front
from connectors.sandbox.meta.media import rupload
from connectors.sandbox.stage import control
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, HangUp, Refused, json_answer
from connectors.sandbox.telegram import front as telegram
from connectors.sandbox.twitter import front as twitter
from connectors.sandbox.wall import pages

#: Tried in order. The Graph paths without a version are the ones the vendor documents without it.
PLATFORM_ROUTES: tuple[tuple[re.Pattern[str], Callable[[Exchange], Answer]], ...] = (
    (re.compile(r"/v4/"), bitly.answer),
    (re.compile(r"/v\d[^/]*(/|$)"), front.answer),
    (re.compile(r"/oauth/"), log_ins.answer),
    (re.compile(r"/video-upload/"), rupload.answer),
    (re.compile(r"/(debug_token|access_token|refresh_access_token|me)$"), front.answer),
    (re.compile(r"/bot"), telegram.answer),
    (re.compile(r"/2/"), twitter.answer),
)

OWN_ROUTES: tuple[tuple[re.Pattern[str], Callable[[Exchange], Answer]], ...] = (
    (re.compile(r"/_sandbox/"), control.answer),
    (re.compile(r"/_media/"), pages.picture),
    (re.compile(r"/_short/"), bitly.follow),
    (re.compile(r"/wall\.json$"), pages.as_json),
    (re.compile(r"/$"), pages.as_page),
    (re.compile(r"/_posts$"), pages.cards_since),
    (re.compile(r"/_post/"), pages.one_post),
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
        given = handler(exchange)
    except Refused as refusal:
        return refusal.answer
    prepares = exchange.request.method == "POST" and not exchange.call.creates and given.status < 400
    if prepares and exchange.take("draft_hang_up").name == "draft_hang_up":
        raise HangUp
    return given
