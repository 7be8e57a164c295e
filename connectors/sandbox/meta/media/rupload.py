"""The host that takes a reel's bytes: from an offset on, and never out of order.

https://developers.facebook.com/docs/video-api/guides/reels-publishing
"""

import re

from connectors.sandbox.meta.common import graph_answer
from connectors.sandbox.meta.media import shelf
from connectors.sandbox.stage import pictures
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused, json_answer


def answer(exchange: Exchange) -> Answer:
    """POST /video-upload/{version}/{video}, headers ``offset`` and ``file_size`` and the bytes, or ``file_url``."""
    match = re.fullmatch(r"/video-upload/v\d+\.\d/(\d+)", exchange.request.path)
    film = exchange.world.shelves["films"].get(match[1]) if match else None
    exchange.concerns("facebook", film["address"] if film else "")
    if film is None or exchange.request.method != "POST":
        raise _refused("ParameterError", "There is no such upload.", status=404)
    headers = exchange.request.headers
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind != "OAuth" or not token.startswith("sandbox-") or exchange.meets("token_expired"):
        raise _refused("NotAuthorizedError", "unauthorized user request", status=401)
    if film["state"] != "uploading":
        raise _refused("ParameterError", "The upload is complete already.")
    if url := headers.get("file_url"):
        try:
            shelf.receive(exchange, film, pictures.fetch(url, agent=pictures.META_AGENT, largest=256 * 1024 * 1024))
        except pictures.Unfetchable as error:
            raise _refused("DownloadError", f"The file could not be fetched: {error}", retriable=True) from error
        return graph_answer({"success": True})
    offset, size = headers.get("offset", ""), headers.get("file_size", "")
    if not offset.isdigit() or not size.isdigit():
        raise _refused("ParameterError", "The headers offset and file_size are required.")
    return _taken(exchange, film, offset=int(offset), size=int(size))


def _taken(exchange: Exchange, film: dict, *, offset: int, size: int) -> Answer:
    content = film["content"]
    if offset != len(content):
        raise _refused("OffsetInvalidError", f"Request starting offset is invalid: {len(content)} bytes are there.")
    with exchange.world.lock:
        content += exchange.request.body
        film["size"] = size
    if len(content) != size:
        raise _refused("PartialRequestError", "Partial request (did not match length of file)", retriable=True)
    shelf.receive(exchange, film, bytes(content))
    film["content"] = bytearray()
    return graph_answer({"success": True})


def _refused(kind: str, message: str, *, status: int = 400, retriable: bool = False) -> Refused:
    return Refused(json_answer(status, {"debug_info": {"retriable": retriable, "type": kind, "message": message}}))
