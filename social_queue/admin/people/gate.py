"""What stands between a log-in and the desk's pages: the end of idle sessions, and a second factor where one is due."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from social_queue.access import second_factor
from social_queue.admin import live

#: In the address of the log-in, or of the second factor's page: a form came that nobody was let in for.
UNSENT = "unsent"
#: What somebody may do who still has to set up a second factor, and what is there for whoever is not in.
_OPEN = {"me-second-factor", "admin:logout", "admin:jsi18n", "log-in", "log-in-code", "welcome"}
#: A session's end moves with its use, but is not written down at every press.
_WRITE_EVERY, _SEEN = 600, "seen"


class Gate:
    """Only for the desk: nothing outside of /admin/ asks who is logged in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the decision waits until it is known which page is asked for."""
        answer = self.get_response(request)
        log_in = reverse("admin:login")
        leads_there = str(answer.headers.get("Location", "")).startswith(f"{log_in}?")
        # The pages of the log-in know themselves where it is to lead.
        if not leads_there or request.path.startswith(log_in):
            return answer
        if "HX-Request" in request.headers:
            return _whole_page(f"{log_in}?{urlencode({'next': _page_around(request)})}")
        if request.method == "POST":
            # The log-in says that the press did nothing, and leads back to where it was pressed.
            answer.headers["Location"] = f"{log_in}?{urlencode({'next': _pressed_on(request), UNSENT: '1'})}"
        return answer

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the request go on."""
        if not request.path.startswith(reverse("admin:index")) or not request.user.is_authenticated:
            return None
        # A page that renews itself is nobody's press: whoever left it open has gone.
        if not live.is_asked(request):
            _keep_awake(request)
        if not settings.REQUIRE_2FA or (request.resolver_match and request.resolver_match.view_name in _OPEN):
            return None
        return None if second_factor.is_set_up(request.user) else _to_second_factor(request)


def _to_second_factor(request: HttpRequest) -> HttpResponse:
    """The page that sets one up, told where to go from there."""
    page = reverse("me-second-factor")
    if "HX-Request" in request.headers:
        return _whole_page(f"{page}?{urlencode({'next': _page_around(request)})}")
    told = {"next": request.get_full_path()}
    if request.method == "POST":
        told = {"next": _pressed_on(request), UNSENT: "1"}
    return redirect(f"{page}?{urlencode(told)}")


def _whole_page(address: str) -> HttpResponse:
    """A part of a page was asked for, and this is none: the browser leaves for it.

    https://htmx.org/headers/hx-redirect/
    """
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def _page_around(request: HttpRequest) -> str:
    """The page that asked for a part of it; where parts come from there may be no page to come back to."""
    return _of_ours(request, request.headers.get("HX-Current-URL", "")) or reverse("admin:index")


def _pressed_on(request: HttpRequest) -> str:
    """The page whose form was sent: the address it was sent to may take presses only."""
    return _of_ours(request, request.headers.get("Referer", "")) or request.get_full_path()


def _of_ours(request: HttpRequest, told: str) -> str:
    """Path and query of an address, "" when it is not of this site."""
    if not url_has_allowed_host_and_scheme(told, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(told)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _keep_awake(request: HttpRequest) -> None:
    now = int(time.time())
    if now - request.session.get(_SEEN, 0) >= _WRITE_EVERY:
        request.session[_SEEN] = now
