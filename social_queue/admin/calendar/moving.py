"""What was dragged, or sent by *Move to…*: one item gets another time, and the press can be taken back."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from social_queue.admin.acts import actions
from social_queue.admin.calendar import asked
from social_queue.admin.pieces import times
from social_queue.admin.pieces.typed import person
from social_queue.calendar import placing
from social_queue.calendar.placing import Seen
from social_queue.models import QueueItem
from social_queue.operations import undo
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.reading import wall


class MoveForm(forms.Form):
    """A day and a time on the reader's clock, and what the reader saw."""

    item = forms.IntegerField(min_value=1, max_value=10**18)
    seen = forms.CharField(required=False, max_length=64)
    day = forms.DateField(input_formats=["%Y-%m-%d"])
    time = forms.TimeField(input_formats=["%H:%M", "%H:%M:%S"])

    def moment(self) -> datetime:
        """When that is. Raises OverflowError at the ends of time."""
        typed = datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return wall.moment(typed, timezone.get_current_timezone())


@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Move it, say so, and go back to where the press came from."""
    if not request.user.has_perm("queue.change_queueitem"):
        raise PermissionDenied
    form = MoveForm(request.POST)
    try:
        at = form.moment() if form.is_valid() else None
    except OverflowError:
        at = None
    if at is None:
        messages.error(request, _("Nothing was moved: choose a day and a time."))
        return redirect(asked.way_back(request))
    seen = Seen(form.cleaned_data["item"], asked.moment(form.cleaned_data["seen"]))
    carry_out(request, [(seen, at)], label=_("Move"))
    return redirect(asked.way_back(request))


def carry_out(request: HttpRequest, places: list[tuple[Seen, datetime]], *, label: str) -> None:
    """Give each its time; a line of history for each that moved, one message, and for a moment the way back."""
    press = Pressing(timezone.now(), hold=undo.time_to_undo())
    done, moved, reasons = Done(), list[QueueItem](), list[str]()
    for seen, at in places:
        try:
            item = placing.move(seen, at, now=press.now, press=press)
        except placing.Stays as reason:
            reasons.append(_why(reason))
            done.add(reasons[-1])
            continue
        done.add("")
        moved.append(item)
        actions.remember(request, [item], _("Moved to %(when)s.") % {"when": times.written(at)})
    rows = [item.pk for item in moved]
    kept = (
        undo.keep(press, person=person(request).pk, model="queueitem", label=label, rows=rows, now=timezone.now())
        if moved
        else None
    )
    if len(places) > 1:
        actions.report(request, done, what=label, press=kept)
    elif moved:
        told = _("Moved “%(title)s” to %(when)s.") % {"title": moved[0].title[:80], "when": times.written(places[0][1])}
        actions.tell(request, told, level=messages.SUCCESS, press=kept)
    else:
        actions.tell(request, " ".join(reasons), level=messages.WARNING)


def _why(reason: placing.Stays) -> str:
    """As people read it; what an edit is refused for is worded for programs."""
    if isinstance(reason, placing.Expires):
        return _("It expires %(when)s: change that on its page first.") % {"when": times.written(reason.at)}
    return str(reason)
