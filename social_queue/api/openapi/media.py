"""How the door for pictures and videos is described."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers

from social_queue.api.openapi import answers, schema
from social_queue.models import MediaFile

_UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "additionalProperties": False,
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    }
}
_ANSWER = {
    "id": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "type": "image",
    "width": 1080,
    "height": 1350,
    "seconds": 0.0,
    "bytes": 183042,
    "url": "https://desk.example.com/media/originals/5e/5e884898da28047151d0e56f8dc62927.jpg",
}


class Upload(serializers.Serializer):
    """A picture or a video that is kept."""

    id = serializers.CharField(help_text="For media[].upload of an item; the same bytes have the same one.")
    type = serializers.ChoiceField(MediaFile.Kind.choices)
    width = serializers.IntegerField(help_text="Pixels, as a viewer sees it.")
    height = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="Length of a video; 0 of a picture.")
    bytes = serializers.IntegerField(help_text="Of what is kept: without place, time and device.")
    url = serializers.CharField()


UPLOAD = extend_schema(
    operation_id="upload",
    summary="Upload a picture or a video",
    description="For media of an item that is sent afterwards. A picture may take 20 MiB, a video (MP4, MOV) 200 MiB. "
    "Where and with which camera it was made is taken out. What no item uses is removed after a day; what one uses "
    "stays as long as the item.",
    request=_UPLOAD,
    responses={
        201: OpenApiResponse(Upload, "Kept."),
        200: OpenApiResponse(Upload, "These bytes came before: the same upload."),
        **schema.errors(408, 411, 415),
        413: OpenApiResponse(answers.Error, "A picture over 20 MiB, or a video over 200 MiB."),
        503: OpenApiResponse(answers.Error, "The place for files is full or away. Send it again later."),
        422: OpenApiResponse(answers.Error, "Not a picture or a video that we take (code bad_media)."),
    },
    examples=[OpenApiExample("A picture", _ANSWER, response_only=True, status_codes=["201", "200"])],
)
