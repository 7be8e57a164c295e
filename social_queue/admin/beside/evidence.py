"""The page on which one takes along who approved which words and pictures, and what went out, for a span of days."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from social_queue import spreadsheets
from social_queue.access import roles
from social_queue.admin.pieces import times
from social_queue.admin.pieces.typed import Label, person
from social_queue.models import QueueItem
from social_queue.operations import evidence

#: The span that the page begins with.
_USUAL = timedelta(days=30)


def _day(label: Label) -> forms.DateField:
    box = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": " ".join(widgets.INPUT_CLASSES)})
    return forms.DateField(label=label, widget=box, input_formats=["%Y-%m-%d"], localize=False)


class SpanForm(forms.Form):
    """From one day to another, both of them included, by the reader's clock."""

    since = _day(_("From"))
    until = _day(_("To"))

    def clean(self) -> dict:
        """The days in their order."""
        super().clean()
        first, last = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if first and last and last < first:
            self.add_error("until", gettext("This day is before the first one."))
        return self.cleaned_data

    @property
    def span(self) -> dict[str, datetime]:
        """The moments that it begins and ends at."""
        last = self.cleaned_data["until"] + timedelta(days=1)
        return {"since": _midnight(self.cleaned_data["since"]), "until": _midnight(last)}


def page(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The days, how many approvals there are in them, and the file of those."""
    if not person(request).has_perm(roles.EXPORT_APPROVALS):
        raise PermissionDenied
    today = timezone.localdate()
    form = SpanForm(request.GET if "since" in request.GET else {"since": today - _USUAL, "until": today})
    good = form.is_valid()
    if good and "file" in request.GET:
        return _file(form)
    context = {
        **admin.site.each_context(request),
        "title": gettext("Approvals as a file"),
        "opts": QueueItem._meta,
        "form": form,
        "zone": times.zone(),
        "count": evidence.within(**form.span).count() if good else None,
    }
    return TemplateResponse(request, "admin/desk/evidence.html", context)


def _file(form: SpanForm) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(evidence.lines(**form.span), content_type=spreadsheets.MEDIA_TYPE)
    days = f"{form.cleaned_data['since']}-to-{form.cleaned_data['until']}"
    answer.headers["Content-Disposition"] = f'attachment; filename="approvals-{days}.csv"'
    return answer


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
