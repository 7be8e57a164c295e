"""Deleting a post on X.

Facts and where they stand:
- DELETE /2/tweets/{id} answers ``{"data": {"deleted": true}}`` and takes every version of an edited post with it:
  https://docs.x.com/x-api/posts/delete-post
- what a second deletion answers is written nowhere; "no such post" is what was wanted
"""

from typing import Any
from urllib.parse import quote

from connectors import http
from connectors.base import Connector
from connectors.errors import AccountBlocked, Evidence, NotRecallable, Rejected
from connectors.vendors.twitter.answers import data_of
from connectors.vendors.twitter.errors import GATE

_GONE = "resource-not-found"


class TakesBack(Connector):
    """The verb ``take_back`` of a handle; ``_call`` is the connector's own."""

    def why_it_stays(self, age: object) -> str:
        return ""

    def take_back(self, external_id: str) -> None:
        try:
            answer = self._call("DELETE", f"tweets/{quote(external_id, safe='')}")
        except (Rejected, AccountBlocked) as refusal:
            if refusal.code == _GONE or (refusal.http_status == 404 and refusal.code != GATE):
                return
            if isinstance(refusal, AccountBlocked) and refusal.reason != "permission":
                raise
            evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
            raise NotRecallable(refusal.message, **evidence) from None
        if data_of(answer.data).get("deleted") is not True:
            raise http.lost("X answered without saying that the post is deleted.", creates=False)

    def _call(self, method: str, path: str, *, creates: bool = False, **request: Any) -> http.Answer:
        raise NotImplementedError
