"""When a failed try is repeated, if at all: one pure table."""

import functools
from dataclasses import dataclass
from datetime import timedelta

from connectors.errors import (
    AccountBlocked,
    AddressMoved,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TokenInvalid,
    TransientError,
)
from social_queue.models import AccountStatus, Alert, PostStatus

#: How long to wait after the first, second and third failure in a row. After the fourth the post has failed.
#: A hiccup is over in a minute, a deployment in five, an outage often within the quarter: 21 minutes in all.
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))

#: A platform that asks for patience gets at least this much, and never more than a month.
LEAST_PATIENCE, MOST_PATIENCE = timedelta(minutes=1), timedelta(days=31)


@dataclass(frozen=True)
class Decision:
    """What becomes of a post after a try.

    ``to`` is its next status, ``wait`` how long until it may be claimed (or, when unknown, asked about). ``failures``
    is the new count of failures in a row. ``account`` is the status its account falls into, "" for none;
    ``account_rests`` says that the account waits as long as the post. ``alert`` is the kind to raise, "" for none.
    ``keeps_place``: the whole platform waits, and the post is where it was in the row once that is over.
    """

    to: str
    wait: timedelta = timedelta(0)
    failures: int = 0
    account: str = ""
    account_rests: bool = False
    alert: str = ""
    keeps_place: bool = False


def decide(
    error: Exception,
    *,
    failures: int,
    sent: bool,
    ask_after: timedelta,
    waited: bool = False,
    paused: bool = False,
) -> Decision:
    """The decision for one failed try.

    ``failures`` in a row before this one; ``sent``: was the point of no return passed; ``ask_after``: how long the
    platform gets before it is asked about an unknown post; ``waited``: this is not the first time it has to wait;
    ``paused``: the fault is the whole platform's, which is left alone now, and so no failure of the post.
    """
    put_off = functools.partial(Decision, PostStatus.PENDING, failures=failures)
    if paused:
        return put_off(keeps_place=True)
    match error:
        case OutcomeUnknown():
            return Decision(PostStatus.UNKNOWN, wait=ask_after, failures=failures)
        case TransientError():
            return failed_again(failures)
        case RateLimited():
            return put_off(wait=patience(error.retry_after), account_rests=True)
        case NotReady():
            # Once it may go on at once, with another draft; a draft that is never right must not keep a worker busy.
            least = LEAST_PATIENCE if waited else timedelta(0)
            return put_off(wait=min(MOST_PATIENCE, max(least, timedelta(seconds=error.retry_after))))
        case AddressMoved():
            return put_off()
        case TokenInvalid():
            return put_off(account=AccountStatus.NEEDS_TOKEN, alert=Alert.Kind.TOKEN_INVALID)
        case AccountBlocked():
            return put_off(account=AccountStatus.BLOCKED, alert=Alert.Kind.ACCOUNT_BLOCKED)
        case Rejected():
            return Decision(PostStatus.FAILED, failures=failures, alert=Alert.Kind.REJECTED)
    # A fault of our own: after sending the post may be out.
    to, wait = (PostStatus.UNKNOWN, ask_after) if sent else (PostStatus.FAILED, timedelta(0))
    return Decision(to, wait=wait, failures=failures, alert=Alert.Kind.OUR_FAULT)


def failed_again(failures: int) -> Decision:
    """One more failure after ``failures`` others: the next pause, or the end."""
    if failures >= len(PAUSES):
        return Decision(PostStatus.FAILED, failures=failures + 1, alert=Alert.Kind.GIVEN_UP)
    alert = Alert.Kind.FAILING if failures + 1 == len(PAUSES) else ""
    return Decision(PostStatus.PENDING, wait=PAUSES[failures], failures=failures + 1, alert=alert)


def absent(failures: int) -> Decision:
    """The platform proved that it does not have the post: send it again at once, until the failures are used up."""
    again = failed_again(failures)
    return Decision(again.to, failures=again.failures, alert=again.alert)


def repeated(failures: int) -> Decision:
    """The platform refuses the post as a repeat of one it no longer shows: it fails until somebody rewords it."""
    return Decision(PostStatus.FAILED, failures=failures + 1, alert=Alert.Kind.REJECTED)


def patience(seconds: float | None) -> timedelta:
    """For how long a platform that named so many seconds, or none, is left alone."""
    return min(MOST_PATIENCE, max(LEAST_PATIENCE, timedelta(seconds=min(seconds or 0, 86400 * 365))))
