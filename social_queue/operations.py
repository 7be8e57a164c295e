"""What people may do: approve, retry, requeue, reschedule, cancel, send a skipped item, settle an undecided post."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from connectors.base import Published
from social_queue import accounts, alerts, ingest, kick, reconcile, states
from social_queue.deadlocks import again
from social_queue.models import Attempt, PlatformAccount, Post, QueueItem
from social_queue.tally import Done

P, Q = Post.Status, QueueItem.Status


def retry(posts: Iterable[Post], *, now: datetime) -> Done:
    """Failed posts are tried again now, worded afresh, with their failures forgotten."""
    return _each(posts, lambda post: _retry(post, now), now)


def requeue_now(posts: Iterable[Post], *, now: datetime) -> Done:
    """Pending posts are due now, failed ones too; what is out, in flight or undecided stays."""
    return _each(posts, lambda post: _retry(post, now) if post.status == P.FAILED else _hurry(post, now), now)


def cancel(posts: Iterable[Post], *, now: datetime) -> Done:
    """Pending, failed and undecided posts will not go out."""
    return _each(posts, lambda post: _cancel(post, now), now)


def cancel_item(item: QueueItem, *, now: datetime) -> Done:
    """All of an item that may still be cancelled; a draft or skipped item itself."""
    if item.status in (Q.DRAFT, Q.SKIPPED):
        return Done(taken=int(states.mark_item(item, Q.CANCELLED, expected=item.status)))
    return cancel(_posts_of(item), now=now)


def retry_item(item: QueueItem, *, now: datetime) -> Done:
    """All failed posts of an item."""
    return retry(_posts_of(item), now=now)


def requeue_item(item: QueueItem, *, now: datetime) -> Done:
    """All of an item that is pending or failed is due now."""
    return requeue_now(_posts_of(item), now=now)


@again
def reschedule(item: QueueItem, publish_at: datetime, *, now: datetime) -> Done:
    """Move what has not been claimed yet to another time."""
    moment = max(publish_at, now)
    done = Done()
    with transaction.atomic():
        QueueItem.objects.select_for_update().get(pk=item.pk)
        posts = list(_posts_of(item))
        for post in posts:
            rows = Post.objects.filter(pk=post.pk, status=P.PENDING, attempts_made=0)
            done.add("" if rows.update(not_before=moment) else _is(post))
        if done.taken or not posts:
            QueueItem.objects.filter(pk=item.pk).update(publish_at=moment)
            item.publish_at = moment
            done.taken = done.taken or 1
    kick.kick_if_due(moment, now=now)
    return done


@again
def approve(item: QueueItem, *, now: datetime) -> Done:
    """A draft becomes ready and gets its posts. Raises accounts.UnknownChannels when it has nowhere to go."""
    return _release(item, Q.DRAFT, now)


@again
def send_anyway(item: QueueItem, *, now: datetime) -> Done:
    """A skipped item goes out although it repeats another. Raises accounts.UnknownChannels."""
    return _release(item, Q.SKIPPED, now)


@again
def confirm_published(post: Post, *, now: datetime, external_id: str = "", permalink: str = "") -> bool:
    """“I can see it”: an undecided post is out. Without an id, one says that a human saw it."""
    if post.status != P.UNKNOWN:
        return False
    seen = Published(external_id or f"seen-{post.code}", permalink)
    return reconcile.found_out(post, seen, now=now) == P.PUBLISHED


@again
def deny_published(post: Post, *, now: datetime) -> bool:
    """“It is not there, send it”: an undecided post is sent again, its failures forgotten."""
    if post.status != P.UNKNOWN:
        return False
    with transaction.atomic():
        fields = {"not_before": now, "failures_in_row": 0, "waiting_since_at": None, "error": ""}
        moved = states.move(post, P.PENDING, attempt=post.attempts_made, **fields)
        if moved:
            alerts.resolve_post(post, now=now)
    kick.kick_if_due(now, now=now)
    return moved


def resume_account(account: PlatformAccount, *, now: datetime) -> bool:
    """Let an account post again, whatever stopped it, at once what met a limit too; its alerts end."""
    changed = accounts.resume(account)
    limited = Post.objects.filter(account=account, status=P.PENDING, not_before__gt=now)
    limited.filter(error_kind=Attempt.Outcome.RATE_LIMITED).update(not_before=now)
    alerts.resolve_account(account, now=now)
    kick.kick_if_due(now, now=now)
    return changed


def _each(posts: Iterable[Post], act: Callable[[Post], str], now: datetime) -> Done:
    done = Done()
    for post in posts:
        done.add(act(post))
    if done.taken:
        kick.kick_if_due(now, now=now)
    return done


@again
def _retry(post: Post, now: datetime) -> str:
    if post.status != P.FAILED:
        return _("is %(status)s, not failed") % {"status": post.get_status_display()}
    fields = {"not_before": now, "failures_in_row": 0, "waiting_since_at": None, "error": "", "error_kind": ""}
    # Whoever retries has usually changed a template, the item or the account: link, draft and caption are made afresh.
    fields |= {"draft_ref": "", "short_link": "", "tracked_url": ""}
    if not post.caption_edited:
        fields["caption"] = ""
    with transaction.atomic():
        if not states.move(post, P.PENDING, attempt=post.attempts_made, **fields):
            return _("was changed meanwhile")
        alerts.resolve_post(post, now=now)
    return ""


def _hurry(post: Post, now: datetime) -> str:
    if post.status != P.PENDING:
        return _is(post)
    rows = Post.objects.filter(pk=post.pk, status=P.PENDING, attempts_made=post.attempts_made)
    return "" if rows.update(not_before=now) else _("was changed meanwhile")


@again
def _cancel(post: Post, now: datetime) -> str:
    if (post.status, P.CANCELLED) not in states.ARROWS:
        return _is(post)
    with transaction.atomic():
        if not states.move(post, P.CANCELLED, attempt=post.attempts_made):
            return _("was changed meanwhile")
        alerts.resolve_post(post, now=now)
    return ""


def _release(item: QueueItem, expected: str, now: datetime) -> Done:
    with transaction.atomic():
        moment = max(item.publish_at, now)
        if not states.mark_item(item, Q.READY, expected=expected, publish_at=moment, skip_reason=""):
            return Done(skipped=Counter({_("is not %(status)s any more") % {"status": Q(expected).label}: 1}))
        item.publish_at = moment
        ingest.create_posts(item, now=now)
    kick.kick_if_due(moment, now=now)
    return Done(taken=1)


def _is(post: Post) -> str:
    return _("is %(status)s") % {"status": post.get_status_display()}


def _posts_of(item: QueueItem):
    return Post.objects.filter(item=item).select_related("item", "account").order_by("pk")
