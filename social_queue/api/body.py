"""Reads a request's JSON body: no other kind, no more than 1 MiB of it."""

from django.http import HttpRequest
from rest_framework.request import Request

from social_queue.api import pieces
from social_queue.api.errors import ApiProblem
from social_queue.reading import strict_json


def read_json(request: Request) -> object:
    """The body's value. Raises ApiProblem: 415 not JSON by its type, 413 too large, 408 too slow, 400 no JSON."""
    plain: HttpRequest = request._request
    _refuse_other_kinds(plain)
    raw = _read(plain)
    try:
        return strict_json.parse(raw)
    except strict_json.NotJson as fault:
        raise ApiProblem(400, "malformed", str(fault)) from None


def _refuse_other_kinds(request: HttpRequest) -> None:
    kind = (request.content_type or "").lower()
    if not kind and request.META.get("CONTENT_LENGTH") in (None, "", "0"):
        return  # nothing of no kind: the parser will say that it is not JSON
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise ApiProblem(415, "unsupported_media_type", "Send JSON, with “Content-Type: application/json”.")
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise ApiProblem(415, "unsupported_media_type", "Send JSON in UTF-8.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ApiProblem(415, "unsupported_media_type", "Send the body without Content-Encoding.")


def _read(request: HttpRequest) -> bytes:
    if request.headers.get("Transfer-Encoding") and not request.META.get("CONTENT_LENGTH"):
        raise ApiProblem(411, "length_required", "Send a Content-Length; chunked bodies are not read.")
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > strict_json.LARGEST_BODY:
        raise ApiProblem(413, "too_large", f"A body may take at most {strict_json.LARGEST_BODY} bytes.")
    # The server hands out no more than was announced.
    return b"".join(iter(lambda: pieces.read(request), b""))
