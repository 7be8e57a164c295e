"""Who may connect accounts, and what such a page leaves behind: nothing in caches, nothing in addresses."""

from collections.abc import Callable
from functools import wraps
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

import connectors
from connectors.login import Login
from social_queue.accounts import connecting

PERMISSION = "queue.add_platformaccount"


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For people with the permission. Who is not logged in keeps no query in the way back: a code may stand in it."""

    @wraps(view)
    def inside(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not admin.site.has_permission(request):
            return redirect(f"{reverse('admin:login')}?next={reverse('connect')}")
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        if (name := kwargs.get("platform")) is not None and not can_log_in(name):
            raise Http404
        answer = view(request, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return sensitive_post_parameters()(inside)


def can_log_in(name: str) -> bool:
    """Is this a platform whose connector declares a log-in?"""
    return name in connectors.names() and bool(connectors.get(name).login)


def session_of(request: HttpRequest) -> str:
    """What ties a log-in at a platform to this browser."""
    if not request.session.session_key:
        request.session.save()
    return cast(str, request.session.session_key)  # a saved session has one


def page(request: HttpRequest, name: str, *, title: str, **context: object) -> TemplateResponse:
    """One page of connecting."""
    context = admin.site.each_context(request) | {"title": title, "undo_seconds": settings.UNDO_SECONDS} | context
    return TemplateResponse(request, f"admin/desk/connect_{name}.html", context, headers={"Cache-Control": "no-store"})


def label(platform: str) -> str:
    """How people call a platform."""
    return connectors.get(platform).label


def chosen_way(request: HttpRequest, platform: str) -> Login:
    """The way that the address names, else the usual one."""
    return connecting.way_of(platform, request.GET.get("way", ""))


def along(name: str, platform: str, way: str) -> str:
    """The address of a page of connecting, for the way that was chosen where there are several."""
    address = reverse(name, args=[platform])
    return f"{address}?{urlencode({'way': way})}" if way else address
