"""One post of the pretended X as it tells it: t.co links, entities, and the chain of its versions.

https://docs.x.com/x-api/fundamentals/data-dictionary · https://docs.x.com/x-api/fundamentals/edit-posts
"""

import hashlib
import html
from datetime import UTC, datetime, timedelta

from connectors.sandbox.stage import x_links
from connectors.sandbox.stage.world import Posting, World
from connectors.sandbox.twitter.users import known as known_user

#: Posts can be corrected for half an hour, five times.
EDIT_WINDOW, MOST_EDITS = 1800, 5
_METRICS = ("retweet_count", "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count")


def chain_of(world: World, identifier: str) -> list[str]:
    """The ids of a post's versions, oldest first; itself alone when nothing is known of it."""
    kept = world.shelves["versions"].get(identifier)
    return kept["chain"] if kept else [identifier]


def _root(world: World, post: Posting) -> str:
    """The first post of the thread, as far as it is still there."""
    above = world.find("twitter", post.reply_to)
    return _root(world, above) if above and above.reply_to else post.reply_to


def _short(words: str) -> str:
    """A t.co address: 23 characters."""
    return f"https://t.co/{hashlib.sha256(words.encode()).hexdigest()[:10]}"


def written(post: Posting) -> tuple[str, list[dict]]:
    """The text as X gives it back, and its links: & < > escaped, addresses shortened, the picture's link at the end."""
    text, urls, place = "", [], 0
    for link in x_links.links(post.text):
        text += html.escape(post.text[place : link.start], quote=False)
        shown = x_links.LINK_SCHEME.sub("", link.url)[:30]
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


def describe(world: World, post: Posting, fields: set[str]) -> dict:
    """The chosen fields of a post; empty ones are left out, as X does."""
    text, urls = written(post)
    chain = chain_of(world, post.id)
    until = post.posted_at + timedelta(seconds=EDIT_WINDOW)
    known = {
        "id": post.id,
        "text": text,
        "edit_history_tweet_ids": chain,
        "edit_history_post_ids": chain,
        "edit_controls": {
            "is_edit_eligible": True,
            "editable_until": written_time(until),
            "edits_remaining": max(0, MOST_EDITS + 1 - len(chain)),
        },
        "created_at": written_time(post.posted_at),
        "conversation_id": _root(world, post) if post.reply_to else chain[0],
        "referenced_tweets": [{"type": "replied_to", "id": post.reply_to}] if post.reply_to else [],
        "author_id": known_user(world, post.address).id,
        "public_metrics": dict.fromkeys(_METRICS, 0),
        "lang": "und",
        "entities": {"urls": urls} if urls else {},
    }
    return {name: value for name, value in known.items() if name in fields and value}


def written_time(moment: datetime) -> str:
    """2026-12-01T12:00:00.000Z"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
