"""How the doors for taking back, and for another text, are described."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers

from social_queue.api.openapi import answers, schema, shapes
from social_queue.api.serializers import PostDetail


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


_EITHER = PolymorphicProxySerializer("PostChanged", [PostDetail, answers.PostInShort], resource_type_field_name=None)
CORRECT = extend_schema(
    operation_id="correct_post",
    summary="Give a post another text",
    description="Until it is claimed, or after it has failed: the caption that it goes out with, judged by the same "
    "limits; empty to have it worded by the template again. Once it is published: its text is changed on its platform "
    "after correction.waits_until, where the platform can (else 409, code not_correctable, with the reason); it is "
    "tried again by itself, and post.corrected tells when it is done. {link} stands for the post's link. With part it "
    "is the text of one of its parts, a follow-up that is out (parts tells which, each with its own correction); what "
    f"has still to follow is changed with the item. Asked again, it answers the same. {schema.WHOSE}",
    request=schema.as_json(shapes.named("Rewording")),
    responses={
        200: OpenApiResponse(_EITHER, "It reads so, or will when it goes out."),
        202: OpenApiResponse(_EITHER, "It is out, and is changed there when the time to undo is over."),
        **schema.errors(404, 409, *schema.WITH_BODY),
    },
    examples=[
        OpenApiExample("Another text", {"caption": "The gates open at eight: {link}"}, request_only=True),
        OpenApiExample("Of what follows", {"caption": "Not on Mondays.", "part": 2}, request_only=True),
    ],
)
