"""What a failed try means beyond its post: for the account, and for the people who should hear of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from connectors.errors import AccountBlocked, AddressMoved, ConnectorError, NotReady, RateLimited
from social_queue.accounts import speaking, standing
from social_queue.alerts import ledger
from social_queue.delivery.retry import Decision
from social_queue.models import Alert, Attempt, Part, PlatformAccount, Post
from social_queue.workings import heartbeat

#: Waiting that is nobody's failure becomes worth an alert after this long.
WAITING_LONG = timedelta(hours=1)


def kind_of(error: Exception) -> str:
    """The outcome that an error stands for; whatever is none of a connector's, or of no kind we know, is our fault."""
    if isinstance(error, ConnectorError) and error.kind in Attempt.Outcome.values:
        return error.kind
    return Attempt.Outcome.OUR_FAULT


def as_of_now(account: PlatformAccount, decision: Decision) -> Decision:
    """In the transaction that writes it down, before its post: what a refusal of other credentials comes to.

    An account that was connected anew while the answer was under way goes on, and the next try goes out with what it
    has now.
    """
    if decision.account and speaking.is_outdated(account):
        return replace(decision, account="", alert="")
    return decision


def for_account(account: PlatformAccount, error: Exception, decision: Decision, *, now: datetime) -> None:
    """Apply an error to the account as a whole: it waits, is stopped, or gets its new address."""
    if decision.account_rests:
        standing.wait_until(account.pk, now + decision.wait)
    if decision.account:
        standing.stop(account.pk, decision.account, speaking.words_of(error, account))
    if isinstance(error, AddressMoved):
        PlatformAccount.objects.filter(pk=account.pk).update(address=error.new_address)


def for_people(post: Post, error: Exception, decision: Decision, *, now: datetime) -> None:
    """The alert that the decision asks for, and one for a post that has been waiting for over an hour."""
    reason = speaking.words_of(error, post.account)
    if decision.alert:
        ledger.raise_for_post(decision.alert, post, reason=reason, now=now)
    waited = post.waiting_since_at and now - post.waiting_since_at >= WAITING_LONG
    if waited and isinstance(error, RateLimited | NotReady):
        ledger.raise_for_post(Alert.Kind.WAITING_LONG, post, reason=reason, now=now)


def waiting_since(post: Post | Part, error: Exception, decision: Decision, *, now: datetime) -> datetime | None:
    """``waiting_since_at``: now for an unknown post, kept while it waits for a limit or a draft, else None.

    Whoever asks about it reckons from it when a person is to hear of it, or the account has it sent again.
    """
    if decision.to == Post.Status.UNKNOWN:
        return heartbeat.latest(now)
    return (post.waiting_since_at or now) if isinstance(error, RateLimited | NotReady) else None


def due(held: Post | Part, decision: Decision, *, now: datetime) -> datetime | None:
    """Its ``not_before``. What may be out is asked about by whichever host comes first, so by no clock too early."""
    if decision.keeps_place:
        return held.not_before
    return (heartbeat.latest(now) if decision.to == Post.Status.UNKNOWN else now) + decision.wait


def long_waits(now: datetime) -> int:
    """Raise the alert for posts that wait for a limit which lasts longer than an hour: nobody tries them meanwhile."""
    resting = PlatformAccount.objects.filter(paused_until__gt=now).values_list("pk", flat=True)
    alerted = Alert.objects.filter(post=OuterRef("pk"), kind=Alert.Kind.WAITING_LONG, open_key__isnull=False)
    waiting = Post.objects.filter(
        account__in=list(resting), status=Post.Status.PENDING, waiting_since_at__lte=now - WAITING_LONG
    ).exclude(Exists(alerted))
    posts = list(waiting.select_related("item", "account")[:100])
    for post in posts:
        ledger.raise_for_post(Alert.Kind.WAITING_LONG, post, reason=post.error, now=now)
    return len(posts)


def collision(error: AddressMoved, account: PlatformAccount) -> AccountBlocked | None:
    """AccountBlocked when another account has the new address already, since a human must choose; else None."""
    there = PlatformAccount.objects.filter(platform=account.platform, address=error.new_address).first()
    if there is None:
        return None
    return AccountBlocked(f"{error} {there.slug} posts there already: remove one of the two.", reason="setup")
