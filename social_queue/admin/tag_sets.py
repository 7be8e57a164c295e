"""Hashtag sets: kept by name from the composer, put into its field by a press, the same for everybody who writes."""

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from social_queue.admin.pieces.fields import sentences, words
from social_queue.admin.pieces.filters import is_id
from social_queue.admin.pieces.typed import person
from social_queue.intake.incoming import RULES, cleaned
from social_queue.models import HashtagSet

_LONGEST_NAME = 60
_MOST = 60


def shown() -> list[dict[str, Any]]:
    """As the composer offers them."""
    return [{"pk": row.pk, "name": row.name, "written": ", ".join(row.tags)} for row in HashtagSet.objects.all()]


def page(request: HttpRequest) -> HttpResponseBase:
    """For the composer's script: keep one under a name, replacing what it held, or forget one."""
    if not any(person(request).has_perm(f"queue.{verb}_queueitem") for verb in ("add", "change")):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    told, done = _forget(request) if "forget" in request.POST else _keep(request)
    drawn = render_to_string("admin/desk/compose/tag_set_list.html", {"sets": shown()}, request)
    return JsonResponse({"sets": drawn, "told": told}, status=200 if done else 422)


def _keep(request: HttpRequest) -> tuple[str, bool]:
    name = " ".join(request.POST.get("name", "").split())
    values, faults = cleaned({"hashtags": words(request.POST.get("hashtags", ""))}, {"hashtags": RULES["hashtags"]})
    if faults:
        return " ".join(sentences(faults["hashtags"])), False
    if not name or len(name) > _LONGEST_NAME or "\0" in name:
        return _("Give the set a name of at most %(most)d characters.") % {"most": _LONGEST_NAME}, False
    if not values["hashtags"]:
        return _("There is no hashtag to keep yet."), False
    held = HashtagSet.objects.filter(name__iexact=name).first()
    if held is None and HashtagSet.objects.count() >= _MOST:
        return _("There are %(most)d sets; forget one first.") % {"most": _MOST}, False
    row, flag = held or HashtagSet(name=name), CHANGE if held else ADDITION
    row.tags = values["hashtags"]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return _("Somebody has just kept a set of that name; press again."), False
    _remember(request, row, flag)
    return _("Kept as %(name)s.") % {"name": row.name}, True


def _forget(request: HttpRequest) -> tuple[str, bool]:
    number = request.POST.get("forget", "")
    row = HashtagSet.objects.filter(pk=number).first() if is_id(number) else None
    if row is not None:
        _remember(request, row, DELETION)
        row.delete()
    return _("Forgotten."), True


def _remember(request: HttpRequest, row: HashtagSet, flag: int) -> None:
    said = "" if flag == DELETION else [{"changed": {"fields": ["hashtags"]}}] if flag == CHANGE else [{"added": {}}]
    LogEntry.objects.log_actions(person(request).pk, [row], flag, said)
