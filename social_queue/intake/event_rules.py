"""What addresses that events are sent to, and the names of events, must look like."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from connectors.media import guard
from social_queue.intake.address_rule import Address
from social_queue.intake.bad_fields import BadField
from social_queue.intake.field_rules import Rule, Words
from social_queue.models import EventType
from social_queue.sentences import said


@dataclass(frozen=True)
class Callback(Address):
    """An address with https, but for private hosts that are let through by name; empty text means none."""

    def clean(self, value: object) -> str:
        """The address. Raises BadField."""
        given = super().clean(value)
        parts = urlsplit(given)
        host, encrypted = (parts.hostname or "").lower(), parts.scheme.lower() == "https"
        port = parts.port or (443 if encrypted else 80)
        if not given or guard.is_let_through(host, port, settings.MEDIA_ALLOWED_HOSTS):
            return given
        if not encrypted:
            raise BadField(said("must begin with https://; http is for private hosts that MEDIA_ALLOWED_HOSTS names."))
        # Names are looked up when something is sent: an answer to a generator shall not wait for a resolver.
        if reason := _why_not(host):
            raise BadField(
                said(
                    "is not told anything: %(where)s is %(reason)s, and events go to public ones only. "
                    "MEDIA_ALLOWED_HOSTS names the exceptions.",
                    where=host,
                    reason=reason,
                )
            )
        return given


class EventNames(Words):
    """Names of events; whether there are such is judged where the subscription is made."""

    def schema(self) -> dict[str, object]:
        """Of those that there are."""
        return super().schema() | {"items": {"type": "string", "enum": EventType.values}}


#: The fields of a subscription.
SUBSCRIPTION_RULES: dict[str, Rule] = {"url": Address(most=2000), "events": EventNames(most=100, longest=100)}


def _why_not(host: str) -> str:
    if host.rstrip(".") == "localhost":
        return "a loopback address"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ""
    return guard.why_not(host) or ""
