"""A button on an item that belongs to a repeat: what this one says is said by all that follow."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from social_queue.admin.acts.buttons import Button
from social_queue.admin.pieces import looks
from social_queue.calendar import repeating
from social_queue.intake.incoming import Malformed
from social_queue.models import QueueItem
from social_queue.operations import editing
from social_queue.sentences import translated
from social_queue.timing import rules_in_words


def link(item: QueueItem) -> list[str]:
    """The way to its repeat, for the item's panel."""
    if item.series is None:
        return []
    return [looks.link(item.series, gettext("One of a repeat: %(words)s") % {"words": rules_in_words.of(item.series)})]


def _press(request: HttpRequest, item: QueueItem) -> None:
    try:
        changed = repeating.change(item.pk, {}, now=timezone.now())
    except editing.Gone as fault:
        messages.error(request, f"{translated(str(fault))} " + gettext("Nothing was changed."))
        return
    except Malformed as fault:
        said = " ".join(translated(sentence) for lines in fault.fields.values() for sentence in lines)
        messages.error(request, f"{said} " + gettext("Nothing was changed."))
        return
    count = repeating.to_follow(changed)
    told = ngettext(
        "%(count)d item that follows says the same now, at the same time of day.",
        "%(count)d items that follow say the same now, at the same time of day.",
        count,
    )
    words = rules_in_words.of(changed.series) if changed.series else ""
    repeats = gettext("It repeats: %(words)s.") % {"words": words}
    messages.success(request, f"{told % {'count': count}} {repeats}")


BUTTON = Button[QueueItem](
    "follow",
    _("Say so in all that follow"),
    _press,
    lambda item: item.series is not None and item.series.cancelled_at is None and repeating.to_follow(item) > 0,
    "event_repeat",
    ask=_(
        "All that follow in this repeat get the words and the time of day of this one. What was changed in single ones "
        "of them is lost. Go on?"
    ),
)
