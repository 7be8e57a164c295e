"""Platforms as a whole: one that nobody reaches, or that the site speaks to wrongly, is paused and tried once a minute.

Three posts of two accounts in a row that can't reach it pause a platform, and what they lost by it is given back: a
pause is no failure of any post. A fault of the site's own, such as a version that does not exist, pauses it at the
first. One post a minute tries; the first that gets through opens the platform, and all go on in order.
"""

import logging
from datetime import datetime

from django.db import IntegrityError, transaction

import connectors
from connectors.base import Published
from connectors.errors import ConnectorError, SiteFault, TransientError
from social_queue.accounts import free, speaking
from social_queue.alerts import ledger
from social_queue.models import Alert, Attempt, PlatformAccount, PlatformState, Post
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

LEAST_POSTS, LEAST_ACCOUNTS = 3, 2
#: So many posts of one account are remembered while no other account has said the same.
_REMEMBERED = 100
_NAMED = 8

_OPEN, _PROBING = PlatformState.State.OPEN, PlatformState.State.PROBING
_DOWN, _SITE = Alert.Kind.PLATFORM_DOWN, Alert.Kind.SITE_FAULT


def met(attempt: Attempt, error: Exception, *, now: datetime) -> bool:
    """Note what a failed try says of its platform; True when that is paused, and the fault no failure of the post.

    Call it in the transaction that records the try, before anything else is locked.
    """
    post = attempt.post
    if isinstance(error, SiteFault):
        _close(_locked(post.platform), _SITE, speaking.words_of(error, post.account), now=now)
        return True
    if not (isinstance(error, TransientError) and error.unreachable):
        return False
    state = _locked(post.platform)
    if state.state == _OPEN:
        state.unreached = _with(state.unreached, attempt)
        if len(state.unreached) < LEAST_POSTS or len({one["account"] for one in state.unreached}) < LEAST_ACCOUNTS:
            state.save()
            return False
        _give_back(state.unreached, post, now)
    _close(state, _DOWN, speaking.words_of(error, post.account), now=now)
    return True


@again
@transaction.atomic
def site_fault(account: PlatformAccount, fault: SiteFault, *, now: datetime) -> None:
    """The same fault, met by a question and not by a post."""
    _close(_locked(account.platform), _SITE, speaking.words_of(fault, account), now=now)


def heard(platform: str, result: Published | Exception, *, now: datetime) -> None:
    """An answer came: what is out opens the platform, and any sensible answer shows that it can be reached."""
    through = isinstance(result, Published)
    told = isinstance(result, Published) or _answers(result)
    if told and any(state.state == _PROBING or state.unreached for state in free.states(platform=platform)):
        _open(platform, through=through, now=now)


def works(platform: str, *, now: datetime) -> None:
    """The platform answered a question normally: end its pause, whatever the reason was."""
    if PlatformState.objects.filter(platform=platform, state=_PROBING).exists():
        _open(platform, through=True, now=now)


def site_fault_of(platform: str) -> str:
    """The reason why the platform is paused, if a setting of this site is at fault; else ""."""
    rows = free.paused().filter(platform=platform, kind=_SITE)
    return rows.values_list("reason", flat=True).first() or ""


def sentence(state: PlatformState, now: datetime) -> str:
    """What is the matter with a paused platform, and how much waits for it."""
    waiting = Post.objects.filter(
        platform=state.platform, status__in=[Post.Status.PENDING, Post.Status.PUBLISHING], not_before__lte=now
    )
    slugs = sorted(set(waiting.order_by().values_list("account__slug", flat=True).distinct()))
    named = ", ".join(slugs[:_NAMED]) + (", …" if len(slugs) > _NAMED else "")
    what = "can't be reached" if state.kind == _DOWN else "does not take what this site sends, whatever the post"
    number = waiting.count()
    waits = f"{_counted(number, 'post')} on {_counted(len(slugs), 'account')} {'waits' if number == 1 else 'wait'}"
    count = f"{waits} ({named})" if slugs else "Nothing waits yet"
    return f"{_label(state.platform)} {what} since {state.since_at:%Y-%m-%d %H:%M} UTC. {count}. {state.reason}"


def _close(state: PlatformState, kind: str, reason: str, *, now: datetime) -> None:
    """Pause the platform, or go on pausing it; the one alert of it tells how much waits by now."""
    if state.state == _OPEN:
        state.since_at, state.next_probe_at = now, now + free.PROBE_EVERY
        logger.error("%s is paused: %s", state.platform, reason)
    elif state.kind != kind:
        ledger.resolve(state.kind, about=_about(state.platform), now=now, quietly=True)
    if state.kind != kind:
        # The first words stay: each account's address in them would make a new text of the same trouble.
        state.kind, state.reason = kind, reason
    state.state, state.unreached = _PROBING, []
    state.save()
    ledger.keep(kind, about=_about(state.platform), reason=sentence(state, now), now=now)


@again
@transaction.atomic
def _open(platform: str, *, through: bool, now: datetime) -> None:
    state = _locked(platform)
    state.unreached = []
    if state.state == _PROBING and (through or state.kind == _DOWN):
        ledger.resolve(state.kind, about=_about(platform), now=now)
        logger.info("%s works again", platform)
        state.state, state.kind, state.reason, state.next_probe_at = _OPEN, "", "", None
        # What its accounts did not publish meanwhile was missed by nobody.
        PlatformAccount.objects.filter(platform=platform).update(resumed_at=now)
    state.save()


def _answers(result: Exception) -> bool:
    """Did the platform itself judge the call? A time-out or a 5xx does not end a run of unreachable tries."""
    status = getattr(result, "http_status", None)
    judged = isinstance(result, ConnectorError) and not isinstance(result, SiteFault)
    return judged and status is not None and status < 500


def _with(unreached: list[dict], attempt: Attempt) -> list[dict]:
    """The run of unreachable tries with this one in it. A post is in it once, as before its first try of the run."""
    post = attempt.post
    first = next((one for one in unreached if one["post"] == post.pk), None)
    then = first or {
        "post": post.pk,
        "account": post.account_id,
        "not_before": post.not_before.isoformat(),
        "failures": post.failures_in_row,
    }
    others = [one for one in unreached if one["post"] != post.pk]
    return [*others, then | {"attempt": attempt.number}][-_REMEMBERED:]


def _give_back(unreached: list[dict], current: Post, now: datetime) -> None:
    """Restore the posts of the run to what they were before it: the platform's pause is no failure of any post."""
    for one in sorted(unreached, key=lambda one: one["post"]):
        planned = datetime.fromisoformat(one["not_before"])
        if one["post"] == current.pk:
            current.not_before, current.failures_in_row = planned, one["failures"]
            continue
        waiting = Post.objects.filter(pk=one["post"], status=Post.Status.PENDING, attempts_made=one["attempt"])
        if waiting.update(failures_in_row=one["failures"]):
            # One that an editor has moved since has forgotten what it met, and its new time stands.
            waiting.filter(error_kind=Attempt.Outcome.TRANSIENT).update(not_before=planned)
            ledger.resolve(Alert.Kind.FAILING, about=f"post:{one['post']}", now=now, quietly=True)


def _locked(platform: str) -> PlatformState:
    """The platform's row, made when there is none, and ours until the transaction ends."""
    rows = PlatformState.objects.select_for_update().filter(platform=platform)
    if (state := rows.first()) is not None:
        return state
    try:
        with transaction.atomic():
            return PlatformState.objects.create(platform=platform)
    except IntegrityError:
        return rows.get()


def _about(platform: str) -> str:
    return f"platform:{platform}"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _label(platform: str) -> str:
    return connectors.get(platform).label if platform in connectors.names() else platform
