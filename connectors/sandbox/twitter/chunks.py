"""Uploads in pieces to the pretended X: initialize, append, finalize, and asking how far it is.

https://docs.x.com/x-api/media/initialize-media-upload · https://docs.x.com/x-api/media/append-media-upload
https://docs.x.com/x-api/media/finalize-media-upload · https://docs.x.com/x-api/media/get-media-upload-status
"""

import re
import time

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused, json_answer
from connectors.sandbox.twitter import media
from connectors.sandbox.twitter.refusals import invalid, problem
from connectors.sandbox.twitter.users import User, check_query

LARGEST_CHUNK, LAST_SEGMENT = 5 * 1024 * 1024, 999
#: Before it is complete; afterwards it waits as long as any upload.
_SESSION_SECONDS = 1_295_999
_CATEGORIES = ("amplify_video", *media.CATEGORIES)
_TYPES = ("video/mp4", "video/webm", "video/mp2t", "video/quicktime", "text/srt", "text/vtt", "image/jpeg", "image/gif",
          "image/bmp", "image/png", "image/webp", "image/pjpeg", "image/tiff", "model/gltf-binary",
          "model/vnd.usdz+zip")  # fmt: skip
#: How often a moving picture is asked after before it is ready.
_LOOKS = 2


def initialize(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """POST /2/media/upload/initialize {media_type, media_category, total_bytes}"""
    body = exchange.request.json
    if not isinstance(body, dict):
        raise invalid("Request body must be a JSON object")
    media.check_names(list(body), {"media_type", "media_category", "total_bytes", "additional_owners", "shared"})
    media.check_choice(body, "media_type", _TYPES)
    category, size = media.check_choice(body, "media_category", _CATEGORIES), body.get("total_bytes")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise invalid("$.total_bytes: must be a whole number of bytes")
    largest = media.LARGEST[media.kind_of(category)]
    if size > largest:
        raise invalid(f"File size exceeds {largest} bytes.")
    identifier = media.new_id(exchange)
    with exchange.world.lock:
        exchange.world.shelves["sessions"][identifier] = {
            "owner": user.handle,
            "category": category,
            "size": size,
            "pieces": {},
        }
    body = {"id": identifier, "media_key": media.media_key(identifier, category)}
    return json_answer(200, {"data": body | {"expires_after_secs": _SESSION_SECONDS}})


def append(exchange: Exchange, user: User, match: re.Match) -> Answer:
    """POST /2/media/upload/{id}/append: one piece; the same index again replaces it."""
    request = exchange.request
    given = request.json if isinstance(request.json, dict) else request.form
    media.check_names([*given, *request.files], {"media", "segment_index"})
    index = str(given.get("segment_index", ""))
    if not re.fullmatch(r"\d{1,3}", index) or int(index) > LAST_SEGMENT:
        raise invalid(f"$.segment_index: must be between 0 and {LAST_SEGMENT}")
    piece = media.content_of(exchange, given)
    if len(piece) > LARGEST_CHUNK:
        raise Refused(problem(413, "Payload Too Large", "The media chunk is too large."))
    session = _session(exchange, user, match["id"])
    with exchange.world.lock:
        if int(index) > len(session["pieces"]):
            raise invalid("Segments must be appended in their order.", segment_index=index)
        others = sum(len(kept) for place, kept in session["pieces"].items() if place != int(index))
        if others + len(piece) > session["size"]:
            raise invalid("Segments do not add up to provided total file size.")
        session["pieces"][int(index)] = piece
    return json_answer(200, {"data": {"expires_at": int(time.time()) + _SESSION_SECONDS}})


def finalize(exchange: Exchange, user: User, match: re.Match) -> Answer:
    """POST /2/media/upload/{id}/finalize: put the pieces together; what moves has to be waited for."""
    session = _session(exchange, user, match["id"])
    pieces = session["pieces"]
    if sorted(pieces) != list(range(len(pieces))) or sum(map(len, pieces.values())) != session["size"] or not pieces:
        raise invalid("Segments do not add up to provided total file size.")
    content = b"".join(pieces[index] for index in sorted(pieces))
    found = media.keep(exchange, user, content, category=session["category"], identifier=match["id"])
    with exchange.world.lock:
        exchange.world.shelves["sessions"].pop(match["id"], None)
        exchange.world.shelves["media"][match["id"]]["finished"] = found
        if not session["category"].endswith("_image"):
            exchange.world.shelves["media"][match["id"]]["looks_left"] = _LOOKS
            found = found | {"processing_info": {"state": "pending", "check_after_secs": 1}}
    return json_answer(200, {"data": found})


def status(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """GET /2/media/upload?media_id=: every look brings a moving picture nearer to being ready."""
    query = exchange.request.query
    check_query(query, {"media_id", "command"})
    if query.get("command", "STATUS") != "STATUS":
        raise invalid("The `command` query parameter value is not one of [STATUS]", command=query["command"])
    kept = exchange.world.shelves["media"].get(query.get("media_id", ""))
    if kept is None or kept["owner"] != user.handle or "finished" not in kept:
        raise invalid("Your media IDs are invalid.", media_id=query.get("media_id", ""))
    with exchange.world.lock:
        kept["looks_left"] = kept["looks_left"] if exchange.meets("never_ready") else max(0, kept["looks_left"] - 1)
        left = kept["looks_left"]
    if not left and kept["kind"] == "video" and not kept["media_url"]:
        info = {"state": "failed", "progress_percent": 100}
    elif left:
        info = {"state": "in_progress", "check_after_secs": 1, "progress_percent": 100 * (_LOOKS - left) // _LOOKS}
    else:
        info = {"state": "succeeded", "progress_percent": 100}
    return json_answer(200, {"data": kept["finished"] | {"processing_info": info}})


def _session(exchange: Exchange, user: User, identifier: str) -> dict:
    session = exchange.world.shelves["sessions"].get(identifier)
    if session is None or session["owner"] != user.handle:
        raise invalid("Your media IDs are invalid.", id=identifier)
    return session
