"""How the door for signed deliveries is described."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import serializers

from social_queue.api.openapi import answers, shapes
from social_queue.api.openapi.examples import bodies
from social_queue.models import QueueItem

#: Names of security schemes, and what each of them is.
SCHEMES = {
    "standardWebhooks": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks: “v1,” and the base64 of HMAC-SHA256 over “{webhook-id}.{webhook-timestamp}."
        "{body}” under the source's secret (whsec_…); several with a space between. At most five minutes off. The same "
        "three headers named svix-… count as well. https://www.standardwebhooks.com/",
    },
    "hmac": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Hub-Signature-256",
        "description": "“sha256=” and the hex of HMAC-SHA256 over the raw body under the source's secret. A source can "
        "be made with another name for this header.",
    },
}


class DeliveryItem(serializers.Serializer):
    """What one item of a delivery became."""

    index = serializers.IntegerField()
    id = serializers.IntegerField(required=False)
    status = serializers.CharField(required=False)
    error = answers.ErrorBody(required=False)


class DeliveryTaken(serializers.Serializer):
    """It made at least one item: the first, and of several all of them."""

    log = serializers.IntegerField(help_text="The delivery's own number, as the desk shows it.")
    id = serializers.IntegerField()
    status = serializers.ChoiceField(QueueItem.Status.choices)
    items = DeliveryItem(many=True, required=False)


class DeliveryIgnored(serializers.Serializer):
    """Not meant for us, by the field map or as a ping."""

    status = serializers.ChoiceField(["ignored"])


_REASONS = {
    400: "The body was not sent as it was announced.",
    401: "Not signed by this source, or signed more than five minutes away from now.",
    404: "There is no such source.",
    408: "The body did not arrive in time.",
    413: "Over 1 MiB.",
    415: "Compressed, or a form: send JSON.",
    422: "The body makes no queue item; the fields say why.",
    429: "Too many unsigned deliveries from this address this minute; see Retry-After.",
    500: "Our own fault; the delivery is kept.",
    503: "The source is paused, or the database is away: send it again after Retry-After.",
}


#: Either of them; the types of the library know names alone here, the schema wants objects.
_SECURITY: Any = [{name: []} for name in SCHEMES]


def _header(name: str, text: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=text)


DELIVER = extend_schema(
    operation_id="webhook",
    summary="Deliver signed content",
    description="What the body must look like is up to the source's field map; without one it is an ingest body. "
    "Signed after Standard Webhooks, or with an HMAC-SHA256 in a header, whichever the source was made for.",
    parameters=[
        OpenApiParameter("source", OpenApiTypes.STR, OpenApiParameter.PATH, description="The source's slug."),
        _header("webhook-id", "Standard Webhooks: the delivery's id, the same on every try."),
        _header("webhook-timestamp", "Standard Webhooks: seconds since 1970, part of what is signed."),
        _header("X-Delivery-Id", "hmac: the delivery's id; X-GitHub-Delivery counts as well."),
    ],
    request={"application/json": {"oneOf": [shapes.ANY_OBJECT, {"type": "array", "items": shapes.ANY_OBJECT}]}},
    responses={
        202: OpenApiResponse(
            PolymorphicProxySerializer(
                "DeliveryReceived", [DeliveryTaken, DeliveryIgnored], resource_type_field_name=None
            ),
            "Queued, or not meant for us.",
        ),
        200: OpenApiResponse(DeliveryTaken, "The same delivery came before: the first answer again."),
        **{status: OpenApiResponse(answers.Error, reason) for status, reason in _REASONS.items()},
    },
    auth=_SECURITY,
    examples=[OpenApiExample("An item", bodies.EXAMPLE, request_only=True)],
)
