"""What may be done with one post or many of them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from social_queue.admin.acts import acting, effects
from social_queue.admin.acts.acting import Act, WithActs, on_all
from social_queue.admin.acts.actions import report, yes_or_no
from social_queue.admin.acts.buttons import Button
from social_queue.admin.pieces import looks
from social_queue.models import Post, PostStatus
from social_queue.operations import posts, undecided
from social_queue.states import ARROWS


def _is(*statuses: str):
    return lambda post: post.status in statuses


def _may_be_cancelled(post: Post) -> bool:
    return (post.status, PostStatus.CANCELLED) in ARROWS


def _saw_it(request: HttpRequest, post: Post) -> None:
    permalink = request.POST.get("permalink", "").strip()[:500]
    if permalink and not permalink.startswith(("http://", "https://")):
        messages.error(request, gettext("The address must begin with https://. Nothing was changed."))
        return
    external_id = request.POST.get("external_id", "").strip()[:200]
    seen = undecided.confirm_published(post, now=timezone.now(), external_id=external_id, permalink=permalink)
    report(request, yes_or_no(seen, gettext("was changed meanwhile")), what=gettext("I can see it"))


def _not_there(request: HttpRequest, post: Post) -> None:
    again = undecided.deny_published(post, now=timezone.now())
    report(request, yes_or_no(again, gettext("was changed meanwhile")), what=gettext("Send again"))


ACTS = {
    act.name: act
    for act in (
        Act("retry", _("Retry failed"), on_all(posts.retry), lambda rows, now, when: effects.retried(rows, now=now)),
        Act(
            "send-now",
            _("Send now"),
            on_all(posts.requeue_now),
            lambda rows, now, when: effects.sent_now(rows, now=now),
        ),
        Act(
            "cancel",
            _("Cancel"),
            on_all(posts.cancel),
            lambda rows, now, when: effects.cancelled(rows, now=now),
            stops=True,
        ),
    )
}


def _send_now(request: HttpRequest, post: Post) -> HttpResponse:
    return acting.ask(request, ACTS["send-now"], [post], back=looks.address(post))


def _done(name: str, *, hold: bool = True):
    return lambda request, post: acting.carry_out(request, ACTS[name], [post], hold=hold)


BUTTONS: tuple[Button[Post], ...] = (
    Button(
        "seen",
        _("I can see it"),
        _saw_it,
        _is(PostStatus.UNKNOWN),
        "visibility",
        "primary",
        fields="admin/desk/seen.html",
    ),
    Button(
        "absent",
        _("It is not there, send it"),
        _not_there,
        _is(PostStatus.UNKNOWN),
        "send",
        ask=_("Are you sure that it is not there? If it is, it will be out twice."),
    ),
    Button(
        "retry", _("Retry"), _done("retry", hold=False), _is(PostStatus.FAILED), "refresh", "primary", remembers=True
    ),
    Button("requeue", _("Send now"), _send_now, _is(PostStatus.PENDING), "bolt", hook="send-now", remembers=True),
    Button(
        "cancel",
        _("Cancel"),
        _done("cancel"),
        _may_be_cancelled,
        "block",
        "danger",
        ask=_("Cancel this post for good?"),
        remembers=True,
    ),
)


class PostActions(WithActs):
    """Bulk actions on posts; each first shows what it would do."""

    acts = tuple(ACTS.values())
    actions = ("retry_failed", "requeue_now", "cancel_posts")

    @admin.action(description=_("Retry failed"), permissions=["change"])
    def retry_failed(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Failed posts are tried again."""
        return self.ask(request, queryset, "retry")

    @admin.action(description=_("Send now"), permissions=["change"])
    def requeue_now(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Pending and failed posts are due now."""
        return self.ask(request, queryset, "send-now")

    @admin.action(description=_("Cancel"), permissions=["change"])
    def cancel_posts(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """What is not out yet will not go out."""
        return self.ask(request, queryset, "cancel")
