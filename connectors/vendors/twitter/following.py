"""Replies on X, each to the one before, which makes a thread.

Facts and where they stand:
- POST /2/tweets with ``reply.in_reply_to_tweet_id``: https://docs.x.com/x-api/posts/create-post
- an app without a contract may reply only to who named or quoted it, and the page makes no exception for one's own
  posts, so an account must ask for it: https://docs.x.com/x-api/posts/manage-tweets/integrate
- ``referenced_tweets`` tells what a reply answers: https://docs.x.com/x-api/fundamentals/data-dictionary
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from connectors import http
from connectors.base import Connector, Option, Published
from connectors.errors import Evidence, FollowUpsRefused, Rejected
from connectors.readback import undecided
from connectors.texts.following import LINK_IN_FOLLOW_UP, FollowUp, FollowUpLimits
from connectors.vendors.twitter import errors, timeline
from connectors.vendors.twitter.answers import required
from connectors.vendors.twitter.length import weighted_length

LIMITS = FollowUpLimits(text=280, length=weighted_length, cashtags=1)
ALLOWED = Option(
    "follow_ups",
    "Send follow-ups as replies",
    help="X lets apps without a contract reply only when they are summoned: try it before you rely on it.",
)

#: A refusal does not say that this is why; its wording is on no page.
_SUMMONED = "X lets apps without a contract reply only when they are summoned."


class Follows(Connector):
    """The verbs of a thread; the other methods are the connector's own."""

    options = (ALLOWED, LINK_IN_FOLLOW_UP)
    follow_ups_option = ALLOWED.name

    @classmethod
    def follow_ups_for(cls, options: Mapping[str, object]) -> FollowUpLimits | None:
        return LIMITS if options.get(ALLOWED.name) is True else None

    def follow_up(self, words: FollowUp) -> Published:
        post = {"text": words.text, "reply": {"in_reply_to_tweet_id": words.parent}}
        try:
            answer = self._call("POST", "tweets", creates=True, json=post)
        except Rejected as refusal:
            if refusal.http_status != HTTPStatus.FORBIDDEN or refusal.code == errors.GATE:
                raise
            evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
            raise FollowUpsRefused(f"{refusal.message} {_SUMMONED}", **evidence) from None
        return self._published(required(answer.data, "id", creates=True))

    def find_follow_up(self, words: FollowUp) -> Published | None:
        """Read the account's own replies back as far as the attempt."""
        with undecided():
            me = required(self._call("GET", "users/me").data, "id", creates=False)
            found = timeline.find_reply(words, lambda query: self._timeline(me, query))
        return self._published(found) if found else None

    def _call(self, method: str, path: str, *, creates: bool = False, **request: Any) -> http.Answer:
        raise NotImplementedError

    def _timeline(self, user: str, query: dict[str, object]) -> dict[str, Any]:
        raise NotImplementedError

    def _published(self, post: str) -> Published:
        raise NotImplementedError
