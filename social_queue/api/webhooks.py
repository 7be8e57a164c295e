"""The door for signed deliveries: no key, the signature is the proof."""

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from social_queue import callers, webhooks
from social_queue.api import answers
from social_queue.api.base import AlwaysJson
from social_queue.deliveries import LARGEST_BODY

#: So much of a body that is too large is read and thrown away, so that its sender hears why it was refused.
_MOST_DRAINED = 16 * LARGEST_BODY
_CHUNK = 64 * 1024

_RECEIVED = OpenApiResponse(
    OpenApiTypes.OBJECT, 'Queued: {"log", "id", "status"}; of several items the first, and all of them in "items".'
)
_REASONS = {
    401: "Not signed by this source, or signed more than five minutes away from now.",
    404: "There is no such source.",
    413: "Over 1 MiB.",
    422: "The body makes no queue item; the fields say why.",
    500: "Our own fault; the delivery is kept.",
    503: "The source is paused, or the database is away: send it again after Retry-After.",
}
_SCHEMA = extend_schema(
    operation_id="webhook",
    summary="Deliver signed content",
    description="What the body must look like is up to the source's field map; without one it is an ingest body. "
    "Signed after Standard Webhooks, or with an HMAC-SHA256 in a header, whichever the source was made for.",
    request={"application/json": {"type": "object"}},
    responses={
        202: _RECEIVED,
        200: OpenApiResponse(OpenApiTypes.OBJECT, "The same delivery came before: the first answer again."),
        **{status: OpenApiResponse(answers.Error, reason) for status, reason in _REASONS.items()},
    },
    auth=[],
)


class WebhookView(APIView):
    """One delivery of a webhook source, signed with the source's secret; every one is logged as it came."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = AlwaysJson

    @_SCHEMA
    def post(self, request: Request, source: str) -> Response:
        plain: HttpRequest = request._request
        status, answer = webhooks.receive(
            source, headers=plain.headers, body=_read(plain), remote_ip=callers.address_of(plain), now=timezone.now()
        )
        headers = {"Retry-After": str(webhooks.RETRY_AFTER_S)} if status == 503 else {}
        return Response(answer, status=status, headers=headers)


def _read(request: HttpRequest) -> bytes:
    """The raw body, one byte over the limit at most."""
    chunked = not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if chunked else request
    body = stream.read(LARGEST_BODY + 1)
    drained = len(body)
    while len(body) > LARGEST_BODY and drained < _MOST_DRAINED:
        rest = stream.read(_CHUNK)
        if not rest:
            break
        drained += len(rest)
    return body
