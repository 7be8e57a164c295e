"""What needs a human, by cause: one line for what can be mended together, with the button that does it."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from social_queue.access import roles
from social_queue.admin import badges
from social_queue.admin.accounts.page import ending_soon
from social_queue.admin.badges import few, waiting_accounts
from social_queue.admin.pieces import looks
from social_queue.admin.posts import troubles
from social_queue.models import AccountStatus, Alert, PlatformAccount, Post, PostStatus
from social_queue.upkeep import health

#: So many of the newest failed posts are put together; a desk with more has another trouble first.
_NEWEST = 300
_ENOUGH = 100


@dataclass(frozen=True)
class Cause:
    """``table``: whose rights decide who sees it. ``rows``: the posts that its button tries again, for all at once.

    ``mends``: the permission without which its button would lead to a page where nothing can be done.
    """

    kind: str
    table: str
    tone: str
    words: str
    link: str
    count: int = 1
    detail: str = ""
    button: str = ""
    rows: tuple[int, ...] = ()
    mends: str = ""


def all_of(now: datetime, user: User) -> list[Cause]:
    """The worst first; each is one query or two, by an index."""
    found = [*_accounts(), *_failed(), *_undecided(), *_late(now), *_drafts(), *_alerts()]
    seen = [cause for cause in found if user.has_perm(f"queue.view_{cause.table}")]
    return [cause if not cause.mends or user.has_perm(cause.mends) else replace(cause, button="") for cause in seen]


def _accounts() -> list[Cause]:
    return [
        *(_stopped(account) for account in waiting_accounts()),
        *(
            Cause("token", "platformaccount", "care", account.slug, looks.address(account), detail=said)
            for account in PlatformAccount.objects.filter(status__in=[AccountStatus.ACTIVE, AccountStatus.PAUSED])
            for said in ending_soon(account)
        ),
    ]


def _stopped(account: PlatformAccount) -> Cause:
    waiting = few(Post.objects.filter(account=account, status=PostStatus.PENDING))
    told = ngettext("%(slug)s: %(count)s post waits.", "%(slug)s: %(count)s posts wait.", waiting)
    words = told % {"slug": account.slug, "count": _upto(waiting)} if waiting else account.slug
    needs_token = account.status == AccountStatus.NEEDS_TOKEN
    return Cause(
        "token" if needs_token else "blocked",
        "platformaccount",
        "bad",
        words,
        looks.address(account),
        count=max(waiting, 1),
        detail=troubles.with_details(troubles.of_account(account), account.last_error, 160),
        button=_("Put in a new token") if needs_token else _("Open the account"),
        mends="queue.change_platformaccount" if needs_token else "",
    )


def _failed() -> list[Cause]:
    newest = Post.objects.filter(status=PostStatus.FAILED).order_by("-id").select_related("item")
    columns = ("platform", "error_kind", "error", "status", "item__title")
    groups: dict[tuple, list[Post]] = defaultdict(list)
    for post in newest.only(*columns)[:_NEWEST]:
        # What differs from post to post in one refusal is a number, an id or a moment.
        groups[post.platform, post.error_kind, re.sub(r"\d+", "#", post.error)[:120]].append(post)
    return [_refusal(posts) for posts in sorted(groups.values(), key=len, reverse=True)[:8]]


def _refusal(posts: list[Post]) -> Cause:
    first, count = posts[0], len(posts)
    told = ngettext("%(count)d post failed on %(platform)s", "%(count)d posts failed on %(platform)s", count)
    words = told % {"count": count, "platform": looks.platform_label(first.platform)}
    more = ngettext("and %(counter)s more", "and %(counter)s more", count - 1) % {"counter": count - 1}
    title = first.item.title if count == 1 else f"{first.item.title}, {more}"
    everywhere = f"{reverse('admin:queue_post_changelist')}?status__exact=failed&platform__exact={first.platform}"
    return Cause(
        first.error_kind or "failed",
        "post",
        "bad",
        f"{words}: {title}",
        looks.address(first) if count == 1 else everywhere,
        count=count,
        detail=troubles.in_short(first, 160),
        button=_("Retry") if count == 1 else _("Retry all %(count)d") % {"count": count},
        rows=tuple(post.pk for post in posts),
    )


def _undecided() -> list[Cause]:
    rows = health.undecided().order_by("id").select_related("item").only("platform", "status", "item__title")
    found: dict[str, list[Post]] = defaultdict(list)
    for post in rows[:_ENOUGH]:
        found[post.platform].append(post)
    every = f"{reverse('admin:queue_post_changelist')}?status__exact=unknown"
    causes = []
    for platform, posts in found.items():
        count = len(posts)
        told = ngettext("%(count)d undecided post on %(platform)s", "%(count)d undecided posts on %(platform)s", count)
        words = told % {"count": count, "platform": looks.platform_label(platform)}
        link = looks.address(posts[0]) if count == 1 else f"{every}&platform__exact={platform}"
        detail = _("Look whether it is there: nobody else can tell.")
        causes.append(
            Cause("undecided", "post", "care", f"{words}: {posts[0].item.title}", link, count, detail, _("Look"))
        )
    return causes


def _late(now: datetime) -> list[Cause]:
    late = few(health.late(now))
    if not late:
        return []
    told = ngettext("%(count)s post is overdue", "%(count)s posts are overdue", late) % {"count": _upto(late)}
    link = f"{reverse('admin:queue_post_changelist')}?status__exact=pending"
    return [Cause("late", "post", "bad", told, link, late, _("No worker takes them, or too few do."))]


def _drafts() -> list[Cause]:
    waiting = badges.to_approve()
    if not waiting:
        return []
    told = ngettext("%(count)s draft waits for approval", "%(count)s drafts wait for approval", waiting)
    words = told % {"count": _upto(waiting)}
    where, act = reverse("review"), _("Review")
    return [Cause("drafts", "queueitem", "busy", words, where, waiting, button=act, mends=roles.APPROVE)]


def _alerts() -> list[Cause]:
    """Open ones about what has no line of its own above."""
    still_open = Alert.objects.filter(resolved_at=None).exclude(
        post__status__in=[PostStatus.FAILED, PostStatus.UNKNOWN]
    )
    others = still_open.exclude(post=None, account__in=waiting_accounts()).order_by("-raised_at", "-id")[:_ENOUGH]
    groups: dict[str, list[Alert]] = defaultdict(list)
    for alert in others:
        groups[alert.kind].append(alert)
    every = reverse("admin:queue_alert_changelist")
    return [_alert(alerts, every) for alerts in list(groups.values())[:6]]


def _alert(alerts: list[Alert], every: str) -> Cause:
    first, count = alerts[0], len(alerts)
    words = first.get_kind_display() if count == 1 else f"{count} × {first.get_kind_display()}"
    link = looks.address(first) if count == 1 else f"{every}?open=1"
    detail = troubles.with_details("", first.text, 160)
    return Cause(first.kind, "alert", "bad", words, link, count, detail=detail)


def _upto(count: int) -> str:
    return "99+" if count >= _ENOUGH else str(count)
