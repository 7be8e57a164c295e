"""Who is asking: a key in ``Authorization: Bearer``, what it may do, and how often."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from social_queue.access import keys
from social_queue.models import ApiKey
from social_queue.reading import moments


class Holder:
    """Whoever holds a key; the framework asks it whether it is somebody."""

    is_authenticated = True

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def __str__(self) -> str:
        return self.key.name


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer ap_…``. No header is nobody; a header that proves nothing is refused."""

    def authenticate(self, request: Request) -> tuple[Holder, ApiKey] | None:
        kind, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        if not kind:
            return None
        key = keys.find(text.strip()) if kind.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed("This is not a valid key. Send “Authorization: Bearer ap_…”.")
        now = timezone.now()
        if keys.has_expired(key, now=now):
            raise AuthenticationFailed(f"This key worked until {moments.show(key.expires_at)}. Ask for a new one.")
        keys.note_use(key, now=now)
        return Holder(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="autopost"'


class HasScope(BasePermission):
    """The view's ``scopes`` say which keys may use which method: one of the scopes named is enough."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.auth:
            return False
        # HEAD is answered by the same handler as GET.
        enough = view.scopes.get("GET" if request.method == "HEAD" else request.method, ())
        self.message = f"This key lacks the scope {' or '.join(enough)}."
        return not enough or bool(set(enough) & set(request.auth.scopes))


class KeyThrottle(BaseThrottle):
    """So many requests a minute and key; see ``keys.seconds_to_wait``."""

    def allow_request(self, request: Request, view: Any) -> bool:
        now = timezone.now()
        self.seconds = keys.seconds_to_wait(request.auth, now=now) if request.auth else 0
        if request.auth:
            view.allowance = keys.allowance(request.auth, now=now, spent=bool(self.seconds))
        return not self.seconds

    def wait(self) -> int:
        return self.seconds


class CardThrottle(KeyThrottle):
    """So many picture cards a minute and key."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.seconds = keys.seconds_to_wait_for_a_card(request.auth, now=timezone.now()) if request.auth else 0
        return not self.seconds


class BearerInSchema(OpenApiAuthenticationExtension):
    """Tells the schema how to log in; found by the generator because it exists."""

    target_class = "social_queue.api.auth.ApiKeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict:
        return {"type": "http", "scheme": "bearer", "description": "A key from `manage.py create_api_key`."}
