"""A button on an item that waits: how often it repeats, seen as a sentence with its next times, then done."""

import itertools
from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from social_queue.admin.acts import actions
from social_queue.admin.acts.buttons import Button
from social_queue.admin.pieces import looks
from social_queue.admin.repeats import shown
from social_queue.admin.repeats.form import RepeatForm
from social_queue.calendar import repeating
from social_queue.calendar.repeating import Rule
from social_queue.intake.incoming import Malformed
from social_queue.models import ItemStatus, QueueItem
from social_queue.operations import editing
from social_queue.sentences import translated
from social_queue.timing import rules, rules_in_words, zones

_LABEL = _("Repeat")


def _press(request: HttpRequest, item: QueueItem) -> HttpResponse | None:
    """First the form, then the same with what comes of it, then it is done."""
    step = request.POST.get("step", "")
    held = repeating.held(item)
    zone = held.zone if held else repeating.zone_of(item)
    form = RepeatForm(request.POST if step else None, begins=item.publish_at, zone=zone, held=held)
    if step != "do" or not form.is_valid():
        return _page(request, item, form)
    try:
        changed = repeating.change(item.pk, {}, repeat=_asked(form.rule), now=timezone.now())
    except editing.Gone as fault:
        messages.error(request, f"{translated(str(fault))} " + gettext("Nothing was changed."))
        return HttpResponseRedirect(looks.address(item))
    except Malformed as fault:
        said = [translated(sentence) for lines in fault.fields.values() for sentence in lines]
        form.add_error(None, said)
        return _page(request, item, form)
    actions.remember(request, [item], _LABEL)
    _tell(request, changed)
    return HttpResponseRedirect(looks.address(changed))


def _asked(rule: Rule | None) -> dict[str, str] | None:
    """As ingest takes it."""
    if rule is None:
        return None
    until = {"until": rule.until.isoformat()} if rule.until else {}
    return {"rrule": rule.text, "zone": rule.zone, **until}


def _tell(request: HttpRequest, item: QueueItem) -> None:
    if item.series is None or repeating.held(item) is None:
        messages.success(request, gettext("It does not repeat any more; what was to follow is cancelled."))
        return
    count = repeating.to_follow(item)
    laid = ngettext(
        "%(count)d item that follows is laid down.", "%(count)d items that follow are laid down.", count
    ) % {"count": count}
    repeats = gettext("It repeats: %(words)s.") % {"words": rules_in_words.of(item.series)}
    messages.success(request, f"{repeats} {laid}")


def _page(request: HttpRequest, item: QueueItem, form: RepeatForm) -> HttpResponse:
    looked = form.is_bound and form.is_valid()
    rule = form.rule if looked else form.held
    context = {
        **admin.site.each_context(request),
        "title": _("How often it repeats"),
        "opts": QueueItem._meta,
        "item": item,
        "planned": looks.moment(item.publish_at),
        "form": form,
        "looked": looked,
        "ends_it": looked and rule is None,
        "follow": repeating.to_follow(item),
        "address": reverse("admin:queue_queueitem_press", args=[item.pk, _name(item)]),
        "back": looks.address(item),
        **(_effect(rule, item) if rule else {}),
    }
    return TemplateResponse(request, "admin/desk/repeat.html", context)


def _effect(rule: Rule, item: QueueItem) -> dict[str, object]:
    """The sentence and the next times, the item's own first."""
    found = rules.moments(rule.text, zones.named(rule.zone), begins=item.publish_at, until=rule.until)
    times = list(itertools.islice(found, shown.MOMENTS))
    told = shown.by_clock_of(rule.zone, times)
    words = rules_in_words.words(rule.text, rule.zone, begins=item.publish_at, until=rule.until)
    return {
        "words": words or rule.text,
        "worded": bool(words),
        "times": told,
        "moves": told[0] if times and times[0] != item.publish_at.replace(microsecond=0) else "",
    }


def _name(item: QueueItem) -> str:
    return "repeat-draft" if item.status == ItemStatus.DRAFT else "repeat"


def _waits(status: str) -> Callable[[QueueItem], bool]:
    return lambda item: item.status == status and not item.next_slot and item.publish_at > timezone.now()


#: What has been let go is multiplied by whoever may let go; a draft stays one, and so do those that follow it.
BUTTONS = (
    Button("repeat", _LABEL, _press, _waits(ItemStatus.READY), "repeat", remembers=True, permission="approve"),
    Button("repeat-draft", _LABEL, _press, _waits(ItemStatus.DRAFT), "repeat", remembers=True),
)
