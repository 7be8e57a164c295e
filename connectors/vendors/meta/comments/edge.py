"""Comments under a post of a Page or of an Instagram account: writing one, and looking for ours.

Facts and where they stand:
- POST /{post}/comments takes ``message`` and answers ``id``; a Page needs pages_manage_engagement besides what reading
  needs: https://developers.facebook.com/docs/pages-api/posts
- POST /{media}/comments likewise, with instagram_manage_comments or instagram_business_manage_comments; its list comes
  newest first, at most 50 at a time, without a filter for the time, and not always with an author:
  https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments
- a Page's list is asked for newest first, answers to comments among them:
  https://developers.facebook.com/docs/graph-api/reference/object/comments/
- how long a comment may be stands on neither page
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote

from connectors.base import Outgoing, Published
from connectors.errors import AccountBlocked, Evidence, FollowUpsRefused
from connectors.http import require
from connectors.readback import undecided
from connectors.texts.following import FollowUp
from connectors.vendors.meta.graph import GraphConnector
from connectors.vendors.meta.lists import find_post


@dataclass(frozen=True)
class Comments:
    """How one vendor's comments are read: the fields of text, moment and public address, and what to ask besides.

    ``right`` names what the token needs to write one; ``shown`` says that a comment has a public address.
    """

    fields: tuple[str, str, str]
    asked: Mapping[str, object]
    right: str
    shown: bool = False
    #: The same by the way of the log-in, where there is more than one.
    right_by: Mapping[str, str] = field(default_factory=dict)


OF_PAGES = Comments(
    ("message", "created_time", "permalink_url"),
    {"filter": "stream", "order": "reverse_chronological"},
    "pages_manage_engagement",
    shown=True,
)
#: The list knows no filter by time and gives 50 at most.
OF_INSTAGRAM = Comments(
    ("text", "timestamp", "permalink"),
    {"since": None, "limit": 50, "fields": "id,text,timestamp,from"},
    "instagram_manage_comments (by Instagram Login: instagram_business_manage_comments)",
    right_by={"facebook": "instagram_manage_comments", "instagram": "instagram_business_manage_comments"},
)


def write(graph: GraphConnector, comment: FollowUp, comments: Comments) -> Published:
    """Make exactly one request. That the token may not comment says nothing of the posts: the comment is refused."""
    try:
        answer = graph.call("POST", _edge(comment), creates=True, data={"message": comment.text})
    except AccountBlocked as refusal:
        if refusal.reason != "permission":
            raise
        evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
        raise FollowUpsRefused(f"{refusal.message} Comments need the right {comments.right}.", **evidence) from None
    made = require(answer, "id", creates=True)
    seen = graph.look(made, fields="permalink_url") if comments.shown else {}
    return Published(made, str(seen.get("permalink_url") or ""))


def find(graph: GraphConnector, comment: FollowUp, comments: Comments) -> Published | None:
    """Our comment under its post, or None when the list proves that it is not there."""

    def of_others(row: Mapping[str, Any]) -> bool:
        author = row.get("from")
        named = str(author.get("id") or "") if isinstance(author, dict) else ""
        # Without an author it may be ours.
        return row["id"] in comment.others or named not in ("", graph.address)

    sought = Outgoing(comment.text, sent_at=comment.sent_at)
    with undecided():
        return find_post(
            graph, sought, _edge(comment), fields=(*comments.fields, "from"), asked=comments.asked, without=of_others
        )


def _edge(comment: FollowUp) -> str:
    return f"{quote(comment.root, safe='')}/comments"


class Follows(GraphConnector):
    """The verbs of a place whose posts can be commented on."""

    comments: ClassVar[Comments]
    #: No page of the vendor's says so; a comment whose post is gone can be seen by nobody and has no address.
    follow_ups_stay = False

    def follow_up(self, words: FollowUp) -> Published:
        return write(self, words, self.comments)

    def find_follow_up(self, words: FollowUp) -> Published | None:
        """Read the comments under the post back as far as the attempt."""
        return find(self, words, self.comments)
