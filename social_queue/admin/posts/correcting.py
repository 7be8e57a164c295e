"""Another text for a post that is out: written, seen beside the one that stands there, then asked for."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from social_queue.admin.acts import actions
from social_queue.admin.acts.buttons import Button
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.filters import is_id
from social_queue.admin.pieces.typed import person
from social_queue.models import Errand, Part, Post, PostStatus
from social_queue.operations.correcting import asking, judging
from social_queue.sentences import translated

_LABEL = _("Correct the text")
_LEAVE = _("Leave the text as it is")
_LEAVE_BELOW = _("Leave the follow-up as it is")
#: Where it was pressed, when not on the post's own page.
_ITEM = "item"


class CorrectionForm(forms.Form):
    """The text as it stands there, or as it is to be."""

    caption = forms.CharField(
        label=_("New text"), required=False, strip=True, widget=UnfoldAdminTextareaWidget(attrs={"rows": 10})
    )
    #: What the form was filled with, so that nobody overwrites what somebody else asked for meanwhile.
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, post: Post, data: QueryDict | None = None, *, part: Part | None = None) -> None:
        super().__init__(data)
        self.post, self.part = post, part
        waits = asking.waiting_below(post).get(part.pk) if part else asking.waiting([post]).get(post.pk)
        self.reads = part.text if part else post.caption
        last = next((row.ended_at for row in asking.history(post) if row.part_id == (part.pk if part else None)), "")
        self.now = f"{waits.pk if waits else 0} {last}"
        self.initial = {"caption": waits.text if waits else self.reads, "seen": self.now}
        text = str(data.get("caption", "")) if data else str(self.initial["caption"])
        self.judged = judging.judge_part(part, text) if part else judging.judge(post, text)

    @property
    def overtaken(self) -> bool:
        """Has somebody else asked for another text since the form was filled?"""
        return self.is_bound and self.data.get("seen") != self.now

    def clean_caption(self) -> str:
        """As it would stand there. Refuses what the platform would refuse."""
        if self.judged.faults:
            raise forms.ValidationError([translated(fault.message) for fault in self.judged.faults])
        return self.judged.text


def _press(request: HttpRequest, post: Post) -> HttpResponse | None:
    """First the page with the text, then the same with both texts, then it is asked for."""
    step, part = request.POST.get("step", ""), _part(request, post)
    form = CorrectionForm(post, request.POST if step else None, part=part)
    if form.overtaken:
        messages.warning(request, gettext("Somebody has asked for another text meanwhile: look again."))
        # Whoever goes on now has seen what was asked for meanwhile.
        given = request.POST.copy()
        given["seen"] = form.now
        return _page(request, CorrectionForm(post, given, part=part))
    if step != "do" or not form.is_valid():
        return _page(request, form)
    try:
        asker = asking.Asker(person(request).get_username(), person(request).pk)
        waits = asking.correct(post, form.cleaned_data["caption"], asker=asker, now=timezone.now(), part=part)
    except asking.NotNow as fault:
        messages.error(request, translated(str(fault)))
        return _back(request, post)
    actions.remember(request, [post], _LABEL)
    if waits is None:
        messages.info(request, gettext("It reads so already. Nothing was changed."))
    else:
        messages.success(request, gettext("The text is changed on the platform in a moment."))
    return _back(request, post)


def _part(request: HttpRequest, post: Post) -> Part | None:
    """The follow-up that is meant; none for the post itself."""
    number = request.POST.get("part", "")
    return get_object_or_404(post.parts.select_related("account", "post"), number=number) if is_id(number) else None


def _back(request: HttpRequest, post: Post) -> HttpResponseRedirect:
    return HttpResponseRedirect(looks.address(post.item if request.POST.get("back") == _ITEM else post))


def _page(request: HttpRequest, form: CorrectionForm) -> HttpResponse:
    post, part = form.post, form.part
    looked = form.is_bound and form.is_valid()
    same = looked and form.cleaned_data["caption"] == form.reads
    context = {
        **admin.site.each_context(request),
        "title": gettext("Correct follow-up %(number)s") % {"number": part.number - 1} if part else _LABEL,
        "part": part,
        "opts": Post._meta,
        "post": post,
        "form": form,
        "judged": form.judged,
        "looked": looked and not same,
        "same": same,
        "hints": [translated(hint.message) for hint in form.judged.hints],
        "undo_seconds": settings.UNDO_SECONDS,
        "address": reverse("admin:queue_post_press", args=[post.pk, "correct"]),
        "from_item": request.POST.get("back") == _ITEM,
        "back": _back(request, post).url,
    }
    return TemplateResponse(request, "admin/desk/correct.html", context)


def _leave(request: HttpRequest, post: Post) -> None:
    left = asking.call_off(post)
    actions.report(request, actions.yes_or_no(left, gettext("was changed meanwhile")), what=str(_LEAVE))


def _leave_below(request: HttpRequest, post: Post) -> None:
    left = [asking.call_off(post, part) for part in post.parts.filter(pk__in=asking.waiting_below(post))]
    done = actions.yes_or_no(any(left), gettext("was changed meanwhile"))
    actions.report(request, done, what=str(_LEAVE_BELOW))


def _waits(post: Post) -> bool:
    return post.status == PostStatus.PUBLISHED and bool(asking.waiting([post]))


def _may(post: Post) -> bool:
    return post.status == PostStatus.PUBLISHED and asking.may_be_corrected(post)


BUTTONS = (
    Button("correct", _LABEL, _press, _may, "edit_note", remembers=True),
    Button("leave-text", _LEAVE, _leave, _waits, "undo", "primary"),
    Button("leave-below", _LEAVE_BELOW, _leave_below, lambda post: bool(asking.waiting_below(post)), "undo", "primary"),
)


def rows(post: Post) -> list[dict]:
    """What was changed, by whom and when, the latest first, for the page."""
    return [
        {"row": row, "who": _who(row), "when": looks.moment(row.ended_at), "follow_up": _place(row)}
        for row in asking.history(post)
    ]


def _place(row: Errand) -> int:
    return row.part.number - 1 if row.part else 0


def _who(row: Errand) -> str:
    return (row.person.get_full_name() or row.person.get_username()) if row.person else row.asked_by
