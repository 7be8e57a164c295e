"""The 403 pages of the desk: who can grant the permission, and what to do about a page that is older than a log-in."""

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import csrf, defaults

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


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without its token: most often its page was opened before somebody logged in again."""
    if not request.path.startswith(reverse("admin:index")):
        return csrf.csrf_failure(request, reason)
    context = {**admin.site.each_context(request), "title": _("This page is too old"), "back": _opened_from(request)}
    # Without a session there is no desk around it: the form of the log-in in an old tab, for one.
    within = "admin/base_site.html" if request.user.is_authenticated else "unfold/layouts/unauthenticated.html"
    context["within"] = within
    return HttpResponseForbidden(render_to_string("admin/desk/too_old.html", context, request))


def _opened_from(request: HttpRequest) -> str:
    """The page whose form was sent."""
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else reverse("admin:index")


def _in_charge() -> list[str]:
    rows = User.objects.filter(is_superuser=True, is_active=True).order_by("date_joined", "pk")[:_MOST]
    return [row.get_full_name() or row.get_username() for row in rows]
