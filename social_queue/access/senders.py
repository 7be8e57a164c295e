"""The names that content comes in under: API keys, webhook sources and feeds share them.

What came in is told apart by that name alone: who has it may change what came in under it, and is taken at its word
about what came in before.
"""

from social_queue.models import ApiKey, Feed, WebhookSource
from social_queue.sentences import said

Sender = ApiKey | WebhookSource | Feed


def fault(name: str, kind: type[Sender]) -> str:
    """A sentence about a name that a new key, source or feed can't have, since one of another kind has it, or ""."""
    owner = next((told for other, told in _holders(name) if other is not kind), "")
    return said("is the name of %(owner)s already: what comes in is told apart by it.", owner=owner) if owner else ""


def _holders(name: str) -> list[tuple[type[Sender], str]]:
    """Whatever the case: a source is found by an address, in which people write either."""
    found: list[tuple[type[Sender], str]] = []
    if ApiKey.objects.filter(name__iexact=name).exists():
        found.append((ApiKey, said("an API key")))
    if WebhookSource.objects.filter(slug__iexact=name).exists():
        found.append((WebhookSource, said("a webhook source")))
    if Feed.objects.filter(slug__iexact=name).exists():
        found.append((Feed, said("a feed")))
    return found
