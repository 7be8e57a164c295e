"""How the doors for taking back are described."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

from social_queue.api.openapi import schema


class PostAskedBack(serializers.Serializer):
    """A post that is taken back, and until when its deletion waits; null when there is none to wait for."""

    id = serializers.IntegerField()
    status = serializers.CharField()
    waits_until = serializers.DateTimeField(allow_null=True)


class AskedBack(serializers.Serializer):
    """Each post that was asked back."""

    posts = PostAskedBack(many=True)


_ASKED_BACK = OpenApiResponse(
    AskedBack,
    "Asked for: what had not gone is cancelled; each other one is deleted on its platform after waits_until, and asked "
    "about first where nobody knows whether it is out. Asked again, it answers the same.",
)
RECALL = extend_schema(
    operation_id="recall",
    summary="Take a queue item back",
    description=schema.WHOSE,
    request=None,
    responses={202: _ASKED_BACK, **schema.errors(404)},
)
RECALL_POST = extend_schema(
    operation_id="recall_post",
    summary="Take a post back",
    description="What its platform does not let us delete stays published, with error_kind not_recallable and a "
    f"sentence; a post that is gone is recalled. {schema.WHOSE}",
    request=None,
    responses={202: _ASKED_BACK, **schema.errors(404)},
)
