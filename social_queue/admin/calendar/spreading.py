"""Several items are spread evenly over a span: first a page that shows when each would go, then the press."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from social_queue.admin.acts import actions
from social_queue.admin.calendar import asked, moving
from social_queue.admin.pieces import times
from social_queue.admin.pieces.filters import is_id
from social_queue.admin.pieces.times import MomentField
from social_queue.calendar import placing
from social_queue.calendar.placing import Place, Seen
from social_queue.models import QueueItem
from social_queue.operations import undo

_USUAL = timedelta(hours=4)


class SpanForm(forms.Form):
    """From when to when; the first item goes at the beginning, the last at the end."""

    begins = MomentField(label=gettext_lazy("The first at"))
    ends = MomentField(label=gettext_lazy("The last at"))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        """It begins later than now and ends after it began."""
        values = super().clean() or self.cleaned_data
        begins, ends = values.get("begins"), values.get("ends")
        if begins and begins <= self.now:
            self.add_error("begins", _("That time is over. Choose a later one."))
        if begins and ends and ends <= begins:
            self.add_error("ends", _("Must be later than the first."))
        return values


def spread(request: HttpRequest) -> HttpResponse:
    """Chosen in the calendar; GET shows what would happen, POST does what was shown."""
    if not request.user.has_perm("queue.change_queueitem"):
        raise PermissionDenied
    items, now = _items(request), timezone.now()
    if len(items) < 2:
        messages.warning(request, _("Choose at least two items that can still be moved."))
        return redirect(asked.way_back(request))
    given = request.POST if request.method == "POST" else request.GET
    form = SpanForm(given if "begins_0" in given else None, initial=_usual(items, now), now=now)
    # Each goes when the page said, though one of them was moved meanwhile.
    seen = _seen(request)
    places = _places(form, items, seen)
    if request.method == "POST" and places and "confirm" in request.POST:
        moving.carry_out(
            request, [(Seen(one.item.pk, seen.get(one.item.pk)), one.at) for one in places], label=_("Spread")
        )
        return redirect(asked.way_back(request))
    return _page(request, form, items, places)


def _span(form: SpanForm) -> tuple[datetime, datetime]:
    values = form.cleaned_data if form.is_bound else form.initial
    return values["begins"], values["ends"]


def _places(form: SpanForm, items: list[QueueItem], seen: dict[int, datetime | None]) -> list[Place]:
    """When each would go; none while the form is wrong, which then says so."""
    if form.is_bound and not form.is_valid():
        return []
    begins, ends = _span(form)
    try:
        return placing.spread(items, begins, ends, seen=seen)
    except placing.TooShort as fault:
        if not form.is_bound:
            # What is offered at first is never too short.
            form.initial["ends"] = begins + fault.needed
            return placing.spread(items, *_span(form))
        told = _("%(count)d items at least %(apart)s apart take %(needed)s: let the last go later.")
        form.add_error(
            "ends", told % {"count": len(items), "apart": _length(fault.apart), "needed": _length(fault.needed)}
        )
        return []


def _page(request: HttpRequest, form: SpanForm, items: list[QueueItem], places: list[Place]) -> HttpResponse:
    way_back = undo.time_to_undo()
    silent = sum(place.in_quiet_hours for place in places)
    quiet = ngettext(
        "%(count)d post falls into quiet hours and waits until they end.",
        "%(count)d posts fall into quiet hours and wait until they end.",
        silent,
    )
    context = {
        **admin.site.each_context(request),
        "title": _("Spread"),
        "form": form,
        "places": [(place, times.written(place.item.publish_at), times.written(place.at)) for place in places],
        "posts": sum(place.posts for place in places),
        "quiet": quiet % {"count": silent} if silent else "",
        "span": _span(form) if places else (),
        "items": items,
        "seen": ",".join(f"{item.pk}@{item.publish_at.isoformat()}" for item in items),
        "chosen": ",".join(str(item.pk) for item in items),
        "back": asked.way_back(request),
        "undo_seconds": int(way_back.total_seconds()) if way_back else 0,
    }
    return TemplateResponse(request, "admin/desk/calendar/spread.html", context)


def _items(request: HttpRequest) -> list[QueueItem]:
    given = request.POST if request.method == "POST" else request.GET
    chosen = [number for text in given.getlist("item") for number in text.split(",") if is_id(number)]
    rows = QueueItem.objects.filter(pk__in=chosen[: actions.AT_ONCE])
    return sorted(rows, key=lambda item: (item.publish_at, item.pk))


def _seen(request: HttpRequest) -> dict[int, datetime | None]:
    pairs = [pair.partition("@") for pair in request.POST.get("seen", "").split(",")]
    return {int(number): asked.moment(when) for number, _at, when in pairs if is_id(number)}


def _usual(items: list[QueueItem], now: datetime) -> dict[str, datetime]:
    """From the first to the last of them as they stand, four hours at least."""
    next_hour = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    begins = max(items[0].publish_at, next_hour).replace(second=0, microsecond=0)
    return {"begins": begins, "ends": max(items[-1].publish_at.replace(second=0, microsecond=0), begins + _USUAL)}


def _length(span: timedelta) -> str:
    """“45 min” or “4 h 30 min”."""
    minutes = -(-int(span.total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
