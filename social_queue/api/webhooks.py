"""The door for signed deliveries: no key, the signature is the proof.

A delivery goes past most of the middlewares, which serve people: they cost as much as taking it in.
"""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.utils import timezone, translation
from rest_framework.request import Request
from rest_framework.views import APIView

from social_queue.access import callers
from social_queue.api import errors, pieces
from social_queue.api.base import AlwaysJson
from social_queue.api.openapi import webhook
from social_queue.reading.strict_json import LARGEST_BODY
from social_queue.webhooks import bursts, floods, inbox
from social_queue.webhooks.received import Body, Delivery

#: So much of a body that is too large is read and thrown away, so that its sender hears why it was refused.
_MOST_DRAINED = 16 * LARGEST_BODY
_PATH = "/api/autopost/webhook/"
#: An answer to a program, which nobody is to look at as a page.
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_HEADERS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}


class WebhookView(APIView):
    """One delivery of a webhook source, signed with the source's secret; every one is logged as it came."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = AlwaysJson

    @webhook.DELIVER
    def post(self, request: Request, source: str) -> HttpResponse:
        return _take(request._request, source)


class StraightIn:
    """Middleware behind what concerns every answer, before what concerns people: no session, log-in, cookie, page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take a delivery in at once; pass everything else on."""
        path = request.path_info
        source = path[len(_PATH) :] if path.startswith(_PATH) and request.method == "POST" else ""
        if not source or "/" in source:
            return self.get_response(request)
        request.get_host()  # refused under a name that is not ours, as everywhere
        translation.activate(settings.LANGUAGE_CODE)
        return _take(request, source)


def _take(request: HttpRequest, source: str) -> HttpResponse:
    try:
        body, now = _read(request), timezone.now()
        delivery = Delivery(source, _headers(request), body, callers.address_of(request))
        status, answer = bursts.receive(delivery, now=now)
    except Exception as fault:  # noqa: BLE001 - every fault is answered in one shape
        told = errors.handle(fault, {"request": request})
        return _answer(told.data, told.status_code, {"Retry-After": told.get("Retry-After", "")})
    waits = {503: inbox.RETRY_AFTER_S, 429: floods.retry_after(now)} if status in (429, 503) else {}
    return _answer(answer, status, {"Retry-After": str(waits.get(status, ""))})


def _headers(request: HttpRequest) -> dict[str, str]:
    """As ``request.headers``, which looks at every name anew."""
    return {name: value for key, value in request.META.items() if (name := _header(key))}


_header = functools.lru_cache(maxsize=512)(HttpHeaders.parse_header_name)


def _answer(body: object, status: int, headers: Mapping[str, str]) -> HttpResponse:
    text = _COMPACT.encode(body).encode()
    told = {name: value for name, value in {**_HEADERS, **headers}.items() if value}
    told |= {"Content-Length": str(len(text)), "Content-Language": settings.LANGUAGE_CODE}
    return HttpResponse(text, content_type="application/json", status=status, headers=told)


def _read(request: HttpRequest) -> Body:
    """The raw body, one byte over the limit at most. Raises ApiProblem: 408 too slow, 400 not as announced."""
    chunked = not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if chunked else request
    digest, kept, size = hashlib.sha256(), [], 0
    while size < _MOST_DRAINED and (piece := pieces.read(stream)):
        digest.update(piece)
        if size <= LARGEST_BODY:
            kept.append(piece)
        size += len(piece)
    return Body(b"".join(kept)[: LARGEST_BODY + 1], size, digest.hexdigest())
