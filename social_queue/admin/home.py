"""The first page: what needs a human now, what is coming, what went out today."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from social_queue.admin.accounts.page import ending_soon
from social_queue.admin.menu import few, waiting_accounts
from social_queue.admin.pieces import looks, sight
from social_queue.admin.pieces.typed import person
from social_queue.admin.posts import troubles
from social_queue.models import AccountStatus, Alert, PlatformAccount, Post, PostStatus, QueueItem
from social_queue.upkeep import health

_ROWS = 8


def dashboard(request: HttpRequest, context: dict) -> dict:
    """What templates/admin/index.html shows; a dozen small queries, each by an index."""
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    out = Post.objects.filter(published_at__gte=today)
    page = {
        "title": _("Today"),
        "tiles": _tiles(now, out),
        "needy": _needy(),
        "accounts": _accounts_in_need(now),
        "alerts": _other_alerts(),
        "coming": _posts(Post.objects.filter(status=PostStatus.PENDING).order_by("not_before", "id")),
        "gone_out": _posts(out.order_by("-published_at", "-id")),
        "silence": _silence(now),
        "nothing_yet": not PlatformAccount.objects.exists(),
    }
    return context | sight.limited_to(person(request), page)


def _posts(rows: QuerySet) -> list[dict]:
    found = rows.select_related("item", "account")[:_ROWS]
    return [
        {
            "post": post,
            "chip": looks.status_chip(post),
            "when": looks.moment(post.published_at or post.not_before),
            "platform": looks.platform_label(post.platform),
            "trouble": troubles.in_short(post, 160) if post.error else "",
        }
        for post in found
    ]


def _needy() -> list[dict]:
    rows = _posts(health.undecided().order_by("not_before", "id"))
    return rows + _posts(Post.objects.filter(status=PostStatus.FAILED).order_by("-not_before", "-id"))


def _other_alerts():
    """Open alerts about what is not in the list above them already."""
    still_open = Alert.objects.filter(resolved_at=None).exclude(
        post__status__in=[PostStatus.FAILED, PostStatus.UNKNOWN]
    )
    return still_open.exclude(post=None, account__in=waiting_accounts()).order_by("-raised_at", "-id")[:5]


def _accounts_in_need(now: datetime) -> list[dict]:
    stopped = [
        {"account": row, "why": troubles.with_details(troubles.of_account(row), row.last_error, 160)}
        for row in waiting_accounts()
    ]
    soon = PlatformAccount.objects.filter(status__in=[AccountStatus.ACTIVE, AccountStatus.PAUSED])
    ending = [{"account": row, "why": said} for row in soon for said in ending_soon(row)]
    chips = [looks.status_chip(row["account"]) for row in stopped] + [looks.chip(_("token ends"), "care")] * len(ending)
    return [row | {"chip": chip} for row, chip in zip(stopped + ending, chips, strict=True)]


def _tiles(now: datetime, out: QuerySet) -> list[dict]:
    posts, items = reverse("admin:queue_post_changelist"), reverse("admin:queue_queueitem_changelist")
    alerts, places = reverse("admin:queue_alert_changelist"), reverse("admin:queue_platformaccount_changelist")
    drafts = QueueItem.objects.filter(status=QueueItem.Status.DRAFT)
    needy = len(_accounts_in_need(now))
    return [
        _tile(_("failed"), few(Post.objects.filter(status=PostStatus.FAILED)), f"{posts}?status__exact=failed", "bad"),
        _tile(_("undecided"), few(health.undecided()), f"{posts}?status__exact=unknown", "care"),
        _tile(_("overdue"), few(health.late(now)), f"{posts}?status__exact=pending", "bad"),
        _tile(_("accounts in need"), needy, places, "care"),
        _tile(_("open alerts"), few(Alert.objects.filter(resolved_at=None)), f"{alerts}?open=1", "bad"),
        _tile(_("drafts to approve"), few(drafts), f"{items}?status__exact=draft", "busy"),
        _tile(_("out today"), out.order_by().values("pk")[:10_000].count(), posts, "good"),
    ]


def _tile(label: str, count: int, link: str, tone: str) -> dict:
    return {"label": label, "count": count, "link": link, "tone": tone, "lit": count > 0}


def _silence(now: datetime) -> str:
    """A sentence when no worker has shown itself for minutes."""
    last = health.last_tick()
    if last is None:
        return _("No worker has run here yet, so nothing is being published. Start one with `manage.py qcluster`.")
    if health.silent(now):
        said = _("The last sign of a worker came %(when)s; nothing is being published. Start it again.")
        return said % {"when": looks.distance(last)}
    silent = health.silent_clusters(now)
    said = _("The workers of %(hosts)s show no sign of life; others go on publishing. Restart them there.")
    return said % {"hosts": ", ".join(silent)} if silent else ""
