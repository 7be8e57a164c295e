"""POST media: a picture or a video comes in, ahead of the item that will carry it."""

import logging

from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.media.guard import MediaRefused
from social_queue.api.base import ApiView
from social_queue.api.errors import ApiProblem
from social_queue.api.media import receiving
from social_queue.api.openapi import media
from social_queue.media import files, originals
from social_queue.models import MediaFile

logger = logging.getLogger(__name__)


class MediaView(ApiView):
    """One file, kept once however often it comes."""

    parser_classes = (MultiPartParser,)

    @media.UPLOAD
    def post(self, request: Request) -> Response:
        try:
            file, sha256 = receiving.file_of(request)
            kept, is_new = originals.keep(file, now=timezone.now(), sha256=sha256)
        except MediaRefused as fault:
            raise ApiProblem(422, "bad_media", fault.message) from fault
        except OSError as fault:
            logger.exception("an upload can't be kept")
            words = "The place for files can't be reached or is full at the moment. Send the same request again."
            raise ApiProblem(503, "unavailable", words) from fault
        return Response(row(kept), status=201 if is_new else 200)


def row(kept: MediaFile) -> dict:
    """As it is answered."""
    return {
        "id": kept.sha256,
        "type": str(kept.kind),
        "width": kept.width,
        "height": kept.height,
        "seconds": kept.seconds,
        "bytes": kept.bytes,
        "url": files.public_url(kept.file),
    }
