"""Making a post on the pretended X.

https://docs.x.com/x-api/posts/create-post
"""

import re

from connectors.sandbox import weights
from connectors.sandbox.exchange import Exchange
from connectors.sandbox.twitter_reads import describe
from connectors.sandbox.twitter_refusals import REFUSALS, duplicate, forbidden, invalid
from connectors.sandbox.twitter_users import User
from connectors.sandbox.wire import Answer, Refused, json_answer
from connectors.sandbox.world import Posting, now

_PROPERTIES = {"text", "media", "reply_settings", "made_with_ai", "paid_partnership", "community_id", "reply",
               "quote_tweet_id", "poll", "geo", "for_super_followers_only", "nullcast", "share_with_followers",
               "direct_message_deep_link", "card_uri"}  # fmt: skip
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
    return json_answer(201, {"data": describe(post, {"id", "text", "edit_history_tweet_ids"})})
