"""The doors for content: ingest, preview, cards. Each parses, calls one function and answers."""

import contextlib
import logging
from collections.abc import Callable

from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from social_queue.access.keys import INGEST, READ
from social_queue.api.auth import CardThrottle, KeyThrottle
from social_queue.api.base import ApiView
from social_queue.api.body import read_json
from social_queue.api.errors import ApiProblem, refuse
from social_queue.api.openapi import schema
from social_queue.intake import ingest
from social_queue.intake.incoming import Malformed, normalise, only
from social_queue.intake.receipts import Receipt, invalid
from social_queue.media import cards
from social_queue.operations import previews

logger = logging.getLogger(__name__)


class IngestView(ApiView):
    """One item, or an array of them, comes in."""

    @schema.INGEST
    def post(self, request: Request) -> Response:
        payload = read_json(request)
        take: Callable[..., Receipt] = ingest.receive_many if isinstance(payload, list) else ingest.receive
        key = request.headers.get("Idempotency-Key")
        receipt = take(payload, source=request.auth.name, now=timezone.now(), idempotency_key=key)
        headers = {"Idempotent-Replay": "true"} if receipt.replayed else {}
        return Response(receipt.body, status=receipt.status_code, headers=headers)


class PreviewView(ApiView):
    """The captions of an ingest body; a key that may only read may look as well."""

    scopes = {"POST": (INGEST, READ)}

    @schema.PREVIEW
    def post(self, request: Request) -> Response:
        try:
            incoming = normalise(read_json(request), now=timezone.now(), source=request.auth.name, to_look=True)
        except Malformed as fault:
            raise refuse(invalid(fault.fields)) from None
        return Response({"posts": list(previews.of_incoming(incoming))})


class CardView(ApiView):
    """A picture card is drawn and kept."""

    throttle_classes = (KeyThrottle, CardThrottle)

    @schema.CARDS
    def post(self, request: Request) -> Response:
        try:
            wanted = only(read_json(request), "title", "data", required=["title"])
            card = cards.card_for(wanted["title"], wanted.get("data"))
        except (Malformed, cards.BadCard) as fault:
            raise refuse(invalid(fault.fields)) from None
        except OSError as fault:
            logger.exception("a card can't be kept")
            words = "The place for files can't be reached or is full at the moment. Send the same request again."
            raise ApiProblem(503, "unavailable", words) from fault
        return Response({"file_url": card.url, "width": card.width, "height": card.height}, status=201)


class NowhereView(ApiView):
    """Any other address under /api/: a 404 for everybody; for a key it counts as every other request does."""

    permission_classes = ()
    schema = None

    def perform_authentication(self, request: Request) -> None:
        with contextlib.suppress(AuthenticationFailed):
            super().perform_authentication(request)

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("There is nothing at this address. The API is described at /api/docs/.")
