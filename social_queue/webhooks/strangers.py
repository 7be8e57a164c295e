"""What comes to the webhooks' door from nobody we know: refused, with a row as long as there is not too much of it."""

from datetime import datetime

from social_queue.intake.receipts import problem
from social_queue.reading.strict_json import LARGEST_BODY
from social_queue.sentences import said
from social_queue.vault import VaultClosed
from social_queue.webhooks import floods, received, signatures, sources
from social_queue.webhooks import log as deliveries
from social_queue.webhooks.received import Delivery

Answer = tuple[int, dict]
UNKNOWN: Answer = (404, problem("unknown_source", said("There is no such source.")))


def refusal(delivery: Delivery, *, now: datetime) -> Answer | None:
    """Why this comes from nobody we know; None for what is signed, or when by our own fault we can't tell."""
    if delivery.body.size > LARGEST_BODY:
        return 413, problem("too_large", said("A body may take at most %(most)s bytes.", most=LARGEST_BODY))
    source = sources.find(delivery.slug)
    if source is None:
        return UNKNOWN
    try:
        signatures.check(source, headers=delivery.headers, body=delivery.body.data, at=now)
    except signatures.BadSignature as fault:
        return unsigned(fault)
    except VaultClosed:
        return None  # met once more when there is a row that can say so
    return None


def turn_away(delivery: Delivery, answer: Answer, *, now: datetime) -> Answer:
    """Refuse a stranger, with a row as long as there are not too many of them."""
    status, body = answer
    if floods.is_over(delivery.address, now=now):
        floods.count(delivery.address, now=now)
        return 429, problem("throttled", said("Too many deliveries that nobody signed: wait for Retry-After."))
    log = received.write_beginning(delivery, now=now)
    deliveries.refuse(log, status, body)
    if status == 401:
        deliveries.tell_of_unsigned(log, body["error"]["message"], now=now)
    return answer


def unsigned(fault: signatures.BadSignature) -> Answer:
    """Not signed by the source that it names."""
    return 401, problem("bad_signature", str(fault))
