"""Videos of the pretended Page: reels in three steps, and ordinary ones that are published later.

https://developers.facebook.com/docs/video-api/guides/reels-publishing
https://developers.facebook.com/docs/graph-api/reference/page/videos
"""

import re
from typing import Any

from connectors.sandbox.meta.changes import REFUSALS_OF_TEXTS, say
from connectors.sandbox.meta.common import authorise, boolean, graph_answer, missing_node, need, only, refuse
from connectors.sandbox.meta.facebook_checks import check_text
from connectors.sandbox.meta.facebook_refusals import REFUSALS
from connectors.sandbox.meta.media.shelf import new_film, put_up, receive
from connectors.sandbox.stage import films, pictures
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer

_REEL = {"upload_phase", "video_id", "video_state", "description", "title"}
_DOCUMENTED_OF_REEL = {"place", "scheduled_publish_time", "thumb", "feed_targeting", "targeting"}
_DOCUMENTED_OF_CHANGE = {"name", "tags", "targeting", "content_category", "custom_labels", "expiration", "place"}
_VIDEO = {"file_url", "description", "title", "published"}
_DOCUMENTED_OF_VIDEO = {"upload_phase", "upload_session_id", "start_offset", "end_offset", "video_file_chunk",
                        "file_size", "thumb", "scheduled_publish_time", "content_category", "targeting"}  # fmt: skip


def act(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{page}/video_reels: start or finish, by ``upload_phase``."""
    phase = given.get("upload_phase", "")
    exchange.concerns("facebook", match["id"], creates=phase == "finish")
    authorise(exchange, given)
    only(given, _REEL, documented=_DOCUMENTED_OF_REEL)
    if phase == "start":
        film = new_film(exchange, kind="reel")
        path = f"/video-upload/v26.0/{film['id']}"
        return graph_answer({"video_id": film["id"], "upload_url": f"https://rupload.facebook.com{path}"})
    if phase != "finish":
        raise refuse(100, "(#100) Param upload_phase must be one of {START, FINISH}")
    film = _film(exchange, need(given, "video_id"))
    if need(given, "video_state") != "PUBLISHED":
        raise refuse(100, "(#100) video_state other than PUBLISHED: documented but not pretended here")
    check_text(given.get("description", ""))
    if film["state"] not in ("upload_complete", "ready"):
        raise refuse(100, "(#100) The video was not uploaded, or is published already")

    def make() -> Answer:
        if fault := _fault_of_reel(film["seen"]):
            film.update(state="error", error=fault)
            return graph_answer({"success": True})
        put_up(exchange, film, given.get("description", ""))
        return graph_answer({"success": True})

    return exchange.create(make, REFUSALS)


def add_video(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{page}/videos: the whole file at once; nobody sees it when ``published`` is false."""
    published = given.get("published", "").lower() not in ("false", "0")
    exchange.concerns("facebook", match["id"], creates=published)
    authorise(exchange, given)
    only(given, _VIDEO, documented=_DOCUMENTED_OF_VIDEO)
    boolean(given, "published", default=True)
    check_text(given.get("description", ""))
    upload = exchange.request.files.get("source")
    content = upload.content if upload else _fetched(need(given, "file_url"))

    def make() -> Answer:
        film = new_film(exchange, kind="video")
        receive(exchange, film, content)
        film["description"] = given.get("description", "")
        if film["state"] == "error":
            raise refuse(6000, "(#6000) There was a problem uploading your video file", title="Another file")
        if published:
            put_up(exchange, film, film["description"])
        return graph_answer({"id": film["id"]})

    return exchange.create(make, REFUSALS) if published else make()


def change(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{video}: with ``published=true`` everybody sees it from now on; else another ``description`` for it."""
    film = exchange.world.shelves["films"].get(match["id"])
    if film is None:
        raise missing_node(match["id"], "post")
    exchange.concerns("facebook", film["address"], creates="published" in given)
    authorise(exchange, given)
    if "published" not in given:
        return _describe(exchange, film, given)
    only(given, {"published"})
    if not boolean(given, "published", default=False) or film["published"] or film["kind"] == "reel":
        raise refuse(100, "(#100) Only published=true of a video that is not published is pretended here")

    def make() -> Answer:
        put_up(exchange, film, film["description"])
        return graph_answer({"success": True})

    return exchange.create(make, REFUSALS)


def _describe(exchange: Exchange, film: dict[str, Any], given: dict) -> Answer:
    only(given, {"description"}, documented=_DOCUMENTED_OF_CHANGE)
    text = need(given, "description")
    check_text(text)

    def make() -> Answer:
        film["description"] = text
        say(exchange.world, film["post_id"], text)
        return graph_answer({"success": True})

    return exchange.change(make, REFUSALS_OF_TEXTS)


def _film(exchange: Exchange, identifier: str) -> dict[str, Any]:
    film = exchange.world.shelves["films"].get(identifier)
    if film is None or film["address"] != exchange.call.address:
        raise missing_node(identifier, "post")
    return film


def _fetched(address: str) -> bytes:
    try:
        return pictures.fetch(address, agent=pictures.META_AGENT, largest=256 * 1024 * 1024)
    except pictures.Unfetchable as error:
        raise refuse(389, "(#389) Unable to fetch video file from URL.") from error


def _fault_of_reel(seen: films.Film) -> str:
    if seen.width < 540 or seen.height < 960:
        return "The video's resolution is below 540p."
    if not 0.55 <= seen.ratio <= 0.58:
        return "The video's aspect ratio is not 9:16."
    return "" if 3 <= seen.seconds <= 90 else "The video is not between 3 and 90 seconds long."
