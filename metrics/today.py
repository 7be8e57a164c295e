"""The desk's first page with what only this floor knows: the clicks of yesterday."""

from datetime import datetime

from django.db.models import Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _

from metrics.models import ClickTotal
from social_queue.admin import home
from social_queue.admin.pieces.typed import person
from social_queue.admin.today import days


def dashboard(request: HttpRequest, context: dict) -> dict:
    """Django-unfold asks for this when it shows its first page."""
    page = home.dashboard(request, context)
    if page["figures"] and person(request).has_perm("metrics.view_clicktotal"):
        page["figures"] = [*page["figures"], days.figure(_("clicks"), "clicks", _clicks, more_is="good")]
    return page


def _clicks(begin: datetime, end: datetime) -> int:
    rows = ClickTotal.objects.filter(hour_at__gte=begin, hour_at__lt=end)
    return rows.aggregate(Sum("humans"))["humans__sum"] or 0
