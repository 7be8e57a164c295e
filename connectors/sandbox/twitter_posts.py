"""Posts of the pretended X: making one and reading a user's own back.

https://docs.x.com/x-api/posts/create-post · https://docs.x.com/x-api/users/get-posts
"""

import hashlib
import re
from datetime import UTC, datetime

from connectors.sandbox import weights
from connectors.sandbox.exchange import Exchange
from connectors.sandbox.twitter_refusals import REFUSALS, duplicate, forbidden, invalid, missing
from connectors.sandbox.twitter_users import User, check_query
from connectors.sandbox.wire import Answer, Refused, json_answer
from connectors.sandbox.world import Posting, now

_PROPERTIES = {"text", "media", "reply_settings", "made_with_ai", "paid_partnership", "community_id", "reply",
               "quote_tweet_id", "poll", "geo", "for_super_followers_only", "nullcast", "share_with_followers",
               "direct_message_deep_link", "card_uri"}  # fmt: skip
_TIMELINE = {"max_results", "since_id", "until_id", "start_time", "end_time", "pagination_token", "exclude",
             "expansions", "tweet.fields", "post.fields", "media.fields", "user.fields"}  # fmt: skip
_FIELDS = {"id", "text", "created_at", "entities", "author_id", "attachments", "edit_history_tweet_ids",
           "edit_history_post_ids", "public_metrics", "lang", "source", "conversation_id"}  # fmt: skip
_SNOWFLAKE = 1_990_000_000_000_000_000


def create(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """POST /2/tweets: 201 with the id; the text comes back with t.co links."""
    told = exchange.request.json
    if not isinstance(told, dict):
        raise invalid("Request body must be a JSON object")
    for name in told:
        if name not in _PROPERTIES:
            raise invalid(f"$.{name}: is not defined in the schema and the schema does not allow additional properties")
    text = told.get("text", "")
    if not isinstance(text, str):
        raise invalid("$.text: must be a string")
    media = _media(exchange, user, told.get("media"))
    if not text.strip() and not media:
        raise invalid("Your post must contain text or media.")
    if weights.weighted_length(text) > weights.LONGEST or len(re.findall(r"(?<!\S)\$[A-Za-z]{1,6}\b", text)) > 1:
        raise Refused(forbidden())
    return exchange.create(lambda: _put_up(exchange, user, text, media), REFUSALS)


def _media(exchange: Exchange, user: User, told: object) -> list[dict]:
    if told is None:
        return []
    if not isinstance(told, dict) or set(told) - {"media_ids", "tagged_user_ids"}:
        raise invalid("$.media: is not defined in the schema and the schema does not allow additional properties")
    names = told.get("media_ids")
    if not isinstance(names, list) or not 1 <= len(names) <= 4 or not all(isinstance(name, str) for name in names):
        raise invalid("$.media.media_ids: must be an array of 1 to 4 strings")
    kept = [exchange.world.shelves["media"].get(name) for name in names]
    if any(one is None or one["owner"] != user.handle for one in kept):
        raise invalid("Your media IDs are invalid.", **{"media.media_ids": ",".join(names)})
    return kept


def _put_up(exchange: Exchange, user: User, text: str, media: list[dict]) -> Answer:
    world = exchange.world
    identifier = str(_SNOWFLAKE + world.number() * 1000)
    with world.lock:
        if any(one.text == text for one in world.postings("twitter", user.handle)):
            raise Refused(duplicate())
        post = world.put_up(
            Posting(
                platform="twitter",
                address=user.handle,
                id=identifier,
                text=text,
                posted_at=now(),
                permalink=f"https://x.com/{user.handle}/status/{identifier}",
                media_url=media[0]["media_url"] if media else "",
                alt_text=media[0]["alt_text"] if media else "",
                preview_link="" if media else next((link.url for link in weights.links(text)), ""),
                more_links=tuple(link.url for link in weights.links(text) if "://" not in link.text),
            )
        )
    return json_answer(201, {"data": _describe(post, {"id", "text", "edit_history_tweet_ids"})})


def short(link: weights.Link, identifier: str) -> str:
    """The t.co address of a link in a post: 23 characters long."""
    return f"https://t.co/{hashlib.sha256(f'{identifier} {link.start} {link.url}'.encode()).hexdigest()[:10]}"


def _describe(post: Posting, fields: set[str]) -> dict:
    shown = weights.shortened(post.text, lambda link: short(link, post.id))
    if post.media_url:
        shown = f"{shown} https://t.co/{hashlib.sha256(post.id.encode()).hexdigest()[:10]}".strip()
    known = {
        "id": post.id,
        "text": shown,
        "edit_history_tweet_ids": [post.id],
        "edit_history_post_ids": [post.id],
        "created_at": post.posted_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conversation_id": post.id,
        "lang": "und",
        "entities": _entities(post),
    }
    return {name: value for name, value in known.items() if name in fields and value}


def _entities(post: Posting) -> dict:
    urls, moved = [], 0
    for link in weights.links(post.text):
        url = short(link, post.id)
        start = link.start + moved
        urls.append(
            {
                "start": start,
                "end": start + len(url),
                "url": url,
                "expanded_url": link.url,
                "display_url": re.sub(r"^https?://(www\.)?", "", link.url)[:30],
            }
        )
        moved += len(url) - (link.end - link.start)
    return {"urls": urls} if urls else {}


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
    start = int(query.get("pagination_token", "0") or 0)
    size = _between(query, "max_results", 5, 100, default=10)
    page = posts[start : start + size]
    if not page:
        return json_answer(200, {"meta": {"result_count": 0}})
    meta = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
    if start + size < len(posts):
        meta["next_token"] = str(start + size)
    fields = {"id", "text", "edit_history_tweet_ids"} | asked
    return json_answer(200, {"data": [_describe(post, fields) for post in page], "meta": meta})


def _chosen(exchange: Exchange, owner: User, query: dict[str, str]) -> list[Posting]:
    oldest, newest = (_moment(query, name) for name in ("start_time", "end_time"))
    since, until = (int(query.get(name) or 0) for name in ("since_id", "until_id"))
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
