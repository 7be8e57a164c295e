"""Reads a multipart body with one file: to disk, weighed and added up on the way, never more than is taken."""

import hashlib
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework.request import Request

from social_queue.api import pieces
from social_queue.api.errors import ApiProblem, refuse
from social_queue.intake.receipts import invalid
from social_queue.media import originals
from social_queue.models import MediaFile
from social_queue.sentences import said

#: Beside the file there are its header and the boundaries.
_AROUND = 64 * 1024
_LARGEST = max(originals.LARGEST.values())
#: Up to here a body that is too large is read to its end, so that its sender hears why it is not taken.
_MOST_HEARD = 2 * _LARGEST
_ONE_FILE = said("must be one file, in the only field of a multipart form.")


class Weighing(TemporaryFileUploadHandler):
    """Stops at the first byte too many; a picture may have fewer of them than a video."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.sha256, self.received, self.kind = hashlib.sha256(), 0, MediaFile.Kind.IMAGE
        self.is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """To disk with it."""
        if start == 0:
            self.kind = originals.kind_of(raw_data)
        self.received += len(raw_data)
        if self.received > originals.LARGEST[self.kind]:
            self.is_too_large = True
            raise StopUpload(connection_reset=False)
        self.sha256.update(raw_data)
        super().receive_data_chunk(raw_data, start)


def file_of(request: Request) -> tuple[UploadedFile, str]:
    """The file in the field ``file``, on disk, and its SHA-256. Raises ApiProblem: 400, 408, 411, 413 or 415."""
    plain: HttpRequest = request._request
    _refuse_other_kinds(plain)
    weighing = Weighing(plain)
    plain.upload_handlers = [weighing]
    try:
        sent = _fields(plain)
    except UnreadablePostError as fault:
        raise pieces.unreadable(fault) from None
    except MultiPartParserError as fault:
        raise ApiProblem(400, "malformed", f"The body is no multipart form: {fault}") from None
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        raise refuse(invalid({"file": [_ONE_FILE]})) from None
    if weighing.is_too_large:
        raise too_large(weighing.kind)
    if set(sent) != {"file"} or len(plain.FILES.getlist("file")) != 1:
        raise refuse(invalid({"file": [_ONE_FILE]}))
    return sent["file"], weighing.sha256.hexdigest()


def too_large(kind: MediaFile.Kind) -> ApiProblem:
    """413 with what is taken."""
    pictures, videos = (originals.LARGEST[kind] // 1024**2 for kind in (MediaFile.Kind.IMAGE, MediaFile.Kind.VIDEO))
    what = "video" if kind == MediaFile.Kind.VIDEO else "picture"
    return ApiProblem(
        413, "too_large", f"This {what} is too large: a picture may take {pictures} MiB, a video {videos} MiB."
    )


def _fields(request: HttpRequest) -> dict[str, Any]:
    return {**request.POST, **request.FILES.dict()}


def _refuse_other_kinds(request: HttpRequest) -> None:
    if request.content_type != "multipart/form-data":
        raise ApiProblem(
            415, "unsupported_media_type", "Send the file as multipart/form-data, in a field named “file”."
        )
    announced = request.META.get("CONTENT_LENGTH") or ""
    if not announced and request.headers.get("Transfer-Encoding"):
        raise ApiProblem(411, "length_required", "Send a Content-Length; chunked bodies are not read.")
    if not announced.isdecimal():
        raise ApiProblem(400, "malformed", "The Content-Length is no number.")
    if int(announced) > _MOST_HEARD + _AROUND:
        raise too_large(MediaFile.Kind.VIDEO)
