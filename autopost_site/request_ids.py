"""Every answer says which request it answers, and every line that is logged meanwhile says so too."""

import random
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from social_queue.workings import log_marks

HEADER = "X-Request-Id"
_META = f"HTTP_{HEADER.upper().replace('-', '_')}"
_GOOD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class RequestIds:
    """Middleware: the caller's own id where it is one, else a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get(_META, "")
        # It proves nothing, so it need not come from the system, which every thread would have to wait for.
        name = given if _GOOD.fullmatch(given) else f"{random.getrandbits(96):024x}"
        with log_marks.during(name):
            response = self.get_response(request)
        response[HEADER] = name
        return response
