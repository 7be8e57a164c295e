"""Changing the text of what is out on a Page.

Facts and where they stand:
- POST /{post} with ``message`` changes the text of a post that this app has made, and answers ``{"success": true}``:
  https://developers.facebook.com/docs/pages-api/posts#update-a-post
- a photo takes no POST: its text is its post's, which ``page_story_id`` names:
  https://developers.facebook.com/docs/graph-api/reference/photo/
- POST /{comment} takes ``message`` (in the vendor's own SDK):
  https://github.com/facebook/facebook-business-sdk-codegen/blob/main/api_specs/specs/Comment.json
- POST /{video} takes ``description``: https://developers.facebook.com/docs/graph-api/reference/video/
- a text that stands there already is written once more, so it may be repeated
"""

from urllib.parse import quote

from connectors import http
from connectors.errors import AccountBlocked, ConnectorError, Evidence, NotCorrectable, Rejected
from connectors.readback import same_text
from connectors.texts import correcting_words as words
from connectors.texts.correcting import Correction
from connectors.vendors.meta.errors import HIDDEN
from connectors.vendors.meta.graph import GraphConnector

#: Of a post's id the Page's own is the first part.
_OF_A_POST = "_"


def correct(page: GraphConnector, correction: Correction) -> None:
    """Write the text. Raises NotCorrectable, or what has nothing to do with this post."""
    try:
        node, field = _where(page, correction)
        answer = page.call("POST", quote(node, safe=""), data={field: correction.text})
    except Rejected as refusal:
        raise _stays(refusal, words.GONE if refusal.code in HIDDEN else refusal.message) from None
    except AccountBlocked as refusal:
        if refusal.reason != "permission":
            raise
        raise _stays(refusal, refusal.message) from None
    if answer.data.get("success") is not True:
        raise http.lost("Facebook answered without saying that the text is changed.", creates=False)


def is_corrected(page: GraphConnector, correction: Correction) -> bool:
    """Read it back. Raises ConnectorError."""
    node, field = _where(page, correction)
    return same_text(str(page.get(quote(node, safe=""), fields=field).get(field) or ""), correction.text)


def _where(page: GraphConnector, correction: Correction) -> tuple[str, str]:
    """The node that holds the text, and its field there. Some answers to a publish tell no post's id."""
    node = correction.external_id
    if correction.below or _OF_A_POST in node:
        return node, "message"
    if "video" in correction.sent.kinds:
        return node, "description"
    post = str(page.get(quote(node, safe=""), fields="page_story_id").get("page_story_id") or "")
    if not post:
        raise NotCorrectable(words.NO_POST)
    return post, "message"


def _stays(refusal: ConnectorError, told: str) -> NotCorrectable:
    evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
    return NotCorrectable(told, **evidence)
