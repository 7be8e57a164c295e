"""Deleting what is out on a Page or an Instagram account.

Facts and where they stand:
- DELETE /{post} by the Page's token: https://developers.facebook.com/docs/pages-api/posts
- DELETE /{media}, with ``instagram_manage_contents``, by Facebook Login alone:
  https://developers.facebook.com/docs/instagram-platform/reference/instagram-media
- "does not exist" (100/33, 803) is also said to who has no right to it: only a look tells what is meant
"""

from urllib.parse import quote

from connectors.errors import AccountBlocked, Evidence, NotRecallable, Rejected
from connectors.vendors.meta.errors import HIDDEN
from connectors.vendors.meta.graph import GraphConnector


def delete(graph: GraphConnector, node: str) -> None:
    """Delete it; what is gone already is as good. Raises NotRecallable, or what has nothing to do with this post."""
    try:
        graph.call("DELETE", quote(node, safe=""))
    except Rejected as refusal:
        if refusal.code in HIDDEN and not _is_there(graph, node):
            return
        raise _stays(refusal) from None
    except AccountBlocked as refusal:
        if refusal.reason != "permission":
            raise
        raise _stays(refusal) from None


def _is_there(graph: GraphConnector, node: str) -> bool:
    try:
        graph.get(quote(node, safe=""), fields="id")
    except Rejected as refusal:
        if refusal.code not in HIDDEN:
            raise
        return False
    return True


def _stays(refusal: Rejected | AccountBlocked) -> NotRecallable:
    evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
    return NotRecallable(refusal.message, **evidence)
