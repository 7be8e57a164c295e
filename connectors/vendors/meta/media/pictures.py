"""What Meta cannot take from its address goes out from our own copy, which we have looked at.

Facts and where they stand:
- Instagram: 9004/2207052 not fetched, -2/2207003 too slow, 36000, 36001 and 36003 not what it takes (a server can give
  each caller another picture):
  https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes
- a video's download fails with 2207077, which no page lists; 352/2207026: not what it takes
- Instagram downloads the picture itself when the container is made, from an address that anybody may read:
  https://developers.facebook.com/docs/instagram-platform/content-publishing
- Facebook: 100/2061006 and 324 for an address that leads to no picture, before anything was made
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors.base import Outgoing
from connectors.errors import ConnectorError, Evidence, NotReady, Rejected, TransientError

#: Instead of a container's id in a draft: the next container is to be made from our copy.
_OUR_COPY = "copy"
_NOT_TAKEN = {"9004", "36000", "36001", "36003", "324", "352",
              "2207052", "2207003", "2207004", "2207005", "2207009", "2207026", "2207077",
              "2061006", "2069019"}  # fmt: skip


def not_taken(error: ConnectorError) -> bool:
    """Does Meta complain about the picture or video, so that another way to hand it over may help?"""
    return not _NOT_TAKEN.isdisjoint(error.code.split("/"))


def unseen(refusal: Rejected) -> ConnectorError:
    """By its address the picture could not be had, by us no more than by Facebook: it may be there later."""
    if not not_taken(refusal):
        return refusal
    evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
    return TransientError(refusal.message, **evidence)


@contextmanager
def either_address(outgoing: Outgoing, draft: str, *, keep: str = "") -> Iterator[tuple[Outgoing, str]]:
    """The post with the address to use now, and the draft without our mark: where that stood, only ``keep`` is left.

    When that address is not taken and there is a copy of ours, NotReady comes out, with a draft that says so.
    """
    ours = ":".join(filter(None, (_OUR_COPY, fingerprint(outgoing), keep)))
    from_copy = bool(outgoing.media_copy) and draft == ours
    used = outgoing
    if from_copy:
        used = replace(outgoing, media=tuple(replace(one, url=one.copy_url or one.url) for one in outgoing.media))
    try:
        yield used, keep if draft.startswith(f"{_OUR_COPY}:") else draft
    except ConnectorError as error:
        if from_copy or not outgoing.media_copy or not not_taken(error):
            raise
        raise NotReady(error.message, retry_after=0, draft=ours, http_status=error.http_status,
                       code=error.code, detail=error.detail) from error  # fmt: skip


def fingerprint(outgoing: Outgoing) -> str:
    """Changes when the words or the picture do: then an older container must not go out."""
    content = "\0".join((outgoing.text, outgoing.media_url, outgoing.alt_text))
    return hashlib.sha256(content.encode()).hexdigest()[:12]
