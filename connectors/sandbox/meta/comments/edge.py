"""The pretended comments under a Page's post or an Instagram medium.

https://developers.facebook.com/docs/pages-api/posts · https://developers.facebook.com/docs/graph-api/reference/object/comments/
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments
"""

import re
from dataclasses import replace

from connectors.sandbox.meta import facebook_refusals, instagram_refusals
from connectors.sandbox.meta.changes import REFUSALS_OF_TEXTS
from connectors.sandbox.meta.common import (
    authorise,
    chosen_fields,
    graph_answer,
    graph_error,
    graph_time,
    missing_node,
    need,
    only,
    refuse,
)
from connectors.sandbox.meta.facebook_reads import moment_of, page_name, paged
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import Posting, now

LONGEST = 8000
MOST_OF_INSTAGRAM = 50
_DOCUMENTED = {"attachment_id", "attachment_share_url", "attachment_url", "source"}
_FIELDS = {
    "facebook": ("id", "message", "created_time", "permalink_url", "from", "like_count", "parent"),
    "instagram": ("id", "text", "timestamp", "username", "from", "like_count", "hidden", "media"),
}
_LISTING = {
    "facebook": {"fields", "limit", "since", "until", "after", "before", "summary", "filter", "order"},
    "instagram": {"fields", "limit", "after", "before"},
}
_REFUSALS = {
    name: {**refusals, "reply_refused": lambda exchange, day: graph_error(200, "(#200) Cannot comment", status=400)}
    for name, refusals in (
        ("facebook", facebook_refusals.REFUSALS),
        ("instagram", instagram_refusals.REFUSALS),
    )
}


def add(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{post}/comments: out at once."""
    post = _post(exchange, match["id"], given, creates=True)
    only(given, {"message"}, documented=_DOCUMENTED)
    text = _text_of(given)
    return exchange.create(lambda: graph_answer({"id": _put_up(exchange, post, text).id}), _REFUSALS[post.platform])


def reword(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{comment}: another ``message``; a Page changes its own comments."""
    identifier, world = match["id"], exchange.world
    comment = world.find("facebook", identifier)
    exchange.concerns("facebook", comment.address if comment else identifier.partition("_")[0])
    authorise(exchange, given)
    if comment is None:
        raise missing_node(identifier, "post")
    only(given, {"message"}, documented={*_DOCUMENTED, "is_hidden"})
    text = _text_of(given)

    def make() -> Answer:
        with world.lock:
            if there := world.find("facebook", identifier):
                world.put_instead(there, replace(there, text=text, edited_at=now()))
        return graph_answer({"success": True})

    return exchange.change(make, REFUSALS_OF_TEXTS)


def _text_of(given: dict) -> str:
    text = need(given, "message").strip()
    if not text or len(text) > LONGEST:
        raise refuse(100, "(#100) Param message must be a text of up to 8000 characters")
    return text


def list_comments(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """GET /{post}/comments. A Page's list goes from the oldest unless asked otherwise, Instagram's from the newest."""
    post = _post(exchange, match["id"], given)
    only(given, _LISTING[post.platform])
    fields = chosen_fields(given, _FIELDS[post.platform], default="id", node="Comment")
    found = [one for one in exchange.world.postings(post.platform, post.address) if one.reply_to == post.id]
    since = moment_of(given, "since")
    found = [one for one in found if since <= one.posted_at.timestamp()]
    if post.platform == "instagram" or given.get("order") == "reverse_chronological":
        found.reverse()
    if post.platform == "instagram" and int(given.get("limit", "25")) > MOST_OF_INSTAGRAM:
        raise refuse(100, "(#100) limit must be at most 50")
    rows = [_describe(one, fields) for one in found]
    return graph_answer(paged(exchange, given, rows, ids=[one.id for one in found]))


def _post(exchange: Exchange, identifier: str, given: dict, *, creates: bool = False) -> Posting:
    world = exchange.world
    found = world.find("facebook", identifier) or world.find("instagram", identifier)
    if found is None:
        exchange.concerns("facebook", identifier.partition("_")[0])
        authorise(exchange, given)
        raise missing_node(identifier, exchange.request.method.lower())
    exchange.concerns(found.platform, found.address, creates=creates)
    authorise(exchange, given)
    return found


def _put_up(exchange: Exchange, post: Posting, text: str) -> Posting:
    world = exchange.world
    number = world.number()
    inner = f"{post.id.partition('_')[2]}_1222{number:014d}"
    return world.put_up(
        Posting(
            platform=post.platform,
            address=post.address,
            id=inner if post.platform == "facebook" else f"1801{number:013d}",
            text=text,
            posted_at=now(),
            permalink=f"{post.permalink}?comment_id={number}" if post.platform == "facebook" else "",
            reply_to=post.id,
        )
    )


def _describe(comment: Posting, fields: list[str]) -> dict:
    name = f"sandbox_{comment.address}" if comment.platform == "instagram" else page_name(comment.address)
    known = {
        "id": comment.id,
        "message": comment.text,
        "text": comment.text,
        "created_time": graph_time(comment.posted_at),
        "timestamp": graph_time(comment.posted_at),
        "permalink_url": comment.permalink,
        "username": name,
        "from": {"id": comment.address, "name": name},
        "like_count": 0,
        "hidden": False,
    }
    return {name: known[name] for name in dict.fromkeys([*fields, "id"]) if known.get(name)}
