"""Which language an answer is in: the reader's for people, English for machines."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

_API = "/api/"


class ReadersLanguage(LocaleMiddleware):
    """Django's choice by cookie or header, but not for the API: programs compare its sentences and keep them."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the language of this request."""
        if not request.path.startswith(_API):
            super().process_request(request)
            return
        translation.activate(settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = settings.LANGUAGE_CODE

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Name the language; only people's pages vary with what their browser prefers."""
        if not request.path.startswith(_API):
            return super().process_response(request, response)
        response.headers.setdefault("Content-Language", settings.LANGUAGE_CODE)
        return response
