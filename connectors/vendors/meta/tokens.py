"""What Meta tells of a token, in our words.

Facts and where they stand:
- /debug_token wants two tokens as parameters: the one to look at and the app's own "id|secret". ``expires_at`` 0 means
  never. ``data_access_expires_at`` is 90 days after the person last used the app; past it the token still counts as
  valid and reads fail: https://developers.facebook.com/docs/graph-api/reference/debug_token
- that end does not touch the rights ``pages_*``, ``read_insights`` and ``business_management``: for a Page there is
  none: https://developers.facebook.com/docs/facebook-login/auth-vs-data
- an exchanged token lives about 60 days; ``expires_in`` can be missing; an expired token cannot be exchanged:
  https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.base import TokenStatus
from connectors.http import Answer, require

#: Rights that no end of data access touches, beside all those of Pages.
_LASTING = ("read_insights", "business_management")


def status(
    facts: Mapping[str, object],
    *,
    valid: bool,
    needed: tuple[str, ...] = (),
    comments: str = "",
    account_name: str = "",
    detail: str = "",
) -> TokenStatus:
    """Our view of a /debug_token answer; ``facts`` may be {} when nobody could be asked about moments and scopes.

    ``needed`` are the rights we work by: with some of them our access to data ends, with others it does not.
    ``comments`` is the one without which all but comments goes out.
    """
    scopes = facts.get("scopes") if valid else None
    missing = tuple(scope for scope in needed if scope not in scopes) if isinstance(scopes, list) else ()
    lapses = any(not scope.startswith("pages_") and scope not in _LASTING for scope in needed)
    return TokenStatus(
        valid=valid,
        expires_at=_moment(facts.get("expires_at")),
        data_access_expires_at=_moment(facts.get("data_access_expires_at")) if lapses else None,
        account_name=account_name,
        scopes_missing=missing,
        may_follow_up=comments in scopes if isinstance(scopes, list) and comments else None,
        detail=detail,
    )


def why(facts: Mapping[str, object]) -> str:
    """The sentence that says why a token is not valid."""
    error = facts.get("error")
    words = error.get("message") if isinstance(error, dict) else None
    return str(words or "Meta says that the token is not valid.")


def traded(credentials: Mapping[str, str], answer: Answer) -> Mapping[str, object]:
    """The credentials to store after a trade, with the moment the new token dies, or None when Meta did not give it."""
    fresh = require(answer, "access_token")
    seconds = answer.data.get("expires_in")
    lives = timedelta(seconds=int(seconds)) if isinstance(seconds, int | float) and seconds > 0 else None
    return {**credentials, "access_token": fresh, "expires_at": datetime.now(UTC) + lives if lives else None}


def _moment(stamp: object) -> datetime | None:
    """A Unix time as a moment; 0, null and nonsense mean that there is none."""
    if not isinstance(stamp, int | float) or isinstance(stamp, bool) or stamp <= 0:
        return None
    return datetime.fromtimestamp(stamp, UTC)
