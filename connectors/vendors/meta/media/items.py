"""The items of a carousel that can't be put together: kept from an earlier try, they may be gone without a word.

Instagram has answered for days that no container can be read (``connectors.vendors.meta.containers``); then only the
call that puts them together tells: https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes
"""

import contextlib
from collections.abc import Iterator

from connectors.errors import Evidence, NotReady, Rejected
from connectors.vendors.meta.containers import ANEW_WAIT, GONE
from connectors.vendors.pieces import Piece, Pieces


@contextlib.contextmanager
def kept_items(pieces: Pieces, *, may_be_made: bool) -> Iterator[None]:
    """These are put together. If that is refused because they may be gone, raises NotReady to make them again, once."""
    try:
        yield
    except Rejected as error:
        if not (may_be_made and pieces.ids and error.code in GONE):
            raise
        evidence: Evidence = {"http_status": error.http_status, "code": error.code, "detail": error.detail}
        # How often it was tried stays: the next refusal stands.
        made = pieces.whole.count if pieces.whole and pieces.whole.count else 1
        anew = str(Pieces((None,) * len(pieces.made), Piece("", "", made)))
        words = f"{error.message} Its items are made again."
        raise NotReady(words, retry_after=ANEW_WAIT, draft=anew, **evidence) from None
