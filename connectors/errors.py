"""The ways a call to a platform can end badly, named by what the caller must do next."""

from typing import TypedDict, Unpack

#: A hundred years, in seconds: what is longer no clock can be set to.
LONGEST_WAIT_S = 100 * 365 * 86400
#: Ends the message of a RepeatRefused. Attempts from before that class had an outcome of its own are known by it.
PERHAPS_OURS = "It may be our own post whose answer was lost."


class Evidence(TypedDict, total=False):
    """What every error may carry beside its message; see ConnectorError."""

    http_status: int | None
    code: str
    detail: str


class ConnectorError(Exception):
    """Base of all of them; carries the evidence a person needs.

    ``message`` is a sentence for people and never holds a secret. ``http_status`` is the answer's status or None when
    there was none, ``code`` the platform's own code ("190/463", "credits", ...), ``detail`` a masked excerpt of the
    answer.
    """

    kind = "error"

    def __init__(self, message: str, *, http_status: int | None = None, code: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status
        self.code = code
        self.detail = detail


class TransientError(ConnectorError):
    """Nothing was created and the same call may work later: try again, a limited number of times.

    ``unreachable``: the platform itself could not be reached, no name, no connection or no handshake. ``for_hours``: a
    fault of the platform's own that is known to last, so that asking every few minutes is of no use.
    """

    kind = "transient"

    def __init__(
        self, message: str, *, unreachable: bool = False, for_hours: bool = False, **evidence: Unpack[Evidence]
    ) -> None:
        super().__init__(message, **evidence)
        self.unreachable, self.for_hours = unreachable, for_hours


def _bounded(seconds: float | None) -> float | None:
    """A wait as a clock can be set to it: what a platform says without an end, or of no number, is a slip of its."""
    if seconds is None or seconds != seconds:
        return None
    return min(max(seconds, 0), LONGEST_WAIT_S)


class RateLimited(ConnectorError):
    """The platform asks for patience; ``retry_after`` is seconds, or None when it named none."""

    kind = "rate_limited"

    def __init__(self, message: str, *, retry_after: float | None = None, **evidence: Unpack[Evidence]) -> None:
        super().__init__(message, **evidence)
        self.retry_after = _bounded(retry_after)


class AccountBlocked(ConnectorError):
    """The account may not post until a human frees it; ``reason``: permission, billing, policy, checkpoint or setup."""

    kind = "account_blocked"

    def __init__(self, message: str, *, reason: str = "permission", **evidence: Unpack[Evidence]) -> None:
        super().__init__(message, **evidence)
        self.reason = reason


class NotReady(ConnectorError):
    """The draft needs more time on the platform; ``draft`` resumes it after ``retry_after`` seconds."""

    kind = "not_ready"

    def __init__(self, message: str, *, retry_after: float = 30, draft: str = "", **evidence: Unpack[Evidence]) -> None:
        super().__init__(message, **evidence)
        self.retry_after = _bounded(retry_after) or 0
        self.draft = draft


class TokenInvalid(ConnectorError):
    """The credentials no longer work: a human must connect the account again."""

    kind = "token_invalid"


class Rejected(ConnectorError):
    """The platform refuses this content for good: a human must change it."""

    kind = "rejected"


class FollowUpsRefused(Rejected):
    """The account may not write what follows a post, whatever it says; its posts go on."""


class NotRecallable(ConnectorError):
    """The platform does not let us delete this post: a human must do it there. No post and no account is at fault."""

    kind = "not_recallable"


class NotCorrectable(ConnectorError):
    """The platform does not let us change the text of this post: it stays as it is, and no account is at fault."""

    kind = "not_correctable"


class OutcomeUnknown(ConnectorError):
    """The post may or may not be out: ask the platform, never send again blindly."""

    kind = "outcome_unknown"


class RepeatRefused(OutcomeUnknown):
    """The platform refused a creating call as a repeat of an earlier post, perhaps our own whose answer was lost."""

    kind = "repeat_refused"


class SiteFault(ConnectorError):
    """Nothing was created and no post or account is at fault: the site speaks to the platform wrongly (its version).

    It concerns every post of the platform until an operator changes the setting that ``message`` names.
    """

    kind = "site_fault"


class AddressMoved(ConnectorError):
    """Nothing was created because the place has a new address: store ``new_address`` and try again at once."""

    kind = "address_moved"

    def __init__(self, message: str, *, new_address: str, **evidence: Unpack[Evidence]) -> None:
        super().__init__(message, **evidence)
        self.new_address = new_address
