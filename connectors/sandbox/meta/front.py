"""The pretended Graph API's front: versions, and which node or edge answers.

Versions: https://developers.facebook.com/docs/graph-api/changelog/versions
How a dead version is served: https://developers.facebook.com/docs/graph-api/guides/versioning
"""

import re
from collections.abc import Callable
from datetime import date

from connectors.sandbox.meta import changes, facebook, grants, instagram, log_in, nodes, tokens
from connectors.sandbox.meta.comments import edge as comments
from connectors.sandbox.meta.common import graph_error, missing_node, parameters, refuse
from connectors.sandbox.meta.media import reels
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused
from connectors.sandbox.stage.world import now

#: version -> the day from which the next older living one no longer is; None: no end announced (seen 2026-11-25).
VERSION_ENDS = {
    18: date(2026, 1, 26),
    19: date(2026, 5, 21),
    20: date(2026, 9, 24),
    21: date(2027, 1, 21),
    22: date(2027, 5, 20),
    23: date(2027, 10, 8),
    24: date(2028, 2, 18),
    25: date(2028, 7, 29),
    26: None,
    27: None,
}
#: What a call without a version is answered with: the app's own setting, not simply the newest.
APP_VERSION = 26
#: Only the first three had minor versions.
_LAST_WITH_MINORS = 3

Handler = Callable[[Exchange, re.Match, dict], Answer]

ROUTES: tuple[tuple[str, re.Pattern[str], Handler], ...] = tuple(
    (method, re.compile(pattern), handler)
    for method, pattern, handler in (
        ("GET", r"dialog/oauth", log_in.show),
        ("POST", r"dialog/oauth", log_in.decide),
        ("GET", r"me/accounts", grants.list_pages),
        ("GET", r"me/permissions", grants.list_rights),
        ("GET", r"debug_token", tokens.debug_token),
        ("GET", r"oauth/access_token", tokens.exchange_token),
        ("GET", r"access_token", tokens.exchange_instagram_token),
        ("GET", r"refresh_access_token", tokens.refresh_instagram_token),
        ("GET", r"me", tokens.me),
        ("POST", r"(?P<id>[^/]+)/photos", facebook.add_photo),
        ("POST", r"(?P<id>[^/]+)/feed", facebook.add_post),
        ("POST", r"(?P<id>[^/]+)/video_reels", reels.act),
        ("POST", r"(?P<id>[^/]+)/videos", reels.add_video),
        ("POST", r"(?P<id>1223\d{14})", reels.change),
        ("POST", r"(?P<id>.+_1221\d{14}|1220\d{14})", changes.reword),
        ("POST", r"(?P<id>.+_1222\d{14})", comments.reword),
        ("GET", r"(?P<id>[^/]+)/(?P<edge>published_posts|posts|feed)", facebook.list_posts),
        ("POST", r"(?P<id>[^/]+)/media", instagram.add_container),
        ("GET", r"(?P<id>[^/]+)/media", instagram.list_media),
        ("POST", r"(?P<id>[^/]+)/media_publish", instagram.publish),
        ("GET", r"(?P<id>[^/]+)/content_publishing_limit", instagram.publishing_limit),
        ("POST", r"(?P<id>[^/]+)/comments", comments.add),
        ("GET", r"(?P<id>[^/]+)/comments", comments.list_comments),
        ("GET", r"(?P<id>[^/]+)", nodes.read),
        ("DELETE", r"(?P<id>[^/]+)", changes.delete),
    )
)


def served_version(asked: int, today: date) -> int:
    """The version that really answers a call: the one asked for, or the oldest living one when it is dead."""
    living = [version for version, end in VERSION_ENDS.items() if end is None or today < end]
    return asked if asked in living else min(living)


def answer(exchange: Exchange) -> Answer:
    """Answer one Graph call; every answer says which version gave it."""
    exchange.concerns("facebook")
    asked, rest = _version_and_rest(exchange.request.path)
    served = APP_VERSION if asked is None else served_version(asked, now().date())
    try:
        if asked is None:
            # What is no version is taken for a node that does not exist, on the app's own version.
            raise refuse(2500, f"Unknown path components: /{exchange.request.path.split('/')[1]}")
        given = _answer(exchange, rest)
    except Refused as refusal:
        given = refusal.answer
    given.headers["facebook-api-version"] = f"v{served}.0"
    return given


def _version_and_rest(path: str) -> tuple[int | None, str]:
    """The version asked for (None: there is none such) and what it is asked."""
    named = re.match(r"/v(\d{1,4})\.(\d+)(?:/(.*))?$", path)
    if named is None:
        return (None, "") if re.match(r"/v\d", path) else (APP_VERSION, path.strip("/"))
    major, minor = int(named[1]), int(named[2])
    exists = 1 <= major <= max(VERSION_ENDS) and (minor == 0 or major <= _LAST_WITH_MINORS)
    return major if exists else None, (named[3] or "").strip("/")


def _answer(exchange: Exchange, rest: str) -> Answer:
    method = "GET" if exchange.request.method == "HEAD" else exchange.request.method
    other_methods = False
    for wanted, pattern, handler in ROUTES:
        match = pattern.fullmatch(rest)
        if match and wanted == method:
            return handler(exchange, match, parameters(exchange))
        other_methods = other_methods or bool(match and "id" not in pattern.groupindex)
    if "/" in rest:
        node, edge = rest.split("/", 1)
        message = f"(#100) Tried accessing nonexisting field ({edge}) on node type (Page)"
        raise missing_node(node, method.lower()) if method != "GET" else refuse(100, message)
    if other_methods:
        return graph_error(3, "Unsupported method for this path", kind="GraphMethodException")
    raise missing_node(rest, method.lower())
