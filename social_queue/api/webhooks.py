"""The door for signed deliveries: no key, the signature is the proof."""

import hashlib

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from social_queue.access import callers
from social_queue.api import pieces
from social_queue.api.base import AlwaysJson
from social_queue.api.openapi import webhook
from social_queue.reading.strict_json import LARGEST_BODY
from social_queue.webhooks import bursts, floods, inbox
from social_queue.webhooks.received import Body, Delivery

#: So much of a body that is too large is read and thrown away, so that its sender hears why it was refused.
_MOST_DRAINED = 16 * LARGEST_BODY


class WebhookView(APIView):
    """One delivery of a webhook source, signed with the source's secret; every one is logged as it came."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = AlwaysJson

    @webhook.DELIVER
    def post(self, request: Request, source: str) -> Response:
        plain: HttpRequest = request._request
        body, now = _read(plain), timezone.now()
        status, answer = bursts.receive(Delivery(source, plain.headers, body, callers.address_of(plain)), now=now)
        waits = {503: inbox.RETRY_AFTER_S, 429: floods.retry_after(now)}
        headers = {"Retry-After": str(waits[status])} if status in waits else {}
        return Response(answer, status=status, headers=headers)


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
