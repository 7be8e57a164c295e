"""Several pictures in one post of a Page: each is uploaded unpublished, then one call posts them together.

Facts and where they stand:
- a photo with ``published=false`` is a draft that nobody sees and that is gone after about a day:
  https://developers.facebook.com/docs/graph-api/reference/page/photos/
- a post names them, in the order in which they are shown, as ``attached_media=[{"media_fbid": id}, …]``:
  https://developers.facebook.com/docs/graph-api/reference/page/feed/
- a photo's own caption is not the post's: the words are the post's ``message``
"""

import json

from connectors.base import Keep, Outgoing, OutgoingMedia
from connectors.errors import Rejected, TransientError
from connectors.http import require
from connectors.uploads import upload_of
from connectors.vendors.meta.errors import HIDDEN
from connectors.vendors.meta.graph import GraphConnector
from connectors.vendors.meta.media.pictures import unseen
from connectors.vendors.pieces import Piece, Pieces, fingerprint, gather

#: The vendor names no number; this is the most that public clients have sent.
MOST = 10


def prepare(page: GraphConnector, outgoing: Outgoing, draft: str, keep: Keep) -> str:
    """Upload what is not there (any more); the draft names them all."""

    def make(medium: OutgoingMedia, old: Piece | None) -> Piece:
        if old and _is_there(page, old.id):
            return old
        return Piece(_upload(page, medium), fingerprint(medium))

    return str(gather(outgoing.media, draft, keep, make))


def attached(draft: str, count: int) -> dict[str, str]:
    """The field of the post that names its photos. Raises TransientError when not all are there."""
    ids = Pieces.read(draft).ids
    if len(ids) != count:
        raise TransientError("Not all pictures are uploaded yet: they must be prepared first.")
    return {"attached_media": json.dumps([{"media_fbid": photo} for photo in ids])}


def _upload(page: GraphConnector, medium: OutgoingMedia) -> str:
    fields = {"published": "false"} | ({"alt_text_custom": medium.alt} if medium.alt else {})
    if medium.path:
        # Our own copy, where we have one: Facebook's downloader is turned away where ours was not.
        answer = page.call("POST", f"{page.place}/photos", data=fields, files={"source": upload_of(medium.path)})
        return require(answer, "id")
    try:
        return require(page.call("POST", f"{page.place}/photos", data=fields | {"url": medium.url}), "id")
    except Rejected as refusal:
        raise unseen(refusal) from None


def _is_there(page: GraphConnector, photo: str) -> bool:
    try:
        return bool(page.get(photo, fields="id"))
    except Rejected as refusal:
        if refusal.code not in HIDDEN:
            raise
        return False
