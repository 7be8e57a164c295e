"""How an attempt ended, written down once; and answers that come after somebody else has moved the post."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from connectors.base import Published
from connectors.errors import (
    AddressMoved,
    ConnectorError,
    NotReady,
    OutcomeUnknown,
    TokenInvalid,
    TransientError,
)
from social_queue import accounts, alerts, consequences, retry, states
from social_queue.deadlocks import again
from social_queue.models import Alert, Attempt, Post
from social_queue.together import Together
from social_queue.vault import VaultClosed

logger = logging.getLogger("social_queue.outcomes")

P = Post.Status
O = Attempt.Outcome  # noqa: E741 - as in a table


@dataclass(frozen=True)
class Delivery:
    """What `dispatch --json` prints of one try. ``account`` is the slug; ids are numbers; absent values are ""."""

    post: int
    item: int
    platform: str
    account: str
    outcome: str
    external_id: str = ""
    error_kind: str = ""


def record(
    attempt: Attempt, result: Published | Exception, *, now: datetime, news: Mapping[str, object] | None = None
) -> Delivery:
    """Write down how ``attempt`` ended and move its post accordingly; ``attempt.post`` is the post as claimed.

    ``news``: columns of the post, its words and its draft, that stand in no row yet when it failed before it was sent.
    """
    if isinstance(result, Published):
        outcome, error = O.PUBLISHED, None
        on_time = _published((attempt, result, now))
    else:
        error = _in_our_words(attempt, result)
        outcome = _kind(error)
        on_time = _went_wrong(attempt, error, now, dict(news or {}))
    if not on_time:
        _late(attempt, result, now)
    post = attempt.post
    logger.info(
        "post %s on %s: attempt %s %s%s",
        post.pk,
        post.account.slug,
        attempt.number,
        outcome,
        f": {accounts.words_of(error, post.account)}" if error else "",
        extra={"post": post.pk, "account": post.account.slug, "outcome": str(outcome)},
        exc_info=error if outcome == O.OUR_FAULT else None,
    )
    return Delivery(
        post=post.pk,
        item=post.item_id,
        platform=post.platform,
        account=post.account.slug,
        outcome=str(outcome),
        external_id=result.external_id if isinstance(result, Published) else "",
        error_kind="" if error is None else str(outcome),
    )


def _in_our_words(attempt: Attempt, fault: Exception) -> Exception:
    """What a fault means that is none of a connector's, or that only our rows can judge."""
    if isinstance(fault, VaultClosed):
        return TokenInvalid(str(fault))
    if isinstance(fault, OperationalError | InterfaceError) and attempt.sent_at is None:
        return TransientError(f"Our own database had trouble before anything was sent: {fault}")
    if isinstance(fault, AddressMoved):
        return consequences.collision(fault, attempt.post.account) or fault
    return fault


def _kind(error: Exception) -> str:
    return error.kind if isinstance(error, ConnectorError) and error.kind in O.values else O.OUR_FAULT


@again
def _publish_all(asked: list[tuple[Attempt, Published, datetime]]) -> list[bool]:
    with transaction.atomic():
        _end([attempt for attempt, _, _ in asked], O.PUBLISHED, max(now for _, _, now in asked))
        moved = states.move_all(
            [
                states.Move(attempt.post, P.PUBLISHED, attempt.number, states.proof(result, now))
                for attempt, result, now in asked
            ]
        )
        for (attempt, _, now), on_time in zip(asked, moved, strict=True):
            if on_time and attempt.number > 1:
                alerts.resolve_post(attempt.post, now=now)
    return moved


_published = Together(_publish_all)


@again
def _went_wrong(attempt: Attempt, error: Exception, now: datetime, news: dict[str, object]) -> bool:
    post = attempt.post
    sent = attempt.sent_at is not None
    decision = retry.decide(
        error,
        failures=post.failures_in_row,
        sent=sent,
        ask_after=timedelta(seconds=settings.RECONCILE_AFTER),
        waited=post.waiting_since_at is not None,
    )
    fields = news | {
        "not_before": now + decision.wait,
        "failures_in_row": decision.failures,
        "error_kind": _kind(error),
        "error": accounts.words_of(error, post.account),
        "waiting_since_at": consequences.waiting_since(post, error, decision, now=now),
    }
    if isinstance(error, NotReady) and error.draft:
        fields["draft_ref"] = error.draft
    with transaction.atomic():
        # The account before its post, as whoever claims does: two transactions must not wait for each other.
        consequences.for_account(post.account, error, decision, now=now)
        _end([attempt], _kind(error), now, error=error)
        moved = states.move(post, decision.to, attempt=attempt.number, **fields)
        if moved:
            consequences.for_people(post, error, decision, now=now)
    return moved


@again
def _late(attempt: Attempt, result: Published | Exception, now: datetime) -> None:
    """The lease ran out under a live worker and somebody moved the post; what its answer proves still counts."""
    post = Post.objects.select_related("account").get(pk=attempt.post_id)
    newest = post.attempts_made == attempt.number
    if isinstance(result, Published):
        if post.status == P.PUBLISHED and post.external_id == result.external_id:
            return
        open_still = newest and post.status in (P.UNKNOWN, P.PENDING)
        if open_still and states.move(post, P.PUBLISHED, attempt=attempt.number, **states.proof(result, now)):
            alerts.resolve_post(post, now=now)
            return
        alerts.raise_for_post(
            Alert.Kind.DOUBLE_RISK, post, reason=f"A late answer says it is out as {result.external_id}.", now=now
        )
        return
    # A fault of ours, and an error of no kind that we know, prove nothing.
    surely_absent = _kind(result) != O.OUR_FAULT and not isinstance(result, OutcomeUnknown)
    if surely_absent and newest and post.status == P.UNKNOWN:
        states.move(post, P.PENDING, attempt=attempt.number, not_before=now, waiting_since_at=None)


def _end(attempts: list[Attempt], outcome: str, now: datetime, *, error: Exception | None = None) -> None:
    words = ""
    if error is not None:
        words = accounts.words_of(error, attempts[0].post.account, with_detail=True)
    Attempt.objects.filter(pk__in=[attempt.pk for attempt in attempts]).update(
        ended_at=now, outcome=outcome, http_status=getattr(error, "http_status", None), error=words
    )
