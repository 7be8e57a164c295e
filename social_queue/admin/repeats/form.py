"""How an item repeats, in fields: the common ways each by its own, whatever else as the text of a rule."""

from datetime import datetime, time, tzinfo
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from social_queue.admin.pieces.fields import sentences
from social_queue.admin.repeats import ways
from social_queue.admin.repeats.ways import DATE, DAY, NEVER, PLACE, TEXT, TIMES, UNTIL, WEEK
from social_queue.calendar.repeating import Rule
from social_queue.reading import wall
from social_queue.timing import rules, zones

_TEXT = widgets.UnfoldAdminTextInputWidget
_DATE = {"type": "date", "class": " ".join(widgets.INPUT_CLASSES)}
_END_OF_DAY = time(23, 59, 59)


def _number(least: int, most: int, **attrs: object) -> forms.Widget:
    return widgets.UnfoldAdminIntegerFieldWidget(attrs={"min": least, "max": most, "inputmode": "numeric", **attrs})


class RepeatForm(forms.Form):
    """What belongs to another way than the chosen one says nothing."""

    way = forms.ChoiceField(label=_("It repeats"), choices=ways.WAYS, widget=widgets.UnfoldAdminSelectWidget())
    every = forms.IntegerField(
        label=_("Every"), required=False, min_value=1, max_value=1000, initial=1, widget=_number(1, 1000)
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        required=False,
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple(),
    )
    dates = forms.CharField(
        label=_("Days of the month"),
        required=False,
        help_text=_("Numbers with commas between them, such as 1, 15. A month without such a day is left out."),
        widget=_TEXT(attrs={"inputmode": "text"}),
    )
    last_day = forms.BooleanField(label=_("The last day of the month"), required=False)
    place = forms.TypedChoiceField(
        label=_("Which"), required=False, coerce=int, choices=ways.PLACES, widget=widgets.UnfoldAdminSelectWidget()
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        required=False,
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=widgets.UnfoldAdminSelectWidget(),
    )
    rrule = forms.CharField(
        label=_("The rule as text"),
        required=False,
        max_length=rules.LONGEST,
        help_text=_("Such as FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13. Its next times show what it does."),
        widget=_TEXT(attrs={"spellcheck": "false", "autocapitalize": "characters"}),
    )
    ends = forms.ChoiceField(
        label=_("Its end"), required=False, choices=ways.ENDS, widget=widgets.UnfoldAdminSelectWidget()
    )
    count = forms.IntegerField(
        label=_("How many times, this one among them"),
        required=False,
        min_value=1,
        max_value=rules.MOST_TIMES,
        widget=_number(1, rules.MOST_TIMES),
    )
    until = forms.DateField(label=_("The last day"), required=False, widget=forms.DateInput(_DATE, format="%Y-%m-%d"))
    zone = forms.CharField(
        label=_("By the clock of"),
        required=False,
        help_text=_("A place such as Asia/Jakarta."),
        widget=_TEXT(attrs={"spellcheck": "false"}),
    )

    def __init__(self, data: QueryDict | None, *, begins: datetime, zone: str, held: Rule | None) -> None:
        super().__init__(data, initial=ways.filled(held, begins=begins, zone=zone))
        self.begins, self.held = begins, held
        if held is not None:
            self.fields["way"].choices = [(NEVER, _("Not any more after this one")), *ways.WAYS]  # type: ignore[attr-defined]
        #: What comes of it, once it is valid; None for no more.
        self.rule: Rule | None = None

    def clean_zone(self) -> str:
        """The name of a place; a wrong one is told the nearest."""
        try:
            return str(zones.named(self.cleaned_data["zone"] or self.initial["zone"]))
        except ValueError as fault:
            raise forms.ValidationError(sentences(fault.args)) from fault

    def clean_dates(self) -> tuple[int, ...]:
        """The numbers between the commas."""
        words = self.cleaned_data["dates"].replace(",", " ").split()
        if any(not (word.isascii() and word.isdecimal() and len(word) < 3 and 1 <= int(word) <= 31) for word in words):
            raise forms.ValidationError(gettext("Write numbers from 1 to 31, with commas between them."))
        return tuple(sorted(set(map(int, words))))

    def clean(self) -> dict[str, Any]:
        """What the chosen way needs, and whether anything comes of it."""
        given = super().clean() or self.cleaned_data
        way = given.get("way")
        for field in self._of_others(str(way)) & set(self.errors):
            del self.errors[field]
        if way in (None, NEVER) or self.errors:
            return given
        if missing := self._missing(str(way)):
            self.add_error(*missing)
            return given
        self._judge(str(way))
        return given

    def _of_others(self, way: str) -> set[str]:
        """The fields that say nothing."""
        fields = {DAY: {"every"}, WEEK: {"every", "weekdays"}, DATE: {"every", "dates", "last_day"}}
        fields |= {PLACE: {"every", "place", "weekday"}, TEXT: {"rrule"}, NEVER: set()}
        ends = {"ends"} | {TIMES: {"count"}, UNTIL: {"until"}}.get(self.data.get("ends", ""), set())
        return set(self.fields) - fields.get(way, set()) - {"way"} - (set() if way == NEVER else {"zone", *ends})

    def _missing(self, way: str) -> tuple[str, str] | None:
        given = self.cleaned_data
        if way != TEXT and not given.get("every"):
            return "every", gettext("Write a number: 1 for each, 2 for every second.")
        if way == WEEK and not given["weekdays"]:
            return "weekdays", gettext("Choose at least one weekday.")
        if way == PLACE and "" in (given["place"], given["weekday"]):
            return "weekday" if given["place"] else "place", gettext("Choose one.")
        if way == DATE and not (given["dates"] or given["last_day"]):
            return "dates", gettext("Write at least one day, or choose the last day of the month.")
        if way == TEXT and not given["rrule"]:
            return "rrule", gettext("Write the rule.")
        if given["ends"] == TIMES and not given["count"]:
            return "count", gettext("Write after how many times it ends.")
        if given["ends"] == UNTIL and not given["until"]:
            return "until", gettext("Choose its last day.")
        return None

    def _until(self, zone: tzinfo) -> datetime:
        """The end of that day; of a rule that has only its text, to the second as it was."""
        day = self.cleaned_data["until"]
        if self.held and self.held.until and self.cleaned_data["way"] == TEXT and day == self.initial.get("until"):
            return self.held.until
        return wall.moment(datetime.combine(day, _END_OF_DAY), zone)

    def _judge(self, way: str) -> None:
        given, zone = self.cleaned_data, zones.named(self.cleaned_data["zone"])
        count = given["count"] if given["ends"] == TIMES else None
        until = self._until(zone) if given["ends"] == UNTIL else None
        try:
            text = ways.written(way, given, count)
        except ValueError as fault:
            self.add_error("rrule", sentences(fault.args))
            return
        if until and until < self.begins:
            self.add_error("until", gettext("The last day must not be before the first."))
            return
        try:
            rules.first(text, zone, begins=self.begins, until=until)
        except ValueError as fault:
            nothing = [gettext("None of its days comes before its end.")]
            field = "rrule" if way == TEXT else "until" if until else "way"
            self.add_error(field, sentences(fault.args) if way == TEXT else nothing)
            return
        self.rule = Rule(text, given["zone"], until)
