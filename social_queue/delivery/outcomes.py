"""How an attempt ended, written down once."""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

from connectors.base import Published
from connectors.errors import (
    AddressMoved,
    NotReady,
    TokenInvalid,
    TransientError,
)
from social_queue import kept, states
from social_queue.accounts import platforms, speaking
from social_queue.alerts import ledger
from social_queue.delivery import consequences, late_answers, retry
from social_queue.delivery.ending import Ending, told
from social_queue.models import Attempt, Outcome, PostStatus
from social_queue.vault import VaultClosed
from social_queue.workings.deadlocks import again, atomic
from social_queue.workings.group_commit import Together

logger = logging.getLogger(__name__)


def record(
    attempt: Attempt, result: Published | Exception, *, now: datetime, news: Mapping[str, object] | None = None
) -> Ending:
    """Write down how ``attempt`` ended and move its post accordingly; ``attempt.post`` is the post as claimed.

    ``news``: columns of the post, its words and its draft, that stand in no row yet when it failed before it was sent.
    """
    error: Exception | None = None
    if isinstance(result, Published):
        # Written already, when only what came after the commit went wrong.
        on_time = attempt.post.status == PostStatus.PUBLISHED or _published((attempt, result, now))
    else:
        error = in_our_words(attempt, result)
        on_time = _went_wrong(attempt, error, now, dict(news or {}))
    if not on_time:
        late_answers.take(attempt, result, now)
    tell_platforms(attempt.post.platform, error or result, now)
    return _told(attempt, result, error)


def record_all(
    published: Sequence[tuple[Attempt, Published, datetime]], *, follow: Callable[[list[int]], None] | None = None
) -> list[Ending]:
    """The same for many that are out, in one transaction. Raises what the database raises: then none may be written.

    ``follow`` is called in that transaction with the ids of the accounts that are free by it.
    """
    for (attempt, result, now), on_time in zip(published, _publish_all(list(published), follow), strict=True):
        if not on_time:
            late_answers.take(attempt, result, now)
    for platform, (result, now) in {attempt.post.platform: (result, now) for attempt, result, now in published}.items():
        tell_platforms(platform, result, now)
    return [_told(attempt, result, None) for attempt, result, _ in published]


def _told(attempt: Attempt, result: Published | Exception, error: Exception | None) -> Ending:
    outcome = str(consequences.kind_of(error) if error else Outcome.PUBLISHED)
    name = result.external_id if isinstance(result, Published) else ""
    return told(attempt.post, attempt, outcome, error, external_id=name, logger=logger)


def tell_platforms(platform: str, result: Published | Exception, now: datetime) -> None:
    """What an answer says of the platform as a whole; that it could not be noted changes no outcome."""
    try:
        platforms.heard(platform, result, now=now)
    except (DatabaseError, InterfaceError):
        # The outcome stands already; the next answer says the same of the platform.
        logger.exception("%s: what an answer says of the platform could not be noted", platform)


def in_our_words(attempt: Attempt, fault: Exception) -> Exception:
    """A connector's error in place of a fault of the vault or database, or of a move to an address we know already."""
    if isinstance(fault, VaultClosed):
        return TokenInvalid(str(fault))
    if isinstance(fault, OperationalError | InterfaceError) and attempt.sent_at is None:
        return TransientError(f"Our own database had trouble before anything was sent: {fault}")
    if isinstance(fault, AddressMoved):
        return consequences.collision(fault, attempt.post.account) or fault
    return fault


@again
def _publish_all(
    asked: list[tuple[Attempt, Published, datetime]], follow: Callable[[list[int]], None] | None = None
) -> list[bool]:
    accounts = list({attempt.post.account_id for attempt, _, _ in asked})
    with atomic(*(attempt.post for attempt, _, _ in asked)):
        _are_published(ids=[attempt.pk for attempt, _, _ in asked], now=max(now for _, _, now in asked))
        moved = states.move_all(
            [
                states.Move(attempt.post, PostStatus.PUBLISHED, attempt.number, states.proof(result, now))
                for attempt, result, now in asked
            ],
            then=functools.partial(follow, accounts) if follow else None,
        )
        for (attempt, _, now), on_time in zip(asked, moved, strict=True):
            if on_time and attempt.number > 1:
                ledger.resolve_post(attempt.post, now=now)
    return moved


@kept.change
def _are_published(*, ids: list[int], now: datetime) -> kept.Change:
    attempts = Attempt.objects.filter(pk__in=ids)
    return kept.Change(attempts, ended_at=now, outcome=Outcome.PUBLISHED, http_status=None, error="")


_published = Together(_publish_all)


@again
def _went_wrong(attempt: Attempt, error: Exception, now: datetime, news: dict[str, object]) -> bool:
    post = attempt.post
    with atomic(post):
        decision = _decide(attempt, error, paused=platforms.met(attempt, error, now=now))
        decision = consequences.as_of_now(post.account, decision)
        fields = news | {
            "not_before": consequences.due(post, decision, now=now),
            "failures_in_row": decision.failures,
            "error_kind": consequences.kind_of(error),
            "error": speaking.words_of(error, post.account),
            "waiting_since_at": consequences.waiting_since(post, error, decision, now=now),
        }
        if isinstance(error, NotReady) and error.draft:
            fields["draft_ref"] = error.draft
        # The account before its post, as whoever claims does: two transactions must not wait for each other.
        consequences.for_account(post.account, error, decision, now=now)
        _end(attempt, error, now)
        moved = states.move(post, decision.to, attempt=attempt.number, **fields)
        if moved:
            consequences.for_people(post, error, decision, now=now)
    return moved


def _decide(attempt: Attempt, error: Exception, *, paused: bool) -> retry.Decision:
    return retry.decide(
        error,
        failures=attempt.post.failures_in_row,
        sent=attempt.sent_at is not None,
        ask_after=timedelta(seconds=settings.RECONCILE_AFTER),
        waited=attempt.post.waiting_since_at is not None,
        paused=paused,
    )


def _end(attempt: Attempt, error: Exception, now: datetime) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(
        ended_at=now,
        outcome=consequences.kind_of(error),
        http_status=getattr(error, "http_status", None),
        error=speaking.words_of(error, attempt.post.account, with_detail=True),
    )
