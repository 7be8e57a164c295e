"""What the pretended Facebook remembers of a video: how far it has come, and what it was found to be.

https://developers.facebook.com/docs/graph-api/reference/video
"""

from typing import Any

from connectors.looks.media import Shown
from connectors.sandbox.meta.common import authorise, chosen_fields, graph_answer, only
from connectors.sandbox.stage import films
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import Posting, now

_FIELDS = ("id", "status", "published", "permalink_url", "post_id", "description", "created_time", "length")


def read(exchange: Exchange, film: dict[str, Any], given: dict) -> Answer:
    """GET /{video}?fields=status,published,permalink_url,post_id; every look brings it nearer to being ready."""
    exchange.concerns("facebook", film["address"])
    authorise(exchange, given)
    only(given, {"fields"})
    fields = chosen_fields(given, _FIELDS, default="id", node="Video")
    with exchange.world.lock:
        known = {
            "id": film["id"],
            "status": _status(film),
            "published": film["published"],
            "permalink_url": film["permalink"],
            "post_id": film["post_id"],
            "description": film["description"],
            "length": film["seen"].seconds if film["seen"] else None,
        }
        if film["state"] == "processing" and not exchange.meets("never_ready"):
            film["state"] = "ready"
    return graph_answer(
        {name: known[name] for name in fields if known.get(name) not in ("", None)} | {"id": film["id"]}
    )


def receive(exchange: Exchange, film: dict[str, Any], content: bytes) -> None:
    """All bytes are there: look at them."""
    with exchange.world.lock:
        try:
            film["seen"] = films.inspect(content)
        except films.NotAFilm as error:
            film.update(state="error", error=f"The file is no video: {error}.")
            return
        film["media_url"] = exchange.world.keep_film(content, film["seen"].media_type)
        film["state"] = "upload_complete" if film["kind"] == "reel" else "processing"


def new_film(exchange: Exchange, *, kind: str) -> dict[str, Any]:
    world = exchange.world
    film: dict[str, Any] = {"id": f"1223{world.number():014d}", "address": exchange.call.address, "kind": kind}
    film |= {"state": "uploading", "content": bytearray(), "size": 0, "seen": None, "error": "", "description": ""}
    film |= {"published": False, "post_id": "", "permalink": "", "media_url": ""}
    with world.lock:
        world.shelves["films"][film["id"]] = film
    return film


def put_up(exchange: Exchange, film: dict[str, Any], text: str) -> None:
    world, page = exchange.world, film["address"]
    identifier = f"{page}_1221{world.number():014d}"
    link = f"{world.url}/_post/facebook/{identifier}"
    with world.lock:
        film.update(published=True, state="ready", post_id=identifier, permalink=link, description=text)
        shown = (Shown("video", film["media_url"]),)
        world.put_up(Posting("facebook", page, identifier, text, now(), permalink=link, media=shown))


def _status(film: dict[str, Any]) -> dict[str, Any]:
    there = film["state"] != "uploading"
    error = {"errors": [{"message": film["error"]}], "error": {"message": film["error"]}} if film["error"] else {}
    out = {"status": "complete", "publish_status": "published"} if film["published"] else {"status": "not_started"}
    return {
        "video_status": film["state"],
        "uploading_phase": {
            "status": "complete" if there else "in_progress",
            "bytes_transfered": film["size"] if there else len(film["content"]),
        },
        "processing_phase": {"status": "complete" if film["state"] == "ready" else "not_started"} | error,
        "publishing_phase": out,
    }
