"""The bodies that a source sent last: what a new map of it is tried on."""

from dataclasses import dataclass

from social_queue.models import DeliveryStatus, WebhookLog
from social_queue.reading import strict_json
from social_queue.sentences import said
from social_queue.webhooks import signatures

#: So many of the newest, as long as they are not larger than this together.
MOST, _MOST_BYTES = 20, 4 * 1024 * 1024
#: Some of the newest may be pings or no JSON; so many rows are looked at.
_LOOKED_AT = 50

UNTRIED = said(
    "The field map could not be tried: no signed delivery has come yet. Try it on a sample, or look at the first "
    "delivery."
)


@dataclass(frozen=True)
class Samples:
    """Bodies that a map can be tried on, and what they are called together."""

    bodies: tuple[object, ...]
    among: str


def together(slug: str, sample: bytes | str) -> Samples:
    """The last bodies of a source, and a sample unless it is blank. Raises NotJson about the sample."""
    typed = [strict_json.parse(sample)] if sample.strip() else []
    came = recent(slug) if slug else []
    return Samples((*typed, *came), _among(len(came), sample=bool(typed)))


def recent(slug: str) -> list[object]:
    """The bodies of its last signed deliveries, newest first, whatever became of them; pings are none."""
    rows = WebhookLog.objects.filter(source=slug, signature_ok=True).exclude(status=DeliveryStatus.DUPLICATE)
    found: list[object] = []
    room = _MOST_BYTES
    for pk, headers in rows.order_by("-id").values_list("pk", "headers")[:_LOOKED_AT]:
        if len(found) == MOST:
            break
        if signatures.is_ping(headers):
            continue
        row = WebhookLog.objects.filter(pk=pk).values_list("body", "body_size").first()
        body, size = row or (b"", 1)
        room -= len(body)
        if room < 0:
            break
        try:
            found += [strict_json.parse(bytes(body))] if size <= len(body) else []
        except strict_json.NotJson:
            continue
    return found


def _among(deliveries: int, *, sample: bool) -> str:
    """What a map was tried on, as it is said."""
    if not deliveries:
        return said("the sample")
    if deliveries == 1:
        return said("the sample and its last delivery") if sample else said("its last delivery")
    if sample:
        return said("the sample and its last %(count)s deliveries", count=deliveries)
    return said("any of its last %(count)s deliveries", count=deliveries)
