"""The first page: what needs a human now, the next day and yesterday, what is coming and what went out."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from social_queue.admin import badges, live
from social_queue.admin.badges import few
from social_queue.admin.pieces import looks, sight
from social_queue.admin.pieces.typed import person
from social_queue.admin.posts import troubles
from social_queue.admin.today import causes, days, first_steps, strip
from social_queue.models import PlatformAccount, Post, PostStatus
from social_queue.upkeep import health

_ROWS = 8
#: The parts of the page that make it another one.
_STAMPED = ("tiles", "causes", "strip", "figures", "steps", "coming", "gone_out", "silence")


def dashboard(request: HttpRequest, context: dict) -> dict:
    """What templates/admin/index.html shows; small queries, each by an index."""
    now, user = timezone.now(), person(request)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    out = Post.objects.filter(published_at__gte=today)
    sees_posts = user.has_perm("queue.view_post")
    page = {
        "title": _("Today"),
        "tiles": _tiles(now, out),
        "causes": causes.all_of(now, user),
        "may_retry": user.has_perm("queue.change_post"),
        "strip": strip.of_the_day(now) if sees_posts else {},
        "figures": days.figures() if sees_posts else [],
        "steps": first_steps.left(user),
        "coming": _posts(Post.objects.filter(status=PostStatus.PENDING).order_by("not_before", "id")),
        "gone_out": _posts(out.order_by("-published_at", "-id")),
        "silence": _silence(now),
        "pulse": _pulse(),
        "nothing_yet": not PlatformAccount.objects.exists(),
    }
    return context | sight.limited_to(user, page)


def today(request: HttpRequest) -> HttpResponse:
    """The first page, or that it is still what a browser shows that has it open."""
    if live.is_asked(request):
        live.quiet(request)
    page = admin.site.index(request)
    shown = page.context_data or {}
    shown["stamp"] = live.stamp_of({name: shown[name] for name in _STAMPED})
    return live.answer(request, shown["stamp"], lambda: page)


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


def _tiles(now: datetime, out: QuerySet) -> list[dict]:
    posts = reverse("admin:queue_post_changelist")
    alerts, places = reverse("admin:queue_alert_changelist"), reverse("admin:queue_platformaccount_changelist")
    return [
        _tile(_("failed"), badges.failed(), f"{posts}?status__exact=failed", "bad"),
        _tile(_("undecided"), few(health.undecided()), f"{posts}?status__exact=unknown", "care"),
        _tile(_("overdue"), few(health.late(now)), f"{posts}?status__exact=pending", "bad"),
        _tile(_("accounts in need"), badges.accounts_in_need(), places, "care"),
        _tile(_("open alerts"), badges.open_alerts(), f"{alerts}?open=1", "bad"),
        _tile(_("drafts to approve"), badges.to_approve(), reverse("review"), "busy"),
        _tile(_("out today"), out.order_by().values("pk")[:10_000].count(), posts, "good"),
    ]


def _tile(label: str, count: int, link: str, tone: str) -> dict:
    return {"label": label, "count": count, "link": link, "tone": tone, "lit": count > 0}


def _pulse() -> str:
    """When something last came from those who publish."""
    last = health.last_tick()
    return _("Last sign of life: %(when)s.") % {"when": looks.distance(last)} if last else ""


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
