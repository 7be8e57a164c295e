"""The desk's first page with what only this floor knows: the clicks of yesterday."""

from datetime import datetime
from functools import partial

from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from metrics import watermarks
from metrics.models import ClickTotal
from metrics.sums import totals
from social_queue.admin import home
from social_queue.admin.pieces.typed import person
from social_queue.admin.today import days


def dashboard(request: HttpRequest, context: dict) -> dict:
    """Django-unfold asks for this when it shows its first page."""
    page = home.dashboard(request, context)
    if page["figures"] and person(request).has_perm("metrics.view_clicktotal"):
        counted = partial(_are_added_up, now=timezone.now())
        clicks = days.figure(_("clicks"), "clicks", _clicks, more_is="good", is_counted=counted)
        page["figures"] = [*page["figures"], clicks]
    return page


def _are_added_up(until: datetime, *, now: datetime) -> bool:
    """Are all clicks before ``until`` in the sums, those too that were booked late? A mark ahead does not say so."""
    reached = watermarks.reached(totals.MARK)
    return reached is not None and until + totals.OVERLAP <= reached <= now


def _clicks(begin: datetime, end: datetime) -> int:
    rows = ClickTotal.objects.filter(hour_at__gte=begin, hour_at__lt=end)
    return rows.aggregate(Sum("humans"))["humans__sum"] or 0
