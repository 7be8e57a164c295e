"""Reading the pretended Page back: its lists of posts, one post, one photo.

https://developers.facebook.com/docs/graph-api/reference/page/published_posts
https://developers.facebook.com/docs/graph-api/results (paging)
"""

import base64
import re
from datetime import UTC, datetime
from time import monotonic
from urllib.parse import urlencode

from connectors.sandbox.meta.common import authorise, chosen_fields, graph_answer, graph_time, only, refuse
from connectors.sandbox.stage import person
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import Posting

LIST_PARAMETERS = {"fields", "limit", "since", "until", "after", "before", "summary"}
_DOCUMENTED = {"include_hidden", "show_expired", "with"}
POST_FIELDS = ("id", "message", "created_time", "updated_time", "permalink_url", "attachments", "full_picture",
               "from", "is_published", "status_type")  # fmt: skip
PHOTO_FIELDS = ("id", "page_story_id", "name", "link", "created_time", "images", "width", "height", "alt_text_custom")


def list_posts(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """GET /{page}/published_posts and its sisters: newest first, paged by cursor."""
    page = match["id"]
    exchange.concerns("facebook", page)
    authorise(exchange, given)
    only(given, LIST_PARAMETERS, documented=_DOCUMENTED)
    fields = chosen_fields(given, POST_FIELDS, default="created_time,message,id", node="PagePost")
    since, until = moment_of(given, "since"), moment_of(given, "until")
    posts = [
        post
        for post in reversed(exchange.world.postings("facebook", page))
        if not post.reply_to
        and post.visible_from <= monotonic()
        and since <= post.posted_at.timestamp() <= (until or float("inf"))
    ]
    return graph_answer(
        paged(exchange, given, [describe_post(post, fields) for post in posts], ids=[p.id for p in posts])
    )


def moment_of(given: dict, name: str) -> float:
    """A time given as seconds since 1970 or as ISO 8601; 0 when left out."""
    text = given.get(name, "").strip()
    if not text:
        return 0.0
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    try:
        moment = datetime.fromisoformat(re.sub(r"\+0000$", "+00:00", text))
    except ValueError as error:
        raise refuse(100, f"(#100) Param {name} is not a valid time") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def paged(exchange: Exchange, given: dict, rows: list[dict], *, ids: list[str]) -> dict:
    """One page of rows with cursors and, while there is more, the address of the next page."""
    limit = given.get("limit", "25")
    if not limit.isdigit() or not 1 <= int(limit) <= 100:
        raise refuse(100, "(#100) Please reduce the amount of data you're asking for: limit must be 1 to 100")
    start = ids.index(_uncursor(given["after"])) + 1 if _uncursor(given.get("after", "")) in ids else 0
    shown, names = rows[start : start + int(limit)], ids[start : start + int(limit)]
    answer = {"data": shown} | summary_of(given, len(rows))
    if not shown:
        return answer
    paging: dict[str, object] = {"cursors": {"before": _cursor(names[0]), "after": _cursor(names[-1])}}
    if start + len(shown) < len(rows):
        query = {name: value for name, value in given.items() if name != "after"} | {"after": _cursor(names[-1])}
        paging["next"] = f"{exchange.world.url}{exchange.request.path}?{urlencode(query)}"
    return answer | {"paging": paging}


def summary_of(given: dict, count: int) -> dict:
    """What ``summary=true`` adds to a list; the vendor's SDKs ask every list of every app for it."""
    asked = given.get("summary", "").lower()
    if asked not in ("", "true", "false", "1", "0", "total_count"):
        raise refuse(100, "(#100) Param summary must be a boolean")
    return {"summary": {"total_count": count}} if asked in ("true", "1", "total_count") else {}


def _cursor(identifier: str) -> str:
    return base64.urlsafe_b64encode(identifier.encode()).decode()


def _uncursor(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor).decode()
    except ValueError:
        return ""


def describe_post(post: Posting, fields: list[str]) -> dict:
    """The chosen fields of a post; empty ones are left out, as the vendor does. ``id`` always comes."""
    known = {
        "id": post.id,
        "message": post.text,
        "created_time": graph_time(post.posted_at),
        "updated_time": graph_time(post.edited_at or post.posted_at),
        "permalink_url": post.permalink,
        "attachments": _attachments(post),
        "full_picture": post.media_url,
        "from": {"id": post.address, "name": page_name(post.address)},
        "is_published": True,
        "status_type": "added_photos" if post.media_url else "mobile_status_update",
    }
    return {name: known[name] for name in dict.fromkeys([*fields, "id"]) if known[name]}


def describe_photo(photo: dict, fields: list[str]) -> dict:
    """The chosen fields of a photo; ``name`` is its caption."""
    image = {"source": photo["media_url"], "width": photo["width"], "height": photo["height"]}
    known = photo | {
        "link": photo["media_url"],
        "created_time": graph_time(photo["created_at"]),
        "images": [image],
        "alt_text_custom": photo["alt_text"],
    }
    return {name: known[name] for name in dict.fromkeys([*fields, "id"]) if known[name]}


def page_name(page: str) -> str:
    """What the pretended Page is called."""
    return person.PAGES[page].name if page in person.PAGES else f"Sandbox Page {page}"


def _attachments(post: Posting) -> dict | None:
    if len(post.media) > 1:
        parts = [{"type": "photo", "media": {"image": {"src": one.url}}} for one in post.media]
        return {"data": [{"type": "album", "subattachments": {"data": parts}, "url": post.permalink}]}
    if post.media:
        kind = "photo" if post.media[0].kind == "image" else "video_inline"
        return {"data": [{"type": kind, "media": {"image": {"src": post.media_url}}, "url": post.permalink}]}
    if post.link:
        return {"data": [{"type": "share", "unshimmed_url": post.link, "url": post.link}]}
    return None
