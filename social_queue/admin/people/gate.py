"""What stands between a log-in and the desk's pages: the end of idle sessions, and a second factor where one is due."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from social_queue.access import second_factor

#: What somebody may do who still has to set up a second factor.
_OPEN = {"me-second-factor", "admin:logout", "admin:jsi18n"}
#: A session's end moves with its use, but is not written down at every press.
_WRITE_EVERY, _SEEN = 600, "seen"


class Gate:
    """Only for the desk: nothing outside of /admin/ asks who is logged in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the decision waits until it is known which page is asked for."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the request go on."""
        if not request.path.startswith(reverse("admin:index")) or not request.user.is_authenticated:
            return None
        _keep_awake(request)
        if not settings.REQUIRE_2FA or (request.resolver_match and request.resolver_match.view_name in _OPEN):
            return None
        return None if second_factor.is_set_up(request.user) else redirect("me-second-factor")


def _keep_awake(request: HttpRequest) -> None:
    now = int(time.time())
    if now - request.session.get(_SEEN, 0) >= _WRITE_EVERY:
        request.session[_SEEN] = now
