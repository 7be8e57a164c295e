"""Posts of the pretended X as it tells them: t.co links, entities, and a user's own list.

https://docs.x.com/x-api/users/get-posts · https://docs.x.com/x-api/fundamentals/data-dictionary
"""

import hashlib
import html
import re
from datetime import UTC, datetime

from connectors.sandbox import weights
from connectors.sandbox.exchange import Exchange
from connectors.sandbox.twitter_refusals import invalid, missing
from connectors.sandbox.twitter_users import User, check_query
from connectors.sandbox.wire import Answer, json_answer
from connectors.sandbox.world import Posting

_TIMELINE = {"max_results", "since_id", "until_id", "start_time", "end_time", "pagination_token", "exclude",
             "expansions", "tweet.fields", "post.fields", "media.fields", "user.fields"}  # fmt: skip
_FIELDS = {"id", "text", "created_at", "entities", "author_id", "attachments", "edit_history_tweet_ids",
           "edit_history_post_ids", "public_metrics", "lang", "source", "conversation_id"}  # fmt: skip


def _short(words: str) -> str:
    """A t.co address: 23 characters."""
    return f"https://t.co/{hashlib.sha256(words.encode()).hexdigest()[:10]}"


def written(post: Posting) -> tuple[str, list[dict]]:
    """The text as X gives it back, and its links: & < > escaped, addresses shortened, the picture's link at the end."""
    text, urls, place = "", [], 0
    for link in weights.links(post.text):
        text += html.escape(post.text[place : link.start], quote=False)
        shown = weights.LINK_SCHEME.sub("", link.url)[:30]
        urls.append(_entity(text, _short(f"{post.id} {link.start}"), link.url, shown))
        text, place = text + urls[-1]["url"], link.end
    text += html.escape(post.text[place:], quote=False)
    if post.media_url:
        text += " " if text else ""
        urls.append(_entity(text, _short(f"{post.id} picture"), f"{post.permalink}/photo/1", "pic.x.com/picture"))
        urls[-1]["media_key"] = f"3_{post.id}"
        text += urls[-1]["url"]
    return text, urls


def _entity(before: str, url: str, expanded: str, shown: str) -> dict:
    place = {"start": len(before), "end": len(before) + len(url)}
    return place | {"url": url, "expanded_url": expanded, "display_url": shown}


def describe(post: Posting, fields: set[str]) -> dict:
    """The chosen fields of a post; empty ones are left out, as X does."""
    text, urls = written(post)
    known = {
        "id": post.id,
        "text": text,
        "edit_history_tweet_ids": [post.id],
        "edit_history_post_ids": [post.id],
        "created_at": post.posted_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conversation_id": post.id,
        "lang": "und",
        "entities": {"urls": urls} if urls else {},
    }
    return {name: value for name, value in known.items() if name in fields and value}


def timeline(exchange: Exchange, user: User, match: re.Match) -> Answer:
    """GET /2/users/{id}/tweets: newest first."""
    query = exchange.request.query
    check_query(query, _TIMELINE)
    asked = {name for key in ("tweet.fields", "post.fields") for name in query.get(key, "").split(",") if name}
    if asked - _FIELDS:
        name = sorted(asked - _FIELDS)[0]
        raise invalid(f"The `tweet.fields` query parameter value [{name}] is not one of the allowed ones")
    owner = exchange.world.shelves["users"].get(match["id"])
    if owner is None:
        return missing("id", match["id"])
    posts = _chosen(exchange, owner, query)
    start = _whole(query, "pagination_token")
    size = _between(query, "max_results", 5, 100, default=10)
    page = posts[start : start + size]
    if not page:
        return json_answer(200, {"meta": {"result_count": 0}})
    meta = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
    if start + size < len(posts):
        meta["next_token"] = str(start + size)
    fields = {"id", "text", "edit_history_tweet_ids"} | asked
    return json_answer(200, {"data": [describe(post, fields) for post in page], "meta": meta})


def _chosen(exchange: Exchange, owner: User, query: dict[str, str]) -> list[Posting]:
    oldest, newest = (_moment(query, name) for name in ("start_time", "end_time"))
    since, until = (_whole(query, name) for name in ("since_id", "until_id"))
    return [
        post
        for post in reversed(exchange.world.postings("twitter", owner.handle))
        if int(post.id) > since
        and (not until or int(post.id) < until)
        and (oldest is None or post.posted_at >= oldest)
        and (newest is None or post.posted_at < newest)
    ]


def _moment(query: dict[str, str], name: str) -> datetime | None:
    if name not in query:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", query[name]):
        raise invalid(f"The `{name}` query parameter value [{query[name]}] is not a valid RFC3339 time")
    return datetime.fromisoformat(query[name])


def _between(query: dict[str, str], name: str, low: int, high: int, *, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or not low <= int(text) <= high:
        raise invalid(f"The `{name}` query parameter value [{text}] is not between {low} and {high}", **{name: text})
    return int(text)


def _whole(query: dict[str, str], name: str) -> int:
    text = query.get(name, "0")
    if not text.isdecimal():
        raise invalid(f"The `{name}` query parameter value [{text}] is not valid", **{name: text})
    return int(text)
