"""Making, correcting and deleting a post on the pretended X.

https://docs.x.com/x-api/posts/create-post · https://docs.x.com/x-api/fundamentals/edit-posts
https://docs.x.com/x-api/posts/delete-post · who may reply: https://docs.x.com/x-api/posts/manage-tweets/integrate
"""

import re
from dataclasses import replace
from datetime import timedelta

from connectors.looks.media import Shown
from connectors.sandbox.stage import x_links
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused, json_answer
from connectors.sandbox.stage.world import Posting, now
from connectors.sandbox.twitter import weights
from connectors.sandbox.twitter.media import attached
from connectors.sandbox.twitter.refusals import REFUSALS, duplicate, forbidden, invalid, not_found, problem
from connectors.sandbox.twitter.rows import EDIT_WINDOW, MOST_EDITS, chain_of, describe
from connectors.sandbox.twitter.schema import check_body
from connectors.sandbox.twitter.users import User

_SNOWFLAKE = 1_990_000_000_000_000_000
_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."


def create(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """POST /2/tweets: 201 with the id; the text comes back with t.co links."""
    body = check_body(exchange.request.json)
    text = body.get("text", "")
    media = attached(exchange, user, body.get("media", {}).get("media_ids", []))
    if not text.strip() and not media:
        raise invalid("Your post must contain text or media.")
    if weights.weighted_length(text) > weights.LONGEST or weights.cashtags(text) > 1:
        raise Refused(forbidden())
    _check_company(exchange, user, body)
    old = _edited(exchange, user, body)
    refusals = {**REFUSALS, "reply_refused": lambda exchange, day: forbidden()} if "reply" in body else REFUSALS
    return exchange.create(lambda: _put_up(exchange, user, body, media=media, old=old), refusals)


def delete(exchange: Exchange, user: User, match: re.Match) -> Answer:
    """DELETE /2/tweets/{id}: any version takes the whole chain of edits with it."""
    world = exchange.world
    chain = chain_of(world, match["id"])
    post = world.find("twitter", chain[-1])
    if post is None:
        # What a second deletion answers is not documented: here it is the ordinary "not there".
        raise Refused(not_found("tweet", match["id"]))
    if post.address != user.handle:
        raise Refused(problem(403, "Forbidden", "You are not authorized to delete this Tweet."))

    def make() -> Answer:
        world.take_down(post)
        with world.lock:
            for identifier in chain:
                world.shelves["versions"].pop(identifier, None)
        return json_answer(200, {"data": {"deleted": True}})

    return exchange.change(make, REFUSALS)


def _check_company(exchange: Exchange, user: User, fields: dict) -> None:
    """A reply needs a post whose author asked for it; quoting is for Enterprise customers."""
    if "quote_tweet_id" in fields:
        raise Refused(forbidden())
    if "reply" not in fields:
        return
    parent = exchange.world.find("twitter", fields["reply"]["in_reply_to_tweet_id"])
    if parent is None:
        raise Refused(problem(403, "Forbidden", _GONE))
    # One's own post: the page makes no exception, yet every client builds its threads so.
    summoned = re.search(rf"@{re.escape(user.handle)}\b", parent.text, re.IGNORECASE)
    if parent.address != user.handle and not summoned:
        raise Refused(forbidden())


def _edited(exchange: Exchange, user: User, fields: dict) -> Posting | None:
    """The post that this one is a new version of."""
    if "edit_options" not in fields:
        return None
    world = exchange.world
    chain = chain_of(world, fields["edit_options"]["previous_post_id"])
    post = world.find("twitter", chain[-1])
    if post is None or post.address != user.handle:
        raise Refused(forbidden())
    first = world.shelves["versions"][chain[0]]["post"]
    kept = world.shelves["versions"][post.id]
    late = now() - first.posted_at > timedelta(seconds=EDIT_WINDOW)
    if late or len(chain) > MOST_EDITS or kept["fixed"] or "poll" in fields:
        raise Refused(forbidden())
    return post


def _put_up(exchange: Exchange, user: User, fields: dict, *, media: list[dict], old: Posting | None) -> Answer:
    world, text = exchange.world, fields.get("text", "")
    identifier = str(_SNOWFLAKE + world.number() * 1000)
    with world.lock:
        if any(one.text == text for one in world.postings("twitter", user.handle)):
            raise Refused(duplicate())
        post = Posting(
            platform="twitter",
            address=user.handle,
            id=identifier,
            text=text,
            posted_at=now(),
            ai=fields.get("made_with_ai") is True,
            permalink=f"https://x.com/{user.handle}/status/{identifier}",
            media=tuple(Shown(one["kind"], one["media_url"], one["alt_text"]) for one in media),
            preview_link="" if media else next((link.url for link in x_links.links(text)), ""),
            more_links=tuple(link.url for link in x_links.links(text) if "://" not in link.text),
            reply_to=fields.get("reply", {}).get("in_reply_to_tweet_id", ""),
        )
        chain = chain_of(world, old.id) if old else []
        if old:
            post = replace(post, edited_at=post.posted_at)
            world.put_instead(old, post)
        else:
            world.put_up(post)
        chain.append(identifier)
        fixed = bool({"poll", "community_id", "reply"} & set(fields))
        world.shelves["versions"][identifier] = {"post": post, "chain": chain, "fixed": fixed}
    return json_answer(201, {"data": describe(world, post, {"id", "text", "edit_history_tweet_ids"})})
