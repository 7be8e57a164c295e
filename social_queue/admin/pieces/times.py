"""Moments as people type and read them: always with the zone they are in."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from social_queue.admin.pieces.typed import Label
from social_queue.reading import wall

_NATIVE = " ".join([*widgets.INPUT_CLASSES, "ap-moment-part"])


def zone(moment: datetime | None = None) -> str:
    """What the reader's zone is called at that moment: “WIB”, “CET”, or “UTC+4” where it has no name."""
    name = timezone.localtime(moment or timezone.now()).tzname() or ""
    return f"UTC{name[:3]}{':' + name[3:5] if name[3:5] else ''}" if name[:1] in ("+", "-") else name


def written(moment: datetime) -> str:
    """“Tue 1 Dec, 12:30 WIB”; the time alone today, with the year when it is another."""
    local, today = timezone.localtime(moment), timezone.localtime().date()
    if local.date() == today:
        return f"{date_format(local, 'H:i')} {zone(moment)}"
    day = date_format(local, "D j M" if local.year == today.year else "D j M Y")
    return f"{day}, {date_format(local, 'H:i')} {zone(moment)}"


def as_typed(moment: datetime) -> datetime:
    """What the fields for a moment show of it: they can't say which of two is meant where the clock is set back."""
    return wall.shown(moment, timezone.get_current_timezone()).replace(second=0, microsecond=0)


def _native(kind: str, label: Label) -> dict[str, Any]:
    return {"type": kind, "class": _NATIVE, "aria-label": label}


class MomentWidget(forms.SplitDateTimeWidget):
    """The browser's own fields for a day and a time, with the zone beside them."""

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(
            attrs,
            date_format="%Y-%m-%d",
            time_format="%H:%M",
            date_attrs=_native("date", _("Day")),
            time_attrs=_native("time", _("Time")),
        )
        for part, kind in zip(self.widgets, ("date", "time"), strict=True):
            part.input_type = kind

    def render(self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None) -> SafeString:
        """The zone of the moment itself: its name may be another in summer."""
        parts = super().render(name, value, attrs, renderer)
        shown = zone(value if isinstance(value, datetime) and timezone.is_aware(value) else None)
        return format_html('<span class="ap-moment">{}<span class="ap-zone">{}</span></span>', parts, shown)


class MomentField(forms.SplitDateTimeField):
    """A moment to the minute; one that is left as it was keeps its seconds.

    A time that the clock shows twice or skips is what it is everywhere else (see ``wall``), and no fault.
    """

    widget = MomentWidget

    def compress(self, data_list: Any) -> datetime | None:
        """Of a day and a time in the reader's zone."""
        try:
            return super().compress(data_list)
        except ValidationError as fault:
            if fault.code != "ambiguous_timezone":
                raise
        return wall.moment(datetime.combine(*data_list), timezone.get_current_timezone())

    def has_changed(self, initial: Any, data: Any) -> bool:
        """The browser's field shows no seconds, so they are no change."""
        if isinstance(initial, datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)


class MomentForm(forms.Form):
    """Another time for what has not gone."""

    publish_at = MomentField(label=_("Publish at"))
