"""Pages that renew themselves while they are open: a browser asks with the stamp of what it shows.

Where nothing has changed the answer is 304 and no page is drawn. Such a question takes no messages away: these are for
the page that its reader opens next.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib.messages.storage.base import BaseStorage
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone

#: What the script sends, and reads again in the answer.
HEADER = "X-Live"
#: A row, what was read with it, and what was read with that.
_DEEPEST = 3
#: Of a page's parts those that say how long ago something was: nobody needs a page drawn anew for these.
_ONLY_TIME = ("when", "pulse")


class _NoMessages(BaseStorage):
    """Whatever waits, waits on."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list, bool]:
        return [], True

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> list:
        return []


def is_asked(request: HttpRequest) -> bool:
    """Does the page's script ask, and not its reader?"""
    return request.method == "GET" and HEADER in request.headers


def quiet(request: HttpRequest) -> None:
    """Take no message away with the answer."""
    request._messages = _NoMessages(request)  # type: ignore[attr-defined]  # where Django's middleware keeps them


def answer(request: HttpRequest, stamp: str, draw: Callable[[], HttpResponse]) -> HttpResponse:
    """The page, or that it is still what the browser shows."""
    if is_asked(request):
        quiet(request)
        if request.headers[HEADER] == stamp:
            return HttpResponseNotModified(headers={HEADER: stamp})
    response = draw()
    response.headers[HEADER] = stamp
    return response


def stamp_of(*parts: object) -> str:
    """The same parts, the same stamp, as long as it is the same day: a day changes how moments are written."""
    held = [_plain(part, _DEEPEST) for part in (timezone.localdate(), *parts)]
    return hashlib.sha256(repr(held).encode()).hexdigest()[:20]


def _plain(part: object, deeper: int) -> object:
    """Rows as their columns, with the rows that were read with them."""
    if deeper and isinstance(part, Model):
        held = {name: value for name, value in vars(part).items() if not name.startswith("_")}
        with_it = {**part._state.fields_cache, **getattr(part, "_prefetched_objects_cache", {})}
        return held, {name: _plain(one, deeper - 1) for name, one in with_it.items()}
    if isinstance(part, dict):
        return {name: _plain(one, deeper) for name, one in part.items() if name not in _ONLY_TIME}
    if isinstance(part, list | tuple | QuerySet):
        return [_plain(one, deeper) for one in part]
    return part
