"""Reading posts of the pretended X: one by one, several at once, and a user's own list.

https://docs.x.com/x-api/users/get-posts · https://docs.x.com/x-api/posts/get-posts-by-ids
"""

import re
from datetime import datetime

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, json_answer
from connectors.sandbox.stage.world import Posting, World
from connectors.sandbox.twitter.refusals import absent, invalid, missing
from connectors.sandbox.twitter.rows import describe
from connectors.sandbox.twitter.users import User, check_query

_LOOKUP = {"expansions", "tweet.fields", "post.fields", "media.fields", "user.fields", "poll.fields", "place.fields"}
_TIMELINE = _LOOKUP | {"max_results", "since_id", "until_id", "start_time", "end_time", "pagination_token", "exclude"}
#: By the specification's names and by the prose's: X's own pages use both.
_FIELDS = {"id", "text", "created_at", "entities", "author_id", "attachments", "edit_history_tweet_ids",
           "edit_history_post_ids", "edit_controls", "public_metrics", "lang", "source", "conversation_id",
           "article", "article_title", "card_uri", "community_id", "context_annotations", "display_text_range", "geo",
           "in_reply_to_user_id", "referenced_tweets", "media_metadata", "matched_media_notes", "non_public_metrics",
           "note_post", "note_tweet", "note_request_suggestions", "organic_metrics", "paid_partnership",
           "possibly_sensitive", "promoted_metrics", "reply_settings", "scopes", "suggested_source_links",
           "suggested_source_links_with_counts", "withheld"}  # fmt: skip
MOST_IDS = 100


def asked_fields(exchange: Exchange) -> set[str]:
    """The fields asked for, under either name of the parameter."""
    query = exchange.request.query
    names = ["tweet.fields", "post.fields"]
    asked = {name for key in names for name in query.get(key, "").split(",") if name}
    if asked - _FIELDS:
        name = sorted(asked - _FIELDS)[0]
        raise invalid(f"The `tweet.fields` query parameter value [{name}] is not one of the allowed ones")
    if "tweet.fields" in query and exchange.take("tweet_fields_ignored").name == "tweet_fields_ignored":
        asked = {name for name in query.get("post.fields", "").split(",") if name}
    return {"id", "text", "edit_history_tweet_ids"} | asked


def one(exchange: Exchange, _user: User, match: re.Match) -> Answer:
    """GET /2/tweets/{id}"""
    check_query(exchange.request.query, _LOOKUP)
    found = _version(exchange.world, match["id"])
    if found is None:
        return missing("id", match["id"], what="tweet")
    return json_answer(200, {"data": describe(exchange.world, found, asked_fields(exchange))})


def several(exchange: Exchange, _user: User, _match: re.Match) -> Answer:
    """GET /2/tweets?ids=: what is there, and an error for each that is not."""
    query = exchange.request.query
    check_query(query, _LOOKUP | {"ids"})
    names = [name for name in query.get("ids", "").split(",") if name]
    if not 1 <= len(names) <= MOST_IDS or not all(re.fullmatch(r"\d{1,19}", name) for name in names):
        raise invalid(f"The `ids` query parameter must hold 1 to {MOST_IDS} ids", ids=query.get("ids", ""))
    found, fields = [(name, _version(exchange.world, name)) for name in names], asked_fields(exchange)
    answer: dict[str, list] = {
        "data": [describe(exchange.world, post, fields) for _, post in found if post],
        "errors": [absent("id", name, what="tweet") for name, post in found if not post],
    }
    return json_answer(200, {name: rows for name, rows in answer.items() if rows})


def _version(world: World, identifier: str) -> Posting | None:
    kept = world.shelves["versions"].get(identifier)
    return kept["post"] if kept else None


def timeline(exchange: Exchange, user: User, match: re.Match) -> Answer:
    """GET /2/users/{id}/tweets: newest first."""
    query = exchange.request.query
    check_query(query, _TIMELINE)
    owner = exchange.world.shelves["users"].get(match["id"])
    if owner is None:
        return missing("id", match["id"])
    fields = asked_fields(exchange)
    posts = _chosen(exchange, owner, query)
    start = _whole(query, "pagination_token")
    size = _between(query, "max_results", 5, 100, default=10)
    page = posts[start : start + size]
    if not page:
        return json_answer(200, {"meta": {"result_count": 0}})
    meta = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
    if start + size < len(posts):
        meta["next_token"] = str(start + size)
    return json_answer(200, {"data": [describe(exchange.world, post, fields) for post in page], "meta": meta})


def _chosen(exchange: Exchange, owner: User, query: dict[str, str]) -> list[Posting]:
    oldest, newest = (_moment(query, name) for name in ("start_time", "end_time"))
    since, until = (_whole(query, name) for name in ("since_id", "until_id"))
    return [
        post
        for post in reversed(exchange.world.postings("twitter", owner.handle))
        if int(post.id) > since
        and not (_is_answer(post) and "replies" in query.get("exclude", "").split(","))
        and (not until or int(post.id) < until)
        and (oldest is None or post.posted_at >= oldest)
        and (newest is None or post.posted_at < newest)
    ]


def _is_answer(post: Posting) -> bool:
    """To a post, or to whomever it names first: https://help.x.com/en/using-x/types-of-posts"""
    return bool(post.reply_to) or post.text.lstrip().startswith(("@", "\uff20"))


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
