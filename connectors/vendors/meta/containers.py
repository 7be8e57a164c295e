"""Instagram's containers: what one's status tells, what a draft remembers of it, and the quota of the day.

Facts and where they stand:
- a container lives 24 hours and is invisible until it is published; EXPIRED means that it never was; PUBLISHED proves
  that it was; Meta asks to look once a minute:
  https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-container
- the day's quota is read from the account, since Meta's pages name different numbers:
  https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/content_publishing_limit
- for days in May 2026 the status of fresh containers was answered with 100/33 while publishing them worked
  (https://github.com/gitroomhq/postiz-app/issues/1562): so a look that fails stops nothing, and publishing decides
"""

import logging
import re
from dataclasses import dataclass

from connectors.errors import (
    ConnectorError,
    Evidence,
    NotReady,
    RateLimited,
    Rejected,
    SiteFault,
    TokenInvalid,
    TransientError,
)
from connectors.http import require
from connectors.vendors.meta.errors import Fault, error_for
from connectors.vendors.meta.graph import LOOK_SECONDS, GraphConnector
from connectors.vendors.meta.limits import LONG_WAIT

logger = logging.getLogger(__name__)

#: States that prove that a container was not published.
NEVER_PUBLISHED = ("FINISHED", "ERROR", "EXPIRED")
#: Stands for a container that Instagram would not publish because it is no more: make another.
ANEW = "anew"
#: Seconds before another container is made in place of one that is no more.
ANEW_WAIT = 30

#: Codes of a container that is no more, and of one whose items are not.
GONE = ("24/2207006", "24/2207008", "-2/2207020")
#: Codes of a container that Instagram does not know (any more), or says so; -2/2207020: its media have expired.
PERHAPS_GONE = (*GONE, "100/33")
#: What a failed look tells of the account as a whole; whatever else goes wrong tells nothing.
_NOT_OF_THE_LOOK = (TokenInvalid, RateLimited, SiteFault)


@dataclass(frozen=True)
class Draft:
    """What is kept between two tries: a container, a fingerprint of what is in it, whether another went before it."""

    container: str = ""
    content: str = ""
    anew: bool = False

    @classmethod
    def read(cls, reference: str) -> "Draft":
        """From the text that is stored with the post; anything but ours is no container."""
        if reference == ANEW:
            return cls(anew=True)
        container, _, rest = reference.partition(":")
        content, _, mark = rest.partition(":")
        return cls(container, content, mark == ANEW)

    def __str__(self) -> str:
        return ":".join((self.container, self.content, *([ANEW] if self.anew else [])))

    def after(self, error: ConnectorError) -> ConnectorError:
        """What a refusal to publish it means: a container that has expired is created again, once."""
        if self.anew or error.code not in PERHAPS_GONE or not isinstance(error, Rejected | TransientError):
            return error
        evidence: Evidence = {"http_status": error.http_status, "code": error.code, "detail": error.detail}
        return NotReady(f"{error.message} Another container is made.", retry_after=ANEW_WAIT, draft=ANEW, **evidence)


def look_at(account: GraphConnector, container: str) -> tuple[str, str]:
    """The status code of a container and what stands beside it.

    GONE when there is none or Instagram knows it no more, UNREAD when nothing could be learned.
    """
    if not container:
        return "GONE", ""
    try:
        answer = account.call("GET", container, seconds=LOOK_SECONDS, params={"fields": "status_code,status"})
        return require(answer, "status_code"), str(answer.data.get("status") or "")
    except _NOT_OF_THE_LOOK:
        raise
    except ConnectorError as error:
        logger.info("Container %s could not be looked at: %s", container, error.message)
        return ("GONE" if error.code in GONE else "UNREAD"), error.message


def check_quota(account: GraphConnector) -> None:
    """Raise RateLimited when the day's posts are used up; an answer without a quota stops nothing."""
    try:
        reported = account.get(f"{account.place}/content_publishing_limit", fields="quota_usage,config").get("data")
    except _NOT_OF_THE_LOOK:
        raise
    except ConnectorError as error:
        logger.info("The quota of %s could not be read: %s", account.address, error.message)
        return
    row = reported[0] if isinstance(reported, list) and reported and isinstance(reported[0], dict) else {}
    limits = row.get("config")
    config = limits if isinstance(limits, dict) else {}
    used, total = row.get("quota_usage"), config.get("quota_total")
    if isinstance(used, int) and isinstance(total, int) and used >= total > 0:
        raise RateLimited(f"Instagram's quota of {total} posts in 24 hours is used up.", retry_after=LONG_WAIT)


def refusal(state: str, words: str) -> ConnectorError:
    """Why a new container did not come about; the status text names one of Instagram's subcodes."""
    named = re.search(r"\b2207\d{3}\b", words)
    message = words or f"The container is {state}."
    return error_for(Fault(0, int(named[0]) if named else 0, message, transient=True), 400, creates=False)
