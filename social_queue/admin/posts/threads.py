"""Where the thread of a post stands, and the buttons for the part that holds the rest."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from social_queue.admin.acts.actions import report, yes_or_no
from social_queue.admin.acts.buttons import Button
from social_queue.admin.pieces import looks
from social_queue.admin.posts import advice, troubles
from social_queue.models import Part, Post, PostStatus
from social_queue.operations.correcting import asking as correcting
from social_queue.operations.following import acts, shown

#: What needs somebody; all else goes on by itself.
_STANDS = (PostStatus.FAILED, PostStatus.UNKNOWN)


def rows(post: Post) -> list[dict]:
    """The post and what follows it, for the page; nothing where nothing follows."""
    found = shown.of(post)
    if len(found) == 1:
        return []
    may, waiting = correcting.correctable_parts(post), correcting.waiting_below(post)
    press = reverse("admin:queue_post_press", args=[post.pk, "correct"])
    return [
        {
            "row": row,
            "follow_up": row.number - 1,
            "tone": _tone(row.status),
            "chip": looks.chip(str(PostStatus(row.status).label), _tone(row.status)),
            "kind": troubles.label(row.error_kind),
            "link": looks.outside(row.permalink, gettext("view")) if row.permalink else "",
            "correct": press if row.number in may else "",
            "gets": row.part is not None and row.part.pk in waiting,
        }
        for row in found
    ]


def _tone(status: str) -> str:
    return looks.TONES[Post].get(PostStatus(status), "quiet")


def sentences(post: Post) -> list[str]:
    """What is the matter with the part that holds the rest, and what to do."""
    part = _standing(post)
    if left := _left_behind(post):
        words = gettext("Follow-up %(number)s may be out still, although its post is gone. Look, and delete it there.")
        return [f"{words % {'number': left.number - 1}} {left.post.permalink}"]
    if part is None:
        return []
    told = {"number": part.number - 1, "behind": post.parts.filter(number__gt=part.number).count()}
    if part.status == PostStatus.FAILED:
        return [
            gettext("Follow-up %(number)s was refused, and %(behind)s behind it wait. Try it again, or skip it.") % told
        ]
    look = advice.where_to_look(post.platform)
    told_what = gettext(
        "Nobody can tell yet whether follow-up %(number)s is out, and %(behind)s behind it wait. Look, then say so."
    )
    return [f"{told_what % told} {look}"]


def of_item(posts: Iterable[Post]) -> list[str]:
    """Which threads of an item stand, each with the way to its post."""
    stand = Part.objects.filter(post__in=posts, status__in=_STANDS).select_related("post__account")
    words = gettext("Follow-up {} on {} stands: {}. Those behind it wait.")
    return [
        format_html(words, part.number - 1, looks.link(part.post, part.post.account.slug), part.get_status_display())
        for part in stand.order_by("post", "number")
    ]


def _standing(post: Post) -> Part | None:
    """The first part that is not out and was not skipped, if it needs somebody or may be skipped."""
    if post.status != PostStatus.PUBLISHED:
        return None
    waiting = post.parts.filter(status__in=(*_STANDS, PostStatus.PENDING, PostStatus.PUBLISHING))
    part = waiting.select_related("post__account", "post__item").order_by("number").first()
    return part if part and part.status in _STANDS else None


def _left_behind(post: Post) -> Part | None:
    """The first part of a thread that was taken back of which nobody knows whether it is gone with it."""
    if post.status != PostStatus.RECALLED:
        return None
    left = post.parts.filter(status=PostStatus.UNKNOWN).select_related("post").order_by("number")
    return left.first()


def _gone(request: HttpRequest, post: Post) -> None:
    part = _left_behind(post)
    done = part is not None and acts.is_gone(part, now=timezone.now())
    report(request, yes_or_no(done, gettext("was changed meanwhile")), what=gettext("It is not there"))


def _is(status: str) -> Callable[[Post], bool]:
    def so(post: Post) -> bool:
        part = _standing(post)
        return part is not None and status in ("", part.status)

    return so


def _retry(request: HttpRequest, post: Post) -> None:
    _done(request, post, acts.retry, gettext("Try the follow-up again"))


def _not_there(request: HttpRequest, post: Post) -> None:
    _done(request, post, acts.deny_published, gettext("Send again"))


def _skip(request: HttpRequest, post: Post) -> None:
    _done(request, post, acts.skip, gettext("Skip the follow-up"))


def _seen(request: HttpRequest, post: Post) -> None:
    permalink = request.POST.get("permalink", "").strip()[:500]
    if permalink and not permalink.startswith(("http://", "https://")):
        messages.error(request, gettext("The address must begin with https://. Nothing was changed."))
        return
    told = {"external_id": request.POST.get("external_id", "").strip()[:200], "permalink": permalink}
    _done(request, post, lambda part, now: acts.confirm_published(part, now=now, **told), gettext("I can see it"))


def _done(request: HttpRequest, post: Post, act: Callable[..., bool], what: str) -> None:
    part = _standing(post)
    done = part is not None and act(part, now=timezone.now())
    report(request, yes_or_no(done, gettext("was changed meanwhile")), what=what)


BUTTONS = (
    Button(
        "part-seen",
        _("I can see it"),
        _seen,
        _is(PostStatus.UNKNOWN),
        "visibility",
        "primary",
        fields="admin/desk/seen.html",
    ),
    Button(
        "part-absent",
        _("It is not there, send it"),
        _not_there,
        _is(PostStatus.UNKNOWN),
        "send",
        ask=_("Are you sure that it is not there? If it is, it will be out twice."),
    ),
    Button("part-gone", _("It is not there"), _gone, lambda post: _left_behind(post) is not None, "check", "primary"),
    Button("part-retry", _("Try the follow-up again"), _retry, _is(PostStatus.FAILED), "replay", "primary"),
    Button(
        "part-skip",
        _("Skip the follow-up"),
        _skip,
        _is(""),
        "skip_next",
        ask=_("Skip this follow-up for good? Those behind it go on."),
    ),
)
