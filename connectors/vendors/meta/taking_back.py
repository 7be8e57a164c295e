"""Deleting what is out on a Page or an Instagram account.

Facts and where they stand:
- DELETE /{post} by the Page's token: https://developers.facebook.com/docs/pages-api/posts
- DELETE /{media}, with ``instagram_manage_contents``, by Facebook Login alone:
  https://developers.facebook.com/docs/instagram-platform/reference/instagram-media
- Instagram has answered a right call with -1/2207085 ("Fatal") for weeks of July 2026, by its own fault: a few tries in
  a day are enough
- "does not exist" (100/33, 803) is also said to who has no right to it: only a look tells what is meant
"""

from urllib.parse import quote

from connectors.errors import AccountBlocked, Evidence, NotRecallable, Rejected, TransientError
from connectors.texts.sentences import ended
from connectors.vendors.meta.errors import HIDDEN
from connectors.vendors.meta.graph import GraphConnector

_FATAL = "-1/2207085"


def delete(graph: GraphConnector, node: str, *, right: str = "") -> None:
    """Delete it; what is gone already is as good. Raises NotRecallable, or what has nothing to do with this post.

    ``right`` is the one that the token needs for it, named where it seems to be missing.
    """
    try:
        graph.call("DELETE", quote(node, safe=""))
    except Rejected as refusal:
        hidden = refusal.code in HIDDEN
        if hidden and not _is_there(graph, node):
            return
        raise _stays(refusal, right if hidden else "") from None
    except AccountBlocked as refusal:
        if refusal.reason != "permission":
            raise
        raise _stays(refusal, right) from None
    except TransientError as fault:
        fault.for_hours = fault.code == _FATAL
        raise


def _is_there(graph: GraphConnector, node: str) -> bool:
    try:
        graph.get(quote(node, safe=""), fields="id")
    except Rejected as refusal:
        if refusal.code not in HIDDEN:
            raise
        return False
    except AccountBlocked as refusal:
        # Who may not look can't tell that it is gone.
        if refusal.reason != "permission":
            raise
    return True


def _stays(refusal: Rejected | AccountBlocked, right: str) -> NotRecallable:
    evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
    told = f"{ended(refusal.message)} Deleting needs the right {right}." if right else refusal.message
    return NotRecallable(told, **evidence)
