"""How a repeat is shown: as a sentence, with its next moments; the text of its rule is behind it."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from social_queue.admin.pieces import looks
from social_queue.models import Series
from social_queue.timing import rules, rules_in_words, upcoming, zones

#: So many moments show what a rule does.
MOMENTS = 5


def in_short(series: Series) -> str:
    """The sentence alone, or the rule, which breaks between its parts."""
    said = rules_in_words.of(series)
    return _text(series) if said == series.rule else said


def rule(series: Series) -> str:
    """The sentence, and the rule for whoever wants its letter; alone, where there is no sentence for it."""
    said = rules_in_words.of(series)
    if said == series.rule:
        note = gettext("There are no words for this rule yet: its next times show what it does.")
        return format_html('{}<p class="ap-faint">{}</p>', _text(series), note)
    return format_html(
        '{}<details class="ap-raw"><summary>{}</summary>{}</details>', said, gettext("The rule as text"), _text(series)
    )


def next_times(series: Series) -> str:
    """The next of its moments, one a line, by the clock that its rule is read by."""
    found = by_clock_of(series.zone, upcoming.several(series, MOMENTS, now=timezone.now()))
    return format_html_join("", '<span class="ap-line">{}</span>', ((when,) for when in found)) or "–"


def by_clock_of(zone: str, moments: Iterable[datetime]) -> list[str]:
    """As people write them there: a Friday of the rule is a Friday then, whatever day it is where it is read."""
    with timezone.override(zones.named(zone)):
        return [looks.moment(when) for when in moments]


def last(series: Series) -> str:
    """The last possible moment, whether the rule says it or who cut the repeat short."""
    return looks.moment(rules.last(series.rule, zones.named(series.zone), series.until))


def _text(series: Series) -> SafeString:
    parts = series.rule.split(";")
    return format_html("<code>{}</code>", format_html_join(SafeString(";<wbr>"), "{}", ((part,) for part in parts)))
