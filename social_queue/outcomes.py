"""How an attempt ended, written down once; and answers that come after somebody else has moved the post."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from connectors.base import Published
from connectors.errors import AddressMoved, ConnectorError, NotReady, OutcomeUnknown, RateLimited, TokenInvalid
from connectors.masking import mask
from social_queue import accounts, alerts, retry, states
from social_queue.deadlocks import again
from social_queue.models import Alert, Attempt, PlatformAccount, Post
from social_queue.vault import VaultClosed

logger = logging.getLogger("social_queue.outcomes")

P = Post.Status
O = Attempt.Outcome  # noqa: E741 - as in a table

#: Waiting that is nobody's failure becomes worth an alert after this long.
WAITING_LONG = timedelta(hours=1)


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


def record(attempt: Attempt, result: Published | Exception, *, now: datetime) -> Delivery:
    """Write down how ``attempt`` ended and move its post accordingly; ``attempt.post`` is the post as claimed."""
    if isinstance(result, Published):
        outcome, error = O.PUBLISHED, None
        on_time = _published(attempt, result, now)
    else:
        error = TokenInvalid(str(result)) if isinstance(result, VaultClosed) else result
        outcome = getattr(error, "kind", O.OUR_FAULT)
        on_time = _went_wrong(attempt, error, now)
    if not on_time:
        _late(attempt, result, now)
    post = attempt.post
    logger.info(
        "post %s on %s: attempt %s %s%s",
        post.pk,
        post.account.slug,
        attempt.number,
        outcome,
        f": {mask(str(error))}" if error else "",
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


@again
def _published(attempt: Attempt, result: Published, now: datetime) -> bool:
    post = attempt.post
    with transaction.atomic():
        _end(attempt, O.PUBLISHED, now)
        moved = states.move(post, P.PUBLISHED, attempt=attempt.number, **proof(result, now))
    if moved and attempt.number > 1:
        alerts.resolve_post(post, now=now)
    return moved


@again
def _went_wrong(attempt: Attempt, error: Exception, now: datetime) -> bool:
    post = attempt.post
    sent = attempt.sent_at is not None
    decision = retry.decide(
        error, failures=post.failures_in_row, sent=sent, ask_after=timedelta(seconds=settings.RECONCILE_AFTER)
    )
    waits = decision.to == P.UNKNOWN or isinstance(error, RateLimited | NotReady)
    fields = {
        "not_before": now + decision.wait,
        "failures_in_row": decision.failures,
        "error_kind": getattr(error, "kind", O.OUR_FAULT),
        "error": mask(str(error) or type(error).__name__),
        "waiting_since_at": (post.waiting_since_at or now) if waits else None,
    }
    if isinstance(error, NotReady) and error.draft:
        fields["draft_ref"] = error.draft
    with transaction.atomic():
        _end(attempt, getattr(error, "kind", O.OUR_FAULT), now, error=error)
        moved = states.move(post, decision.to, attempt=attempt.number, **fields)
        tell_account(post.account_id, error, decision, now=now)
        if moved:
            _tell_human(post, error, decision, now)
    return moved


def tell_account(account_id: int, error: Exception, decision: retry.Decision, *, now: datetime) -> None:
    """What an error means for the account as a whole: it rests, stops, or lives somewhere else now."""
    if decision.account_rests:
        accounts.wait_until(account_id, now + decision.wait)
    if decision.account:
        accounts.stop(account_id, decision.account, mask(str(error)))
    if isinstance(error, AddressMoved):
        PlatformAccount.objects.filter(pk=account_id).update(address=error.new_address)


def _tell_human(post: Post, error: Exception, decision: retry.Decision, now: datetime) -> None:
    if decision.alert:
        alerts.raise_for_post(decision.alert, post, reason=mask(str(error)), now=now)
    waited = post.waiting_since_at and now - post.waiting_since_at >= WAITING_LONG
    if waited and isinstance(error, RateLimited | NotReady):
        alerts.raise_for_post(Alert.Kind.WAITING_LONG, post, reason=mask(str(error)), now=now)


@again
def _late(attempt: Attempt, result: Published | Exception, now: datetime) -> None:
    """The lease ran out under a live worker and somebody moved the post; what its answer proves still counts."""
    post = Post.objects.select_related("account").get(pk=attempt.post_id)
    newest = post.attempts_made == attempt.number
    if isinstance(result, Published):
        if post.status == P.PUBLISHED and post.external_id == result.external_id:
            return
        open_still = newest and post.status in (P.UNKNOWN, P.PENDING)
        if open_still and states.move(post, P.PUBLISHED, attempt=attempt.number, **proof(result, now)):
            alerts.resolve_post(post, now=now)
            return
        alerts.raise_for_post(
            Alert.Kind.DOUBLE_RISK, post, reason=f"A late answer says it is out as {result.external_id}.", now=now
        )
        return
    surely_absent = isinstance(result, ConnectorError) and not isinstance(result, OutcomeUnknown)
    if surely_absent and newest and post.status == P.UNKNOWN:
        states.move(post, P.PENDING, attempt=attempt.number, not_before=now, waiting_since_at=None)


def _end(attempt: Attempt, outcome: str, now: datetime, *, error: Exception | None = None) -> None:
    words = ""
    if error is not None:
        detail = getattr(error, "detail", "")
        words = mask(f"{error}\n{detail}".strip() or type(error).__name__)
    Attempt.objects.filter(pk=attempt.pk).update(
        ended_at=now, outcome=outcome, http_status=getattr(error, "http_status", None), error=words
    )


def proof(result: Published, now: datetime) -> dict:
    """The columns of a post that is out."""
    return {
        "external_id": result.external_id,
        "permalink": result.permalink,
        "published_at": now,
        "failures_in_row": 0,
        "error_kind": "",
        "error": "",
        "waiting_since_at": None,
    }
