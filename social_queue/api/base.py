"""What all views of the API share: one answer format, keys with scopes, a limit a minute."""

from typing import Any, ClassVar

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from social_queue.access.keys import INGEST, MANAGE, READ
from social_queue.api.auth import HasScope, KeyThrottle


class AlwaysJson(BaseContentNegotiation):
    """JSON, whatever the client says it would like: an error must not end in another error."""

    def select_parser(self, request: Request, parsers: list[Any]) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: list[Any], format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A view for holders of a key."""

    permission_classes: tuple[type[BasePermission], ...] = (HasScope,)
    throttle_classes: tuple[type[BaseThrottle], ...] = (KeyThrottle,)
    content_negotiation_class = AlwaysJson
    #: Method → the scopes of which one is enough.
    scopes: ClassVar[dict[str, tuple[str, ...]]] = {
        "GET": (READ,),
        "POST": (INGEST,),
        "PATCH": (INGEST,),
    }
    #: The headers that tell of the key's limit, once it was counted.
    allowance: ClassVar[dict[str, str]] = {}

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> None:
        """Refused for want of a scope, which counts as every other request does."""
        self.check_throttles(request)
        super().permission_denied(request, message=message, code=code)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With what is left of the key's requests this minute."""
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.allowance.items():
            response[name] = value
        return response


class ChangeView(ApiView):
    """A view that changes an item: for the key that it came in under, or one that manages all."""

    scopes: ClassVar[dict[str, tuple[str, ...]]] = {
        **ApiView.scopes,
        "POST": (INGEST, MANAGE),
        "PATCH": (INGEST, MANAGE),
    }
