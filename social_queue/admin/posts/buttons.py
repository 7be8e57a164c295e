"""What may be done with one post or many of them."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from social_queue.admin.acts.acting import WithActs, in_lists, on_all
from social_queue.admin.acts.actions import report, yes_or_no
from social_queue.admin.acts.buttons import Button
from social_queue.admin.acts.shared import Acts
from social_queue.models import Post, PostStatus
from social_queue.operations import posts, undecided
from social_queue.operations.recalling import asking, calling_off
from social_queue.sentences import translated
from social_queue.states import ARROWS


def _is(*statuses: str):
    return lambda post: post.status in statuses


def _may_be_cancelled(post: Post) -> bool:
    return post.status != PostStatus.UNKNOWN and (post.status, PostStatus.CANCELLED) in ARROWS


def _may_come_back(post: Post) -> bool:
    return posts.may_be_restored(post, now=timezone.now())


def _is_out(post: Post) -> bool:
    return post.status in asking.PERHAPS_OUT and not _is_asked_back(post)


def _is_asked_back(post: Post) -> bool:
    return bool(asking.waits_until([post]))


def _keep(request: HttpRequest, post: Post) -> None:
    """Whoever asked it back, and however, it stays unless a worker was faster."""
    [reason] = calling_off.call_off([post.pk], now=timezone.now())
    report(request, yes_or_no(not reason, reason), what=gettext("Leave it there"))


def _saw_it(request: HttpRequest, post: Post) -> None:
    permalink = request.POST.get("permalink", "").strip()[:500]
    if permalink and not permalink.startswith(("http://", "https://")):
        messages.error(request, gettext("The address must begin with https://. Nothing was changed."))
        return
    external_id = request.POST.get("external_id", "").strip()[:200]
    if why := undecided.why_not_that_one(post, external_id):
        messages.error(request, translated(why))
        return
    seen = undecided.confirm_published(post, now=timezone.now(), external_id=external_id, permalink=permalink)
    report(request, yes_or_no(seen, gettext("was changed meanwhile")), what=gettext("I can see it"))


def _not_there(request: HttpRequest, post: Post) -> None:
    asked_back = bool(post.recall_asked_at)
    again = undecided.deny_published(post, now=timezone.now())
    if again and asked_back:
        messages.success(request, gettext("It was asked back, so it is not sent: it is cancelled in a moment."))
        return
    report(request, yes_or_no(again, gettext("was changed meanwhile")), what=gettext("Send again"))


ACTS = Acts.of(
    list,
    retry=on_all(posts.retry),
    send_now=on_all(posts.requeue_now),
    cancel=on_all(posts.cancel),
    recall=on_all(asking.recall),
    restore=on_all(posts.restore),
    rows="posts",
)
BUTTONS = (
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
    ACTS.retry_button(_("Retry"), _is(PostStatus.FAILED)),
    ACTS.send_now_button(_is(PostStatus.PENDING)),
    ACTS.cancel_button(_("Cancel this post for good?"), _may_be_cancelled),
    ACTS.cancel_button(
        _(
            "It may be out already. Cancelled, it stays there, and can't be taken back from here. "
            "Cancel it all the same?"
        ),
        _is(PostStatus.UNKNOWN),
        name="cancel-undecided",
    ),
    ACTS.recall_button(_is_out),
    ACTS.restore_button(_may_come_back),
    Button("keep", _("Leave it there"), _keep, _is_asked_back, "undo", "primary"),
)


class PostActions(WithActs):
    """Bulk actions on posts; each first shows what it would do."""

    acts = ACTS.all()
    actions = in_lists(acts)
