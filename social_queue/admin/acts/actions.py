"""Bulk actions: call one operation, say how many rows it took and why it left the others."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from social_queue.accounts.channels import UnknownChannels
from social_queue.admin.pieces.typed import Label, Row, person
from social_queue.models import Press
from social_queue.operations import undo
from social_queue.operations.done import Done
from social_queue.sentences import translated
from social_queue.workings import deadlocks

#: Rows one press of a button works on, a few hundred in each transaction.
AT_ONCE = 10_000
#: Rows of one transaction where each takes several statements of its own.
_TOGETHER = 50


def report(request: HttpRequest, done: Done, *, what: str, press: Press | None = None) -> None:
    """Leave a message: what became of one row, or of how many, and how to take it back."""
    tell(request, in_words(done, what), level=_level(done), press=press)


def in_words(done: Done, what: str) -> str:
    """Of one row nobody counts; of several: how many ``what`` took, and how many it left for which reason."""
    left = done.skipped.total()
    if done.taken + left == 1:
        reason = next(iter(done.skipped), "").rstrip(".")
        return (_("%(what)s: %(reason)s.") if left else _("%(what)s: done.")) % {"what": what, "reason": reason}
    sentence = ngettext("%(what)s: %(count)d done.", "%(what)s: %(count)d done.", done.taken) % {
        "what": what,
        "count": done.taken,
    }
    if left:
        reasons = "; ".join(f"{count} {reason}" for reason, count in done.skipped.most_common())
        sentence += " " + _("Left alone: %(count)d (%(reasons)s).") % {"count": left, "reasons": reasons}
    return sentence


def tell(request: HttpRequest, sentence: str, *, level: int, press: Press | None = None) -> None:
    """Leave a message, with the way to take ``press`` back."""
    if press is not None and (time := undo.time_to_undo()):
        context = {"press": press, "seconds": int(time.total_seconds())}
        sentence = format_html("{} {}", sentence, render_to_string("admin/desk/undo.html", context, request))
    messages.add_message(request, level, sentence)


def remember(request: HttpRequest, rows: Iterable[Model], words: Label) -> None:
    """A line of history for each row: who did it, and what it was called, in English; it is translated when read."""
    with translation.override("en"):
        LogEntry.objects.log_actions(person(request).pk, list(rows), CHANGE, str(words))


def act_on(request: HttpRequest, chosen: QuerySet[Row], act: Callable[[Row], Done], *, what: Label) -> None:
    """A bulk action that needs no question: each chosen row, a line of history for those it took, and the message."""
    done, taken = each_taken(limited(request, chosen), act)
    if taken:
        remember(request, taken, what)
    report(request, done, what=str(what))


def each_taken(rows: Iterable[Row], act: Callable[[Row], Done]) -> tuple[Done, list[Row]]:
    """As ``each``, and the rows of which something was taken."""
    return _added_up((row, _one(row, act)) for row in rows)


def together_taken(rows: Iterable[Row], act: Callable[[Row], Done]) -> tuple[Done, list[Row]]:
    """The same for what only writes: some rows in each transaction."""
    return _added_up(_in_transactions(iter(rows), act))


def _added_up(pairs: Iterable[tuple[Row, Done]]) -> tuple[Done, list[Row]]:
    total, taken = Done(), list[Row]()
    for row, done in pairs:
        total += done
        if done.taken:
            taken.append(row)
    return total, taken


def _in_transactions(rows: Iterator[Row], act: Callable[[Row], Done]) -> Iterator[tuple[Row, Done]]:
    while together := list(islice(rows, _TOGETHER)):
        yield from zip(together, _all(together, act), strict=True)


@deadlocks.again
def _all(rows: list[Row], act: Callable[[Row], Done]) -> list[Done]:
    """In one transaction; done again as a whole when it lost a deadlock."""
    with deadlocks.atomic(*rows):
        return [_one(row, act) for row in rows]


def each(rows: Iterable[Row], act: Callable[[Row], Done]) -> Done:
    """Add up what ``act`` did to every row; a channel that has gone is a reason, not an error page."""
    return each_taken(rows, act)[0]


def limited(request: HttpRequest, chosen: QuerySet[Row]) -> list[Row]:
    """At most AT_ONCE of the chosen rows, oldest first; says so when some are left for another press."""
    # What a list shows beside its rows is not needed here.
    rows = list(chosen.order_by("pk").prefetch_related(None)[: AT_ONCE + 1])
    if len(rows) > AT_ONCE:
        rows.pop()
        sentence = _("Only the first %(count)d rows were looked at; press again for the rest.") % {"count": AT_ONCE}
        messages.warning(request, sentence)
    return rows


def yes_or_no(changed: bool, reason: str) -> Done:
    """One row as a tally: taken, or left for this reason."""
    return Done(taken=1) if changed else Done(skipped=Counter({reason: 1}))


def _one(row: Row, act: Callable[[Row], Done]) -> Done:
    try:
        return act(row)
    except UnknownChannels as fault:
        return Done(skipped=Counter({translated(str(fault)): 1}))


def _level(done: Done) -> int:
    if not done.taken:
        return messages.WARNING
    return messages.INFO if done.skipped else messages.SUCCESS
