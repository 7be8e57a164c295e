"""A Page's video that is no reel: handed over in one piece, of which a later attempt can use nothing.

https://developers.facebook.com/docs/graph-api/reference/page/videos/
"""

from collections.abc import Callable

from connectors.base import Outgoing
from connectors.errors import NotReady, TransientError
from connectors.http import require
from connectors.uploads import upload_of
from connectors.vendors.meta.graph import GraphConnector


def send(page: GraphConnector, outgoing: Outgoing, still: Callable[[], None]) -> str:
    """Upload it unpublished; returns its id. ``still`` raises NotReady when the time for preparing is up.

    Nothing goes on from there, so that is a fault which says what to do: TransientError.
    """
    [medium] = outgoing.media
    fields = {"published": "false", "description": outgoing.text}
    where = f"{page.place}/videos"
    if not medium.path:
        return require(page.call("POST", where, data=fields | {"file_url": medium.url}), "id")

    def go_on(sent: int) -> None:
        try:
            still()
        except NotReady:
            raise TransientError(_too_long(sent, file.size)) from None

    file = upload_of(medium.path, go_on=go_on)
    return require(page.call("POST", where, data=fields, files={"source": file}), "id")


def _too_long(sent: int, size: int) -> str:
    return (
        f"Facebook takes a video that is no reel in one piece, and in the time for preparing a post {_mb(sent)} of its "
        f"{_mb(size)} MB were sent. Send a smaller file, or raise PREPARE_BUDGET and what must be longer than it."
    )


def _mb(count: int) -> str:
    return f"{count / 1_000_000:.1f}"
