"""The fields of an account that say when: its clock, its week, its nights, and what was missed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from social_queue.admin.acts import conflict
from social_queue.models import PlatformAccount
from social_queue.sentences import translated
from social_queue.timing import plans

FIELDS = ("zone", "slots", "quiet_hours", "late_policy", "late_after")
#: What empties a field may also be written as, and what stands beside it.
HELP = {
    "zone": _("Such as Asia/Jakarta. Empty means the site's."),
    "slots": _("Such as mon-fri 09:00 19:30; sat 10:00. Each takes one post that asks for the next slot."),
    "quiet_hours": _("Such as 22:00-07:00. What would go then waits until they end."),
    "late_policy": _(
        "When nobody has published for a while. Spread over the hours that follow, nothing comes in a burst."
    ),
    "late_after": _("So many minutes without anything published count as “a while”."),
}
WIDGETS = {
    **{name: widgets.UnfoldAdminTextInputWidget() for name in ("zone", "slots", "quiet_hours")},
    "late_policy": widgets.UnfoldAdminSelectWidget(),
    "late_after": widgets.UnfoldAdminIntegerFieldWidget(),
}


class TimetableForm(conflict.MergingForm):
    """What each field takes is said by the same readers that the command has."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[name].help_text = HELP[name]
            self.fields[name].required = False

    def clean_zone(self) -> str:
        """An IANA name; a wrong one is told the nearest."""
        return self._read("zone")

    def clean_slots(self) -> str:
        """Weekly slots; what can't be read is named."""
        return self._read("slots")

    def clean_quiet_hours(self) -> str:
        """A span of the day."""
        return self._read("quiet_hours")

    def clean_late_policy(self) -> str:
        """Empty leaves it as it is."""
        return self.cleaned_data["late_policy"] or self.instance.late_policy

    def clean_late_after(self) -> int:
        """Minutes; empty leaves it as it is."""
        return self.instance.late_after if self.cleaned_data["late_after"] is None else self._read("late_after")

    def clean(self) -> dict[str, Any]:
        """Slots that are all in quiet hours would never be taken."""
        values = super().clean() or self.cleaned_data
        if not {"slots", "quiet_hours"} & set(self.errors):
            typed = PlatformAccount(slots=values.get("slots", ""), quiet_hours=values.get("quiet_hours", ""))
            if clash := plans.clash(typed):
                self.add_error("slots", translated(clash))
        return values

    @property
    def rests_otherwise(self) -> bool:
        """Was something changed that an account may be resting for?"""
        return bool({"zone", "quiet_hours", "min_interval_s"} & set(self.changed_data))

    def _read(self, name: str) -> Any:
        try:
            return plans.READERS[name](str(self.cleaned_data[name]))
        except ValueError as fault:
            said = translated(fault.args[0])
            raise ValidationError(f"{said[:1].upper()}{said[1:]}") from fault
