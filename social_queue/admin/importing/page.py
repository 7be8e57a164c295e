"""A file by drop or by choice, a verdict for each of its rows, and one press that queues the good ones."""

from collections import Counter
from datetime import datetime

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from social_queue.access import roles
from social_queue.admin.importing import reasons, sheet
from social_queue.admin.pieces.typed import person
from social_queue.intake import receipts
from social_queue.intake.files import judging, queueing, row_files
from social_queue.intake.files.judging import Verdict
from social_queue.intake.files.rows import Row
from social_queue.intake.receipts import Receipt
from social_queue.models import ItemStatus, QueueItem
from social_queue.reading.strict_json import NotJson
from social_queue.sentences import said, translated
from social_queue.upkeep import charset

MOST_ROWS, MOST_BYTES = 1_000, 5 * 1024 * 1024
_COLUMNS = (
    "summary, image_url, alt_text, hashtags, channels, publish_at, expires_at, reference, data.game, data.rtp, "
    "data.window, meta.variant, media.1, media.1.alt, media.2, follow_ups.1, ai, ai.tool"
)


def page(request: HttpRequest) -> HttpResponseBase:
    """The empty page, the table, and what its buttons do."""
    if not person(request).has_perm("queue.add_queueitem"):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, [])
    try:
        rows = _rows(request)
    except NotJson as fault:
        return _page(request, [], fault=translated(str(fault)))
    act, now = request.POST.get("act", ""), timezone.now()
    if act == "queue-good":
        rows = _queue(request, rows, now)
        if not rows:
            return redirect(f"{reverse('admin:queue_queueitem_changelist')}?{urlencode({'source': judging.SOURCE})}")
    verdicts = judging.judge(rows, now=now)
    if act == "reasons":
        return _file([verdict for verdict in verdicts if not verdict.good])
    return _page(request, verdicts)


def _rows(request: HttpRequest) -> list[Row]:
    """Of the file, if one was sent; else as the page carried them. Raises NotJson with a sentence."""
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        rows = _rows_of(file)
    elif "rows" in request.POST:
        rows = sheet.unpacked(request.POST)
    else:
        raise NotJson(_("Choose a file first."))
    if len(rows) > MOST_ROWS:
        told = _("The file has %(count)s rows; at most %(most)s are taken at once. Divide it.")
        raise NotJson(told % {"count": len(rows), "most": MOST_ROWS})
    return rows


def _rows_of(file: UploadedFile) -> list[Row]:
    if (file.size or 0) > MOST_BYTES:
        raise NotJson(_("The file is larger than 5 MB. Divide it, or queue it with `manage.py enqueue`."))
    rows = row_files.read(file.read(), name=file.name or "")
    if not rows:
        raise NotJson(_("There is no row in the file. Add one, then choose it again."))
    return rows


def _queue(request: HttpRequest, rows: list[Row], now: datetime) -> list[Row]:
    """Queue what is good, say how much that was, and return the rest."""
    draft = bool(request.POST.get("draft")) or not _may_approve(request)
    counts: Counter[str] = Counter()
    bad, made = [], list[QueueItem]()
    answers = queueing.take_all(rows, lambda row: _taken(row, now=now, draft=draft), now=now, draft=draft)
    for row, receipt in zip(rows, answers, strict=True):
        if receipt.item is None:
            bad.append(row)
        elif receipt.created:
            made.append(receipt.item)
            skipped = receipt.item.status == ItemStatus.SKIPPED
            counts.update(["skipped" if skipped else "queued"])
        else:
            counts.update(["known"])
    if made:
        LogEntry.objects.log_actions(person(request).pk, made, ADDITION, gettext_noop("Imported from a file."))
    _tell(request, counts)
    return bad


def _taken(row: Row, *, now: datetime, draft: bool) -> Receipt:
    try:
        return judging.take(row, now=now, draft=draft)
    except DatabaseError as fault:
        if not charset.refused_a_letter(fault):
            raise
        return receipts.invalid({"body": [said("holds a letter that this site's database can't keep.")]})


def _tell(request: HttpRequest, counts: Counter[str]) -> None:
    queued, skipped, known = counts["queued"], counts["skipped"], counts["known"]
    told = [ngettext("%(count)d item queued.", "%(count)d items queued.", queued) % {"count": queued}]
    if skipped:
        word = ngettext(
            "%(count)d repeats another and was skipped.", "%(count)d repeat others and were skipped.", skipped
        )
        told.append(word % {"count": skipped})
    if known:
        word = ngettext("%(count)d was in the queue already.", "%(count)d were in the queue already.", known)
        told.append(word % {"count": known})
    messages.add_message(request, messages.SUCCESS if queued else messages.WARNING, " ".join(told))


def _file(bad: list[Verdict]) -> StreamingHttpResponse:
    ending, media_type, pieces = reasons.as_file(bad)
    answer = StreamingHttpResponse(pieces, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="bad-rows.{ending}"'
    return answer


def _page(request: HttpRequest, verdicts: list[Verdict], *, fault: str = "") -> HttpResponse:
    verdicts = [Verdict(sheet.with_lacking(one), one.faults) if not one.good else one for one in verdicts]
    fresh = [verdict for verdict in verdicts if verdict.fresh]
    context = {
        **admin.site.each_context(request),
        "title": _("Import items"),
        "fault": fault,
        "table": sheet.shown(verdicts),
        "carried": sheet.packed(verdict.row for verdict in verdicts),
        "fresh": len(fresh),
        "at_once": sum(verdict.at_once and not verdict.repeats for verdict in fresh),
        "bad": sum(not verdict.good for verdict in verdicts),
        "known": sum(verdict.good and not verdict.fresh for verdict in verdicts),
        "draft": bool(request.POST.get("draft")) or not _may_approve(request),
        "may_approve": _may_approve(request),
        "zone": settings.TIME_ZONE,
        "most": MOST_ROWS,
        "columns": _COLUMNS,
    }
    return TemplateResponse(request, "admin/desk/import.html", context, status=400 if fault else 200)


def _may_approve(request: HttpRequest) -> bool:
    return person(request).has_perm(roles.APPROVE)
