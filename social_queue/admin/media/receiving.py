"""One of several pictures or videos on its way: judged, kept, and where to look at it."""

import json

from django.core.files.uploadedfile import UploadedFile
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext

from connectors.media.guard import MediaRefused
from social_queue.admin.media import album
from social_queue.admin.pieces.picture_field import NOT_KEPT
from social_queue.media import originals

_MIB = 1024 * 1024


def take(file: UploadedFile) -> JsonResponse:
    """The entry for the page's list; 422 or 503 with a sentence."""
    start = file.read(32)
    most = originals.LARGEST[originals.kind_of(start)]
    if (file.size or 0) > most:
        told = gettext("%(name)s has %(size)s MiB; at most %(most)s MiB are taken.")
        values = {"name": file.name, "size": round((file.size or 0) / _MIB), "most": most // _MIB}
        return JsonResponse({"fault": told % values}, status=422)
    try:
        row, _is_new = originals.keep(file, now=timezone.now())
    except MediaRefused as refusal:
        told = gettext("%(name)s can't be taken. %(reason)s") % {"name": file.name, "reason": refusal.message}
        return JsonResponse({"fault": told}, status=422)
    except OSError:
        return JsonResponse({"fault": gettext(NOT_KEPT)}, status=503)
    [entry] = json.loads(album.written([{"upload": row.sha256}]))
    return JsonResponse({"entry": entry})
