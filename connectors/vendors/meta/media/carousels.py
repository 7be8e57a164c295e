"""Carousels and reels on Instagram: a container for each medium, one that holds them all, then the call that publishes.

Facts and where they stand:
- each child has ``is_carousel_item=true``, the parent ``media_type=CAROUSEL`` and its children's ids in order; words
  stand on the parent alone, alternative texts on the children; all are cropped to the first one's ratio:
  https://developers.facebook.com/docs/instagram-platform/content-publishing
- a video alone is a reel (``REELS``), as a child it is ``VIDEO``; both from a public address:
  https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
- children are containers too: they live a day, 400 may be made in one, and each is asked for its status, since one that
  fails spoils only itself
"""

from dataclasses import dataclass

from connectors.base import Keep, Outgoing, OutgoingMedia, VideoLimits
from connectors.errors import ConnectorError, Evidence, NotReady, OutcomeUnknown, Rejected, TransientError
from connectors.http import require
from connectors.texts.cutting import beginning
from connectors.vendors.meta.codes import CONTAINER_WAIT
from connectors.vendors.meta.containers import ANEW_WAIT, PERHAPS_GONE, Draft, check_quota, look_at, refusal
from connectors.vendors.meta.graph import GraphConnector
from connectors.vendors.meta.media.items import kept_items
from connectors.vendors.meta.media.pictures import not_taken
from connectors.vendors.pieces import Piece, Pieces, fingerprint, gather

MOST = 10
_LONGEST_ALT_TEXT = 1000
VIDEO = VideoLimits(
    bytes=300 * 1024 * 1024,
    types=("video/mp4", "video/quicktime"),
    seconds=(3, 900),
    ratio=(0.01, 10),
    max_width=1920,
    by="url",
)
#: What became of a container that must be made again; ERROR is tried once more.
_NO_MORE = ("GONE", "EXPIRED", "ERROR")
_MOST_MADE = 2


@dataclass(frozen=True)
class Kept:
    """The draft of a carousel or reel, as far as publishing it is concerned."""

    pieces: Pieces

    @property
    def container(self) -> str:
        """The one that is published."""
        return self.pieces.whole.id if self.pieces.whole else ""

    def after(self, error: ConnectorError) -> ConnectorError:
        """What a refusal to publish it means: a container that is no more is put together again, once."""
        whole = self.pieces.whole
        made = (whole.count or 1) if whole else _MOST_MADE
        if made >= _MOST_MADE or error.code not in PERHAPS_GONE or not isinstance(error, Rejected | TransientError):
            return error
        evidence: Evidence = {"http_status": error.http_status, "code": error.code, "detail": error.detail}
        again = str(self.pieces.together(Piece("", "", made)))
        return NotReady(f"{error.message} Another container is made.", retry_after=ANEW_WAIT, draft=again, **evidence)


def read(draft: str) -> Draft | Kept:
    """The draft of one picture, or of more."""
    pieces = Pieces.read(draft)
    return Kept(pieces) if pieces.made or pieces.whole else Draft.read(draft)


def prepare(account: GraphConnector, outgoing: Outgoing, draft: str, keep: Keep) -> str:
    """Make what is missing, and ask everything whether it is ready. Raises NotReady while something is not."""
    pieces = Pieces.read(draft)
    state, words = look_at(account, pieces.whole.id if pieces.whole else "")
    if state == "PUBLISHED":
        raise OutcomeUnknown("Instagram says that the container is published already.")
    if state == "ERROR" and pieces.whole and (pieces.whole.count or 1) >= _MOST_MADE:
        raise refusal(state, words)
    if len(outgoing.media) > 1 and (state in _NO_MORE or not _is_of(pieces, outgoing)):
        pieces = gather(outgoing.media, draft, keep, lambda medium, old: _child(account, medium, old))
        for child in pieces.made:
            _wait_for(account, child, pieces)
    fields = _parent_fields(outgoing, pieces)
    content = fingerprint(OutgoingMedia("image"), *fields.values())
    whole = pieces.whole
    if not (whole and whole.id and whole.content == content) or state in _NO_MORE:
        check_quota(account)
        count = _next_count(whole, state)
        with kept_items(pieces, may_be_made=count < _MOST_MADE):
            made = _whole(account, outgoing, fields, refusal(state, words))
        pieces = pieces.together(Piece(made, content, count))
        keep(str(pieces))
    _wait_for(account, pieces.whole, pieces)
    return str(pieces)


def _is_of(pieces: Pieces, outgoing: Outgoing) -> bool:
    """Are these the children of this post, all of them?"""
    count = len(outgoing.media)
    same = [pieces.at(place, fingerprint(medium)) for place, medium in enumerate(outgoing.media)]
    return len(pieces.made) == count and all(same)


def _next_count(old: Piece | None, state: str) -> int:
    """How often it was made, this time included; one that only grew old does not count."""
    return 1 + ((old.count or 1) if old and (state == "ERROR" or not old.id) else 0)


def _child(account: GraphConnector, medium: OutgoingMedia, old: Piece | None) -> Piece:
    state, words = look_at(account, old.id) if old else ("GONE", "")
    if old and state not in _NO_MORE:
        return old
    count = (old.count or 1) + 1 if old and state == "ERROR" else 1
    if count > _MOST_MADE:
        raise refusal(state, words)
    made = _made_from(account, medium, _child_fields(medium), refusal(state, words))
    return Piece(made, fingerprint(medium), count)


def _child_fields(medium: OutgoingMedia) -> dict[str, str]:
    fields = {"is_carousel_item": "true"}
    if medium.kind == "video":
        return fields | {"media_type": "VIDEO"}
    return fields | described(medium.alt)


def _parent_fields(outgoing: Outgoing, pieces: Pieces) -> dict[str, str]:
    declared = {"caption": outgoing.text} | flag(outgoing)
    if len(outgoing.media) == 1:
        return {"media_type": "REELS", "video_url": outgoing.media_url} | declared
    return {"media_type": "CAROUSEL", "children": ",".join(pieces.ids)} | declared


def _whole(account: GraphConnector, outgoing: Outgoing, fields: dict[str, str], last: ConnectorError) -> str:
    if len(outgoing.media) > 1:
        return _made(account, fields)
    return _made_from(account, outgoing.media[0], fields, last)


def _made_from(account: GraphConnector, medium: OutgoingMedia, fields: dict[str, str], last: ConnectorError) -> str:
    """Made from the medium's address; from our copy if that is not taken now, or was not by what its status told."""
    name = f"{medium.kind}_url"
    if not medium.copy_url:
        return _made(account, fields | {name: medium.url})
    if not not_taken(last):
        try:
            return _made(account, fields | {name: medium.url})
        except ConnectorError as error:
            if not not_taken(error):
                raise
    return _made(account, fields | {name: medium.copy_url})


def _made(account: GraphConnector, fields: dict[str, str]) -> str:
    return require(account.call("POST", f"{account.place}/media", data=fields), "id")


def _wait_for(account: GraphConnector, piece: Piece | None, pieces: Pieces) -> None:
    """Raise NotReady until it is; a container that failed is made again at the next attempt, once."""
    state, words = look_at(account, piece.id) if piece else ("GONE", "")
    if state == "ERROR" and piece and (piece.count or 1) >= _MOST_MADE:
        raise refusal(state, words)
    if state in ("IN_PROGRESS", "ERROR"):
        said = "Instagram is still taking the media in." if state == "IN_PROGRESS" else f"{words} It is made again."
        wait = CONTAINER_WAIT if state == "IN_PROGRESS" else ANEW_WAIT
        raise NotReady(said, retry_after=wait, draft=str(pieces))
    # What was made a moment ago is not gone, whatever is said of it; publishing will tell.
    if state not in ("FINISHED", "GONE", "UNREAD"):
        raise refusal(state, words)


def described(alt: str) -> dict[str, str]:
    """The alternative text of a picture, where it has one, as far as Instagram takes it."""
    return {"alt_text": beginning(alt, _LONGEST_ALT_TEXT)} if alt else {}


def flag(outgoing: Outgoing) -> dict[str, str]:
    """That a machine made it: said of what is published, never of a carousel's child, where it is an error.

    https://developers.facebook.com/docs/instagram-platform/content-publishing
    """
    return {"is_ai_generated": "true"} if outgoing.ai else {}
