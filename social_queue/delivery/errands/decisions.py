"""When a failed deletion or correction is tried again, if at all: one pure table."""

from dataclasses import dataclass
from datetime import timedelta

from connectors.errors import (
    AddressMoved,
    NotCorrectable,
    NotRecallable,
    RateLimited,
    Rejected,
    TokenInvalid,
    TransientError,
)
from social_queue.delivery.retry import patience

#: Either may be repeated without harm, so the first tries follow each other quickly: people read it meanwhile.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 300, 900))
#: An account that is active stops with its token, and goes on at once with another. One that is paused stays paused,
#: and nothing but time keeps what is to be done there from being tried again.
WITHOUT_TOKEN = timedelta(minutes=15)
#: After so many failures in a row, about a day of them, a human has to do it.
MOST_FAILURES = 100
#: What lasts for hours is tried three times in a day: each counts for a third of all that there are.
FOR_HOURS, _COUNTS_FOR = timedelta(hours=8), 34


@dataclass(frozen=True)
class Decision:
    """What becomes of it after a failed try.

    ``over``: a human must do it; else it is tried again after ``wait``, with all of its account where ``all_wait``.
    ``no_token``: the account's credentials are not accepted, so whoever finds that others are hurries it. Nothing is
    due at once twice in a row: the same worker would try it without an end.
    """

    over: bool = False
    wait: timedelta = timedelta(0)
    failures: int = 0
    all_wait: bool = False
    no_token: bool = False


def decide(error: Exception, *, failures: int) -> Decision:
    """The decision for one failed try after ``failures`` in a row.

    Nothing but dead credentials concerns the account: whatever else is said of an errand says nothing of its posts.
    """
    match error:
        # What is out is where it was, under a number that means another message in the new place.
        case NotRecallable() | NotCorrectable() | Rejected() | AddressMoved():
            return Decision(over=True, failures=failures)
        case RateLimited():
            return Decision(wait=patience(error.retry_after), failures=failures, all_wait=True)
        case TokenInvalid():
            wait = WITHOUT_TOKEN if failures else timedelta(0)
            # However long there is no token, it is no failure that ends it.
            return Decision(wait=wait, failures=max(1, failures), no_token=True)
        case TransientError(for_hours=True):
            count = failures + _COUNTS_FOR
            return Decision(over=count >= MOST_FAILURES, wait=FOR_HOURS, failures=count)
    return Decision(
        over=failures + 1 >= MOST_FAILURES, wait=PAUSES[min(failures, len(PAUSES) - 1)], failures=failures + 1
    )
