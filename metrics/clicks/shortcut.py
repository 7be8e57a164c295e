"""A way around the middlewares for /go/ and /health: no session, no log-in, no language, just the answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from metrics.clicks import views

_GO = "/go/"


class ShortPath:
    """Stands first in MIDDLEWARE, since a redirect that counts thousands of clicks needs none of the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a link at once; pass everything else on."""
        path = request.path_info
        code = path[len(_GO) :].removesuffix("/") if path.startswith(_GO) else ""
        if code and "/" not in code:
            answer = views.go(request, code)
            # As CommonMiddleware does; without a length the web server sends even nothing in chunks.
            answer.headers.setdefault("Content-Length", str(len(answer.content)))
            return answer
        return self.get_response(request)
