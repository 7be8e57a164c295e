"""What is out goes from the wall (DELETE /{id}), or gets another text (POST /{id}).

https://developers.facebook.com/docs/pages-api/posts
https://developers.facebook.com/docs/instagram-platform/reference/instagram-media
https://developers.facebook.com/docs/graph-api/reference/photo/ (takes no POST)
A video's text is changed by its own id: ``connectors.sandbox.meta.media.reels``.
"""

import re
from dataclasses import replace

from connectors.sandbox.meta import facebook_refusals, instagram_refusals
from connectors.sandbox.meta.common import authorise, graph_answer, graph_error, missing_node, need, only
from connectors.sandbox.meta.facebook_checks import check_text
from connectors.sandbox.stage.exchange import Exchange, Refusals
from connectors.sandbox.stage.scenarios import Day
from connectors.sandbox.stage.wire import Answer, Refused
from connectors.sandbox.stage.world import Posting, World, now

_REFUSALS = {"facebook": facebook_refusals.REFUSALS, "instagram": instagram_refusals.REFUSALS}
#: The number for a post of another app is in no list of the vendor's.
REFUSALS_OF_TEXTS: Refusals = {
    **facebook_refusals.REFUSALS,
    "change_refused": lambda exchange, day: graph_error(
        200, "(#200) You can only edit posts that were made by your app.", status=403
    ),
}
#: Without it nothing of an Instagram account is deleted.
_DELETING = "instagram_manage_contents"
_DOCUMENTED = {"is_published", "scheduled_publish_time", "backdated_time", "backdated_time_granularity", "is_hidden",
               "is_pinned", "timeline_visibility", "privacy", "tags", "place", "attached_media", "link"}  # fmt: skip


def delete(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """What is not there (any more) is refused with the words for what nobody may see."""
    world, identifier = exchange.world, match["id"]
    found = world.find("facebook", identifier) or world.find("instagram", identifier)
    if found is None:
        exchange.concerns("facebook", identifier.partition("_")[0])
        authorise(exchange, given)
        raise missing_node(identifier, "delete")
    exchange.concerns(found.platform, found.address)
    token = authorise(exchange, given)
    only(given, set())
    _check_right(exchange, found, token)

    def make() -> Answer:
        for comment in [posting for posting in world.wall if posting.reply_to == found.id]:
            world.take_down(comment)
        world.take_down(found)
        told = {"deleted_id": identifier} if found.platform == "instagram" else {}
        return graph_answer({"success": True} | told)

    return exchange.change(make, _REFUSALS[found.platform])


def _check_right(exchange: Exchange, found: Posting, token: str) -> None:
    """A token that came of a log-in has the rights that were given there."""
    held = exchange.world.shelves["grants"].get(token)
    if held and found.platform == "instagram" and _DELETING not in held["scopes"]:
        raise Refused(_REFUSALS["instagram"]["no_permission"](exchange, Day()))


def reword(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """Another ``message`` for a post; nothing else of it is changed here, and a photo by itself takes none."""
    identifier, world = match["id"], exchange.world
    post = world.find("facebook", identifier)
    exchange.concerns("facebook", post.address if post else identifier.partition("_")[0])
    authorise(exchange, given)
    if post is None:
        raise missing_node(identifier, "post")
    only(given, {"message"}, documented=_DOCUMENTED)
    text = need(given, "message")
    check_text(text)

    def make() -> Answer:
        say(world, identifier, text)
        return graph_answer({"success": True})

    return exchange.change(make, REFUSALS_OF_TEXTS)


def say(world: World, identifier: str, text: str) -> None:
    """From now on the post, and the video that it shows, read so."""
    with world.lock:
        if post := world.find("facebook", identifier):
            world.put_instead(post, replace(post, text=text, edited_at=now()))
        for film in world.shelves["films"].values():
            if film["post_id"] == identifier:
                film["description"] = text
