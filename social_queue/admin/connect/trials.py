"""A test post to one account: sent by a button, shown with its address, and how to take it back."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

import connectors
from social_queue.admin import live
from social_queue.admin.acts import once
from social_queue.admin.connect.guard import page
from social_queue.admin.pieces import looks
from social_queue.admin.posts import advice, troubles
from social_queue.models import PlatformAccount, Post, PostStatus
from social_queue.operations import trial_posts
from social_queue.operations.recalling import asking
from social_queue.upkeep import health


@require_POST
def send(request: HttpRequest, account: int) -> HttpResponse:
    """Queue one for each page whose button was pressed, however often it was."""
    row = get_object_or_404(PlatformAccount, pk=account)
    return sent(request, row, back=reverse("connect-done"))


def sent(request: HttpRequest, row: PlatformAccount, *, back: str) -> HttpResponse:
    """On to the page that shows the test post; ``back`` is for one that could not be made."""
    word = once.key(request)
    # All test posts have one source, so the key says whose page it was.
    post = trial_posts.send(row, now=timezone.now(), key=f"{request.user.pk}:{word}" if word else None)
    if post is None:
        messages.error(request, _("No test post could be made for %(account)s.") % {"account": row.slug})
        return redirect(back)
    return redirect("connect-tested", row.pk, post.pk)


def show(request: HttpRequest, account: int, post: int) -> HttpResponse:
    """Where it is by now."""
    row = _test_post(account, post)
    waits = row.status in (PostStatus.PENDING, PostStatus.PUBLISHING)
    begins = asking.waits_until([row]).get(row.pk)
    where = connectors.get(row.platform).where_to_look
    now = timezone.now()
    context = {"post": row, "chip": looks.status_chip(row), "waits": waits, "where": _(where) if where else ""}
    context |= {"hindered": _hindrance(row, now) if waits else []}
    context |= {"trouble": troubles.in_short(row, 300) if row.error else ""}
    if begins:
        context |= {"leaves": True, "seconds": max(0, round((begins - now).total_seconds()))}
    elif row.status == PostStatus.PUBLISHED:
        context |= {"stays": asking.why_it_stays(row, now=now), "out": True}
    stamp = live.stamp_of(context)
    return live.answer(request, stamp, lambda: page(request, "tested", title=_("Test post"), stamp=stamp, **context))


def _hindrance(post: Post, now: datetime) -> list[str]:
    """Why it does not go out in a few seconds, and what to do about it."""
    if health.silent(now):
        return [_("No worker is running, so nothing goes out. Whoever runs this site starts one; then it goes out.")]
    return advice.sentences(post, now=now) if post.status == PostStatus.PENDING else []


@require_POST
def take_back(request: HttpRequest, account: int, post: int) -> HttpResponse:
    """Have it deleted on the platform; a worker does it, and the page says how it went."""
    asking.recall([_test_post(account, post)], now=timezone.now())
    return redirect("connect-tested", account, post)


def _test_post(account: int, post: int) -> Post:
    row = get_object_or_404(Post.objects.select_related("account", "item"), pk=post, account=account)
    if not trial_posts.is_test(row.item):
        raise Http404
    return row
