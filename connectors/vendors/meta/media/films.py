"""One video on a Page: a reel where it is one, else a video uploaded unpublished and published by a second call.

Facts and where they stand:
- a reel is begun, uploaded and finished; the id of its upload is a key by which its fate can be read before anything is
  sent again; MP4, 9:16, at least 540 × 960, 3 to 90 seconds:
  https://developers.facebook.com/docs/video-api/guides/reels-publishing
- both of the calls that publish answer ``{"success": true}``
- how far an upload has come stands in ``uploading_phase.bytes_transfered`` (spelled so); it goes on from there
- POST /{page}/videos published at once has no such key: an answer that is lost could be neither found nor repeated. So
  what is no reel is uploaded with ``published=false``, and POST /{video} with ``published=true`` makes it seen:
  https://developers.facebook.com/docs/graph-api/reference/page/videos/
"""

from collections.abc import Mapping
from typing import Any

from connectors import http
from connectors.base import Keep, Outgoing, OutgoingMedia, Published, VideoLimits
from connectors.errors import NotReady, OutcomeUnknown, Rejected, TransientError
from connectors.http import require
from connectors.vendors.meta.errors import HIDDEN
from connectors.vendors.meta.graph import GraphConnector
from connectors.vendors.meta.limits import whole as whole_number
from connectors.vendors.meta.media import rupload, whole
from connectors.vendors.pieces import Piece, Pieces, fingerprint

VIDEO = VideoLimits(bytes=1024**3, types=("video/mp4", "video/quicktime"), by="bytes")
#: Seconds until a video that is being worked on is asked after again.
WAIT = 30
_FIELDS = "status,published,permalink_url,post_id"
_SHORTEST, _LONGEST = 3, 90
_NARROWEST, _WIDEST = 0.55, 0.58
#: Begins the fingerprint of a video, so that its draft is told from that of pictures.
MARK = "v"
_LOST = ("expired", "upload_failed")
_BROKEN = ("error", "expired", "upload_failed")
_PORTRAIT = (540, 960)


def is_reel(medium: OutgoingMedia) -> bool:
    """Has it the shape and the length of a reel? One that nobody has looked at has not."""
    if not (medium.width and medium.height and _SHORTEST <= medium.seconds <= _LONGEST):
        return False
    large = medium.width >= _PORTRAIT[0] and medium.height >= _PORTRAIT[1]
    return large and _NARROWEST <= medium.width / medium.height <= _WIDEST


def prepare(page: GraphConnector, outgoing: Outgoing, draft: str, keep: Keep) -> str:
    """Upload the video, going on where an earlier attempt stopped; raises NotReady while Facebook works on it."""
    [medium] = outgoing.media
    content = MARK + fingerprint(medium, "" if is_reel(medium) else outgoing.text)
    kept = Pieces.read(draft).at(0, content)
    state: dict[str, Any] = {}
    if kept:
        state = _state(page, kept.id)
        state = {} if _status(state) in _LOST else state
        _check(state)
        if _is_out(state):
            raise OutcomeUnknown(f"Facebook says that the video {kept.id} is published already.")
    if not state:
        made = _begin(page) if is_reel(medium) else whole.send(page, outgoing, lambda: keep(draft))
        kept = Piece(made, content)
        keep(str(Pieces().having(0, kept)))
    assert kept
    prepared = str(Pieces().having(0, kept))
    if is_reel(medium):
        # Broken off it goes on in the next attempt, from where Facebook says.
        rupload.send(page, kept.id, medium, offset=_bytes_there(state), go_on=lambda _: keep(prepared))
    elif _status(_state(page, kept.id)) not in ("ready", ""):
        raise NotReady("Facebook is still working on the video.", retry_after=WAIT, draft=prepared)
    return prepared


def publish(page: GraphConnector, outgoing: Outgoing, draft: str) -> Published:
    """The one call that makes it seen."""
    [medium], ids = outgoing.media, Pieces.read(draft).ids
    if not ids:
        raise TransientError("The video is not uploaded yet: it must be prepared first.")
    [video] = ids
    if is_reel(medium):
        fields = {"upload_phase": "finish", "video_id": video, "video_state": "PUBLISHED", "description": outgoing.text}
        answer = page.call("POST", f"{page.place}/video_reels", creates=True, data=fields)
    else:
        answer = page.call("POST", video, creates=True, data={"published": "true"})
    if answer.data.get("success") is not True:
        raise http.lost("Facebook answered without saying that the video is out.", creates=True)
    seen = page.look(video, fields=_FIELDS)
    _check(seen)
    return _published(video, seen)


def is_film(draft: str) -> bool:
    """Is this the draft of a video?"""
    made = Pieces.read(draft).made
    return bool(made and made[0] and made[0].content.startswith(MARK))


def find_existing(page: GraphConnector, draft: str) -> Published | None:
    """What became of the upload: only one that is not published and not being worked on proves that nothing is out."""
    ids = Pieces.read(draft).ids
    if not ids:
        return None
    state = _state(page, ids[0])
    if _is_out(state):
        return _published(ids[0], state)
    if not state or _status(state) in _BROKEN or state.get("published") is False or not _is_worked_on(state):
        return None
    raise OutcomeUnknown(f"Facebook is still working on the video {ids[0]}.")


def _published(video: str, seen: Mapping[str, Any]) -> Published:
    link = str(seen.get("permalink_url") or "")
    if link.startswith("/"):
        link = f"https://www.facebook.com{link}"
    return Published(str(seen.get("post_id") or video), link)


def _begin(page: GraphConnector) -> str:
    return require(page.call("POST", f"{page.place}/video_reels", data={"upload_phase": "start"}), "video_id")


def _state(page: GraphConnector, video: str) -> dict[str, Any]:
    """What Facebook tells of an upload; {} when it knows it no more."""
    try:
        return page.get(video, fields=_FIELDS)
    except Rejected as refusal:
        if refusal.code not in HIDDEN:
            raise
        return {}


def _check(state: Mapping[str, Any]) -> None:
    """Raise Rejected, with Facebook's own words, for a video that it could not make anything of."""
    if _status(state) not in _BROKEN:
        return
    told = [_phase(state, name).get("error") for name in ("uploading_phase", "processing_phase", "publishing_phase")]
    words = [str(one.get("message")) for one in told if isinstance(one, dict) and one.get("message")]
    raise Rejected(f"Facebook could not use the video: {' '.join(words) or _status(state)}", code="video")


def _is_out(state: Mapping[str, Any]) -> bool:
    return _phase(state, "publishing_phase").get("publish_status") == "published" or state.get("published") is True


def _is_worked_on(state: Mapping[str, Any]) -> bool:
    """Has it been finished, as far as can be seen? Facebook works on a reel before it publishes it."""
    phases = [_phase(state, name).get("status") for name in ("processing_phase", "publishing_phase")]
    return phases not in (["not_started", "not_started"], ["complete", "not_started"])


def _bytes_there(state: Mapping[str, Any]) -> int:
    told = _phase(state, "uploading_phase")
    return whole_number(told.get("bytes_transfered"))


def _status(state: Mapping[str, Any]) -> str:
    status = state.get("status")
    return str(status.get("video_status") or "") if isinstance(status, dict) else ""


def _phase(state: Mapping[str, Any], name: str) -> dict[str, Any]:
    status = state.get("status")
    phase = status.get(name) if isinstance(status, dict) else None
    return phase if isinstance(phase, dict) else {}
