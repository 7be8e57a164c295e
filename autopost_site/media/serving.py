"""Pictures that platforms download, from wherever they are kept. A web server in front may take over for a folder."""

import errno
import logging
import mimetypes
from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from social_queue.media import files

logger = logging.getLogger(__name__)

_KEPT_S, _AGAIN_S = 7 * 86400, 30


@csrf_exempt
@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """The file of that name, to anybody; none ever changes under its name. 503 while the store can't be reached."""
    if any(part.startswith(".") for part in name.split("/")):
        raise Http404
    try:
        file = files.opened(name)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousOperation, ValueError) as fault:
        raise Http404 from fault
    except OSError as fault:
        if fault.errno == errno.ENAMETOOLONG:
            raise Http404 from fault
        logger.exception("/media/%s can't be served", name)
        words = "This file can't be reached at the moment.\n"
        answer = HttpResponse(words, status=HTTPStatus.SERVICE_UNAVAILABLE, content_type="text/plain")
        answer.headers["Retry-After"] = str(_AGAIN_S)
        return answer
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {
        "Cache-Control": f"public, max-age={_KEPT_S}",
        # Nothing in it may run, whatever it is.
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(file, content_type=kind, headers=headers)
