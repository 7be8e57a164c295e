"""The 403 page of the desk: who can grant the permission."""

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from social_queue.access import roles

#: Names shown to ask; who runs a site with more of them knows the others.
_MOST = 3


def page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403; outside the desk, or to nobody in particular, as plainly as Django does."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or not person.is_staff:
        return defaults.permission_denied(request, exception)
    names = person.groups.order_by("name").values_list("name", flat=True)
    context = {
        **admin.site.each_context(request),
        "title": _("You may not open this"),
        "roles": [roles.LABELS.get(name, name) for name in names],
        "ask": _in_charge(),
    }
    return HttpResponseForbidden(render_to_string("admin/desk/refused.html", context, request))


def _in_charge() -> list[str]:
    rows = User.objects.filter(is_superuser=True, is_active=True).order_by("date_joined", "pk")[:_MOST]
    return [row.get_full_name() or row.get_username() for row in rows]
