"""Telling a human once: an alert is a row while its problem lasts, and a Telegram message when it starts and ends."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

import connectors
from connectors.base import Connector
from social_queue import kept
from social_queue.models import Alert, AlertKind, PlatformAccount, Post

logger = logging.getLogger(__name__)


#: Problems of an account as a whole; all others are about one post.
_ABOUT_ACCOUNTS = {AlertKind.TOKEN_INVALID, AlertKind.TOKEN_EXPIRING, AlertKind.ACCOUNT_BLOCKED}
#: A later problem of the same post or account that replaces an earlier one without a "resolved".
_SUPERSEDES: dict[str, tuple[str, ...]] = {
    AlertKind.GIVEN_UP: (AlertKind.FAILING, AlertKind.WAITING_LONG),
    AlertKind.REJECTED: (AlertKind.FAILING, AlertKind.WAITING_LONG),
    AlertKind.TOKEN_INVALID: (AlertKind.TOKEN_EXPIRING,),
}


def raise_alert(
    kind: str,
    *,
    about: str,
    reason: str,
    now: datetime,
    account: PlatformAccount | None = None,
    post: Post | None = None,
) -> Alert | None:
    """Open an alert about ``about`` ("account:4", "source:shop"), or None when one is open already.

    The text comes from templates/alerts/<kind>.txt. Without a bot token it is only logged.
    """
    key = f"{kind}:{about}"
    text = _text(kind, reason, account, post)
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                kind=kind,
                open_key=key,
                account=account,
                post=post,
                text=text,
                raised_at=now,
                tell_not_before=now if can_tell() else None,
            )
    except IntegrityError:
        Alert.objects.filter(open_key=key).update(occurrences=F("occurrences") + 1)
        return None
    for older in _SUPERSEDES.get(kind, ()):
        _close(Alert.objects.filter(open_key=f"{older}:{about}"), now=now, tell=False)
    logger.error("alert %s (%s): %s", alert.pk, kind, text.replace("\n", " "), extra=_marks(alert))
    return alert


def keep(kind: str, *, about: str, reason: str, now: datetime) -> None:
    """Open an alert, or let the open one say how things stand by now; a message already sent is corrected."""
    alert = Alert.objects.filter(open_key=f"{kind}:{about}").first()
    if alert is None:
        raise_alert(kind, about=about, reason=reason, now=now)
        return
    changes: dict[str, object] = {"text": _text(kind, reason, None, None), "occurrences": F("occurrences") + 1}
    if alert.sent_at is not None and changes["text"] != alert.text and can_tell():
        changes["tell_not_before"] = now
    Alert.objects.filter(pk=alert.pk, open_key=alert.open_key).update(**changes)


def raise_for_post(kind: str, post: Post, *, reason: str, now: datetime) -> Alert | None:
    """An alert that a post met: about its account when the whole account is concerned, else about the post itself."""
    about = f"account:{post.account_id}" if kind in _ABOUT_ACCOUNTS else f"post:{post.pk}"
    return raise_alert(kind, about=about, reason=reason, now=now, account=post.account, post=post)


def raise_for_account(kind: str, account: PlatformAccount, *, reason: str, now: datetime) -> Alert | None:
    """An alert about an account that no particular post met."""
    return raise_alert(kind, about=f"account:{account.pk}", reason=reason, now=now, account=account)


def resolve_post(post: Post, *, now: datetime) -> int:
    """The post is out or given up by a human: whatever was wrong with it is over. Returns how many alerts ended."""
    keys = [f"{kind}:post:{post.pk}" for kind in AlertKind.values if kind not in _ABOUT_ACCOUNTS]
    return _close(Alert.objects.filter(open_key__in=keys), now=now)


def resolve_posts(posts: Sequence[Post], *, now: datetime) -> int:
    """The same for many posts; few of them have an alert, so those are looked up first."""
    numbers = [post.pk for post in posts]
    troubled = Alert.objects.filter(post__in=numbers, resolved_at=None).values_list("post", flat=True).distinct()
    keys = [f"{kind}:post:{pk}" for pk in troubled for kind in AlertKind.values if kind not in _ABOUT_ACCOUNTS]
    if not keys:
        return 0
    about = Alert.objects.filter(open_key__in=keys)
    quiet = about.filter(sent_at=None).update(open_key=None, resolved_at=now, tell_not_before=None)
    return quiet + _close(about, now=now)


def resolve_account(account: PlatformAccount, *, now: datetime, kinds: tuple[str, ...] = tuple(_ABOUT_ACCOUNTS)) -> int:
    """The account works again. Returns how many alerts ended."""
    return _close(Alert.objects.filter(open_key__in=[f"{kind}:account:{account.pk}" for kind in kinds]), now=now)


def resolve(kind: str, *, about: str, now: datetime, quietly: bool = False) -> int:
    """The problem about ``about`` is over. Returns 1 when an alert was open, else 0."""
    return _close(_open(key=f"{kind}:{about}"), now=now, tell=not quietly)


def can_tell() -> bool:
    """Is there somebody to tell?"""
    return bool(settings.TELEGRAM_ALERT_BOT_TOKEN and settings.TELEGRAM_ALERT_CHAT_ID)


@kept.rows
def _open(*, key: str) -> QuerySet[Alert]:
    return Alert.objects.filter(open_key=key)


def _close(rows: Iterable[Alert], *, now: datetime, tell: bool = True) -> int:
    """End open alerts; those that were sent get one "resolved", the others go quietly."""
    ended = 0
    for alert in rows:
        was_sent = alert.sent_at is not None
        changes = {
            "open_key": None,
            "resolved_at": now,
            "tell_not_before": now if was_sent and tell and can_tell() else None,
        }
        if Alert.objects.filter(pk=alert.pk, open_key=alert.open_key).update(**changes):
            ended += 1
            logger.info("alert %s (%s) resolved", alert.pk, alert.kind, extra=_marks(alert))
    return ended


def _marks(alert: Alert) -> dict[str, object]:
    """What a log line about it carries."""
    marks: dict[str, object] = {"alert": alert.pk}
    return marks | ({"post": alert.post_id} if alert.post_id else {})


def _text(kind: str, reason: str, account: PlatformAccount | None, post: Post | None) -> str:
    return render_to_string(f"alerts/{kind}.txt", _context(reason, account, post)).strip()


def _context(reason: str, account: PlatformAccount | None, post: Post | None) -> dict:
    context = {"reason": reason, "account": account, "post": post, "site": settings.PUBLIC_BASE_URL}
    if post is not None:
        context["item"] = post.item
        context["where_to_look"] = getattr(_connector(post.platform), "where_to_look", "")
        context["page"] = settings.PUBLIC_BASE_URL + reverse("admin:queue_post_change", args=[post.pk])
    elif account is not None:
        context["page"] = settings.PUBLIC_BASE_URL + reverse("admin:queue_platformaccount_change", args=[account.pk])
    if account is not None:
        context["platform_label"] = getattr(_connector(account.platform), "label", account.platform)
    return context


def _connector(platform: str) -> type[Connector] | None:
    """None when its module was taken away: of that, too, a human must hear."""
    return connectors.get(platform) if platform in connectors.names() else None
