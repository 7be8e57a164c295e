"""Handing a reel's bytes to the host that takes them, from where an earlier upload stopped.

Facts and where they stand:
- POST rupload.facebook.com/video-upload/{version}/{video} with the token as ``OAuth``, the headers ``offset`` and
  ``file_size`` and the bytes, or ``file_url``: https://developers.facebook.com/docs/video-api/guides/reels-publishing
- a refusal is ``{"debug_info": {"retriable", "type", "message"}}``
- the address is made here and not taken from the answer to "start": our token goes to no host that an answer names
"""

from collections.abc import Callable
from typing import Any

import requests

from connectors import http
from connectors.base import OutgoingMedia
from connectors.errors import ConnectorError, Rejected, TokenInvalid, TransientError
from connectors.uploads import Rest, upload_of
from connectors.vendors.meta.graph import GraphConnector
from connectors.wire.letters import decoded

GRAPH, RUPLOAD = "https://graph.facebook.com", "https://rupload.facebook.com"
#: Where the upload stands is read again before the next try.
_AGAIN = ("OffsetInvalidError", "PartialRequestError")


def send(
    page: GraphConnector, video: str, medium: OutgoingMedia, *, offset: int, go_on: Callable[[int], None] | None = None
) -> None:
    """Upload what is missing from ``offset`` on; ``go_on`` is asked now and then, and what it raises breaks it off."""
    if not medium.path:
        _call(page, video, {"file_url": medium.url})
        return
    file = upload_of(medium.path, go_on=go_on)
    if offset < file.size:
        _call(page, video, {"offset": str(offset), "file_size": str(file.size)}, data=Rest(file, offset))


def _call(page: GraphConnector, video: str, headers: dict[str, str], **body: Any) -> None:
    host = RUPLOAD if page.api_base == GRAPH else page.api_base
    answer = http.call(
        "POST",
        f"{host}/video-upload/{page.settings.graph_api_version}/{video}",
        classify=classify,
        secrets=page.secrets,
        timeout=page.settings.timeout,
        headers={"Authorization": f"OAuth {page.token}"} | headers,
        **body,
    )
    if answer.data.get("success") is not True:
        raise TransientError("Facebook did not say that it has the video.", http_status=answer.status)


def classify(response: requests.Response) -> ConnectorError | None:
    """One of our errors for a refusal of this host; None for what the general rule knows."""
    if response.status_code < 400 or response.status_code >= 500:
        return None
    try:
        body = decoded(response)
    except ValueError:
        return None
    told = body.get("debug_info") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        return None
    kind, message = str(told.get("type") or ""), f"Facebook's upload: {told.get('message') or told.get('type')}"
    if response.status_code == 401 or "unauthorized" in message.lower():
        return TokenInvalid(message)
    if kind in _AGAIN or told.get("retriable") is True:
        return TransientError(message, code=kind)
    return Rejected(message, code=kind)
