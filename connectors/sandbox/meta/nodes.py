"""GET /{id}: a post, a photo, a container, a published medium, or the Page or account itself."""

import re
from collections.abc import Callable, Collection
from typing import Any

from connectors.sandbox.meta import facebook_reads, grants, instagram_reads
from connectors.sandbox.meta.common import authorise, chosen_fields, graph_answer, missing_node, only
from connectors.sandbox.meta.media import shelf
from connectors.sandbox.stage import person
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer

#: Ids only the sandbox hands out: one of this shape that it does not know is gone, not a Page.
_HANDED_OUT = re.compile(r"(1220\d{14}|1223\d{14}|1799\d{13}|1800\d{13}|1801\d{13}|.+_122[12]\d{14})")
_PLACE_FIELDS = ("id", "name", "username", "link", "category", "user_id", "account_type", "profile_picture_url",
                 "followers_count", "media_count", "instagram_business_account", "tasks",
                 "access_token")  # fmt: skip


def read(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """Answer for whatever this id names."""
    identifier, world = match["id"], exchange.world
    kinds: tuple[tuple[str, str, Collection[str], Any, Callable[[Any, list[str]], dict]], ...] = (
        (
            "facebook",
            "Post",
            facebook_reads.POST_FIELDS,
            world.find("facebook", identifier),
            facebook_reads.describe_post,
        ),
        (
            "facebook",
            "Photo",
            facebook_reads.PHOTO_FIELDS,
            world.shelves["photos"].get(identifier),
            facebook_reads.describe_photo,
        ),
    )
    for platform, node, fields, thing, describe in kinds:
        if thing is not None:
            address = thing["address"] if isinstance(thing, dict) else thing.address
            exchange.concerns(platform, address)
            authorise(exchange, given)
            only(given, {"fields"})
            return graph_answer(describe(thing, chosen_fields(given, fields, default="id", node=node)))
    if identifier in world.shelves["films"]:
        return shelf.read(exchange, world.shelves["films"][identifier], given)
    if identifier in world.shelves["containers"]:
        return instagram_reads.read_container(exchange, identifier, given)
    if media := world.find("instagram", identifier):
        return instagram_reads.read_media(exchange, media, given)
    return _read_place(exchange, identifier, given)


def _read_place(exchange: Exchange, identifier: str, given: dict) -> Answer:
    exchange.concerns("facebook", identifier)
    token = authorise(exchange, given)
    only(given, {"fields"})
    if _HANDED_OUT.fullmatch(identifier):
        raise missing_node(identifier)
    fields = chosen_fields(given, _PLACE_FIELDS, default="name,id", node="Page")
    if "access_token" in fields:
        return graph_answer(grants.page_for(exchange, token, identifier, fields))
    return graph_answer(describe_place(identifier, fields))


def describe_place(identifier: str, fields: list[str]) -> dict:
    """The chosen fields of a Page or an Instagram account; any id is one."""
    known = {
        "id": identifier,
        "name": facebook_reads.page_name(identifier),
        "username": person.GRAMS.get(identifier, f"sandbox_{identifier}"),
        "link": f"https://www.facebook.com/{identifier}",
        "category": "Media/news company",
        "user_id": identifier,
        "account_type": "PERSONAL" if identifier == person.PERSONAL else "BUSINESS",
        "profile_picture_url": "",
        "followers_count": 1234,
        "media_count": 0,
        "instagram_business_account": {"id": f"17841{identifier[-12:]}"},
        "tasks": ["CREATE_CONTENT", "MODERATE", "ANALYZE"],
    }
    return {name: known[name] for name in dict.fromkeys([*fields, "id"])}
