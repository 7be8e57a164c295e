"""DELETE /{id}: a post of a Page, or a medium of an Instagram account, goes from the wall.

https://developers.facebook.com/docs/pages-api/posts
https://developers.facebook.com/docs/instagram-platform/reference/instagram-media
"""

import re

from connectors.sandbox.meta import facebook_refusals, instagram_refusals
from connectors.sandbox.meta.common import authorise, graph_answer, missing_node, only
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer

_REFUSALS = {"facebook": facebook_refusals.REFUSALS, "instagram": instagram_refusals.REFUSALS}


def delete(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """What is not there (any more) is refused with the words for what nobody may see."""
    world, identifier = exchange.world, match["id"]
    found = world.find("facebook", identifier) or world.find("instagram", identifier)
    if found is None:
        exchange.concerns("facebook", identifier.partition("_")[0])
        authorise(exchange, given)
        raise missing_node(identifier, "delete")
    exchange.concerns(found.platform, found.address)
    authorise(exchange, given)
    only(given, set())

    def make() -> Answer:
        for comment in [posting for posting in world.wall if posting.reply_to == found.id]:
            world.take_down(comment)
        world.take_down(found)
        told = {"deleted_id": identifier} if found.platform == "instagram" else {}
        return graph_answer({"success": True} | told)

    return exchange.create(make, _REFUSALS[found.platform])
