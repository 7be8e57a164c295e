"""Handing pictures and a video to X, which shows nothing of them until a post names their ids.

Facts and where they stand:
- a picture takes one call; its id waits 24 hours for a post: https://docs.x.com/x-api/media/upload-media
- a video is begun (``initialize``), sent in parts of at most 1 MB by ``segment_index`` 0 to 999 (larger ones have met
  413), and closed (``finalize``); then it is asked after until it succeeded or failed, not before ``check_after_secs``:
  https://docs.x.com/x-api/media/initialize-media-upload https://docs.x.com/x-api/media/append-media-upload
  https://docs.x.com/x-api/media/finalize-media-upload https://docs.x.com/x-api/media/get-media-upload-status
- alternative text, at most 1,000 characters, for pictures: https://docs.x.com/x-api/media/create-media-metadata
- a post has up to four pictures or one video of 0.5 to 140 seconds. The largest size that the page names (1280 × 1024)
  is smaller than the portrait one that it recommends, so sizes are left to X:
  https://docs.x.com/x-api/media/quickstart/best-practices
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from connectors import http
from connectors.base import Keep, OutgoingMedia, VideoLimits
from connectors.errors import NotReady, Rejected
from connectors.texts.cutting import beginning
from connectors.uploads import picture_file, upload_of
from connectors.vendors.pieces import Piece, Pieces, fingerprint
from connectors.vendors.twitter.answers import data_of, required

logger = logging.getLogger(__name__)

Call = Callable[..., http.Answer]

MOST, LONGEST_ALT_TEXT = 4, 1000
VIDEO = VideoLimits(
    bytes=512 * 1024 * 1024,
    types=("video/mp4", "video/quicktime"),
    seconds=(0.5, 140),
    ratio=(1 / 3, 3),
    min_width=32,
    min_height=32,
    by="bytes",
)
PART = 1_000_000
#: So much is sent in one go; then others have their turn, and a worker that is killed has lost little.
MOST_IN_ONE_GO = 64 * PART
#: Stands where bytes are counted: all are there and the upload is closed, but X is still working on it.
_CLOSED = -1
_USUAL_WAIT = 5


def prepare(call: Call, media: Sequence[OutgoingMedia], draft: str, keep: Keep) -> str:
    """Upload what is not there yet. Raises NotReady while a video is on its way or being worked on."""
    pieces = Pieces.read(draft).first(len(media))
    for place, medium in enumerate(media):
        old, content = pieces.at(place, fingerprint(medium)), fingerprint(medium)
        if old is None:
            made = _begun(call, medium, content) if medium.kind == "video" else Piece(picture(call, medium), content)
            pieces = pieces.having(place, made)
            keep(str(pieces))
        if medium.kind == "video":
            pieces = _film(call, medium, pieces, keep)
    return str(pieces)


def picture(call: Call, medium: OutgoingMedia) -> str:
    """Upload a picture with its alternative text; its id."""
    files = {"media": picture_file(medium.path)}
    answer = call("POST", "media/upload", data={"media_category": "tweet_image"}, files=files)
    work = data_of(answer.data).get("processing_info")
    if isinstance(work, dict) and work.get("state") == "failed":
        raise Rejected("X could not read the picture.")
    media = _id(answer)
    if medium.alt:
        _describe(call, media, medium.alt)
    return media


def _id(answer: http.Answer) -> str:
    media = required(answer.data, "id", creates=False)
    if not media.isdigit():
        raise http.lost(f"X answered the upload with an id that is no number: {media}", creates=False)
    return media


def _describe(call: Call, media: str, text: str) -> None:
    """Give the picture its alternative text. A post without one is better than none: a refusal is only logged."""
    values = {"id": media, "metadata": {"alt_text": {"text": beginning(text, LONGEST_ALT_TEXT)}}}
    try:
        call("POST", "media/metadata", json=values)
    except Rejected as error:
        logger.warning("X refused the alternative text of a picture: %s", error.message)


def _begun(call: Call, medium: OutgoingMedia, content: str) -> Piece:
    file = upload_of(medium.path)
    asked = {"media_type": file.media_type, "media_category": "tweet_video", "total_bytes": file.size}
    return Piece(_id(call("POST", "media/upload/initialize", json=asked)), content, 0)


def _film(call: Call, medium: OutgoingMedia, pieces: Pieces, keep: Keep) -> Pieces:
    """The video's part of the work: bytes, closing, waiting. A post has one video, in the first place."""
    [film] = [piece for piece in pieces.made if piece]
    if film.count is None:
        return pieces
    if film.count != _CLOSED:
        _send(call, medium, film, keep)
        work, film = _closed(call, film), Piece(film.id, film.content, _CLOSED)
        keep(str(Pieces((film,))))
    else:
        work = _work(call, film)
    state = work.get("state") if isinstance(work, dict) else "succeeded"
    if state == "failed":
        raise Rejected("X could not use the video.", code="video")
    if isinstance(work, dict) and state != "succeeded":
        wait = _wait(work)
        raise NotReady("X is still working on the video.", retry_after=wait, draft=str(Pieces((film,))))
    return Pieces((Piece(film.id, film.content),))


def _closed(call: Call, film: Piece) -> object:
    """Close the upload; what X has still to do."""
    try:
        answer = call("POST", f"media/upload/{film.id}/finalize")
    except NotReady:
        # X knows no such upload that is open: either it was closed and the answer was lost, or it is gone.
        return _work(call, film)
    return data_of(answer.data).get("processing_info")


def _work(call: Call, film: Piece) -> object:
    return data_of(call("GET", "media/upload", params={"media_id": film.id}).data).get("processing_info")


def _send(call: Call, medium: OutgoingMedia, film: Piece, keep: Keep) -> None:
    file, there = upload_of(medium.path), film.count or 0
    most = there + MOST_IN_ONE_GO
    while there < file.size:
        if there >= most:
            draft = str(Pieces((Piece(film.id, film.content, there),)))
            raise NotReady("The video is on its way to X.", retry_after=0, draft=draft)
        part = file.piece(there, PART)
        given = {"segment_index": str(there // PART)}
        call("POST", f"media/upload/{film.id}/append", data=given, files={"media": ("part", part)})
        there += len(part)
        keep(str(Pieces((Piece(film.id, film.content, there),))))


def _wait(work: dict[str, Any]) -> float:
    told = work.get("check_after_secs")
    return told if isinstance(told, int | float) and told > 0 else _USUAL_WAIT
