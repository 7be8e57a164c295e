"""Reading the pretended Instagram account back: containers, media and their list.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-container
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
"""

import re
from datetime import timedelta

from connectors.sandbox.meta.common import authorise, chosen_fields, graph_answer, graph_time, missing_node, only
from connectors.sandbox.meta.facebook_reads import LIST_PARAMETERS, moment_of, paged
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import Posting, now

IN_PROGRESS_LOOKS = 2
_LIFE = timedelta(hours=24)
_MEDIA_FIELDS = ("id", "caption", "timestamp", "permalink", "shortcode", "media_type", "media_url",
                 "media_product_type", "alt_text", "username", "ig_id")  # fmt: skip
_EXPLAINED = {
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "ERROR": "Error: Media upload has failed with error code {error}",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
}


def status_of(container: dict) -> str:
    """IN_PROGRESS, FINISHED, PUBLISHED, ERROR or EXPIRED."""
    if container["published"]:
        return "PUBLISHED"
    if now() - container["created_at"] > _LIFE:
        return "EXPIRED"
    if container["looks_left"] > 0:
        return "IN_PROGRESS"
    return "ERROR" if container["error"] else "FINISHED"


def advisory(exchange: Exchange, identifier: str) -> None:
    """A reading that nothing hangs on, and that the vendor has been unable to answer for days."""
    if exchange.take("container_unreadable").name == "container_unreadable":
        raise missing_node(identifier)


def read_container(exchange: Exchange, identifier: str, given: dict) -> Answer:
    """GET /{container}?fields=status_code,status. Each look brings a waiting container nearer to FINISHED."""
    container = exchange.world.shelves["containers"][identifier]
    exchange.concerns("instagram", container["address"])
    authorise(exchange, given)
    advisory(exchange, identifier)
    only(given, {"fields"})
    fields = chosen_fields(
        given, ("id", "status_code", "status", "copyright_check_status"), default="id", node="IGContainer"
    )
    with exchange.world.lock:
        status = status_of(container)
        if not exchange.meets("never_ready"):
            container["looks_left"] = max(0, container["looks_left"] - 1)
    words = _EXPLAINED[status].format(error=container["error"])
    known = {"id": identifier, "status_code": status, "status": words, "copyright_check_status": None}
    return graph_answer({name: known[name] for name in dict.fromkeys([*fields, "id"]) if known[name]})


def read_media(exchange: Exchange, media: Posting, given: dict) -> Answer:
    """GET /{media}?fields=permalink,..."""
    exchange.concerns("instagram", media.address)
    authorise(exchange, given)
    only(given, {"fields"})
    return graph_answer(_describe(media, chosen_fields(given, _MEDIA_FIELDS, default="id", node="IGMedia")))


def list_media(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """GET /{ig-user}/media: newest first."""
    exchange.concerns("instagram", match["id"])
    authorise(exchange, given)
    only(given, LIST_PARAMETERS)
    fields = chosen_fields(given, _MEDIA_FIELDS, default="id", node="IGMedia")
    since, until = moment_of(given, "since"), moment_of(given, "until") or float("inf")
    out = [
        media
        for media in reversed(exchange.world.postings("instagram", match["id"]))
        if not media.reply_to and since <= media.posted_at.timestamp() <= until
    ]
    return graph_answer(paged(exchange, given, [_describe(media, fields) for media in out], ids=[m.id for m in out]))


def _describe(media: Posting, fields: list[str]) -> dict:
    known = {
        "id": media.id,
        "ig_id": media.id,
        "caption": media.text,
        "timestamp": graph_time(media.posted_at),
        "permalink": media.permalink,
        "shortcode": media.permalink.rstrip("/").rpartition("/")[2],
        "media_type": _type_of(media),
        "media_product_type": "REELS" if _type_of(media) == "VIDEO" else "FEED",
        "media_url": media.media_url,
        "alt_text": media.alt_text,
        "username": f"sandbox_{media.address}",
    }
    return {name: known[name] for name in dict.fromkeys([*fields, "id"]) if known[name]}


def _type_of(media: Posting) -> str:
    if len(media.media) > 1:
        return "CAROUSEL_ALBUM"
    return "VIDEO" if media.media[0].kind == "video" else "IMAGE"
