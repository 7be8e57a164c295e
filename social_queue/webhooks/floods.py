"""Keeps strangers from filling the disk: what nobody signed is cut, counted by the minute, and kept in bounds.

Every delivery leaves a row, up to a limit; beyond it one row a minute and network counts the rest. Counting looks at
the rows themselves, so all processes and hosts count together; several at the same moment may go a few over the limit.
"""

import functools
import ipaddress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from social_queue.models import WebhookLog
from social_queue.sentences import said
from social_queue.workings.clearing import clear

#: Of a body that nobody has signed so much is kept, and of its headers as much again.
MOST_KEPT = 8 * 1024
#: So many refused deliveries a minute and network are kept; the contract's number.
MOST_A_MINUTE = 60
#: So many are kept in all: the oldest make way, looked at once in so many.
MOST_IN_ALL, _LOOK_EVERY = 20_000, 100
KEPT = timedelta(days=7)
#: No source can be called so.
SOURCE = "*"

#: Answers to those whose signature nobody has seen good: too many, unknown source, unsigned, too large to be judged.
STRANGERS = (401, 404, 413, 429)


@functools.lru_cache(maxsize=1024)
def network(remote_ip: str | None) -> str:
    """Who counts as one: an address, or of IPv6 its first half, since whoever has one has all with that beginning."""
    if not remote_ip:
        return ""
    address = ipaddress.ip_address(remote_ip)
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def is_over(remote_ip: str | None, *, now: datetime) -> bool:
    """Did so many of this network's deliveries get refused in this minute that no more are kept?"""
    recent = _refused().filter(network=network(remote_ip), received_at__gte=_minute(now)).exclude(source=SOURCE)
    return len(recent.values_list("pk")[:MOST_A_MINUTE]) == MOST_A_MINUTE


def count(remote_ip: str | None, *, now: datetime) -> None:
    """One more beyond the limit: the minute's row for this network counts it."""
    minute, whose = _minute(now), network(remote_ip)
    row = WebhookLog.objects.filter(source=SOURCE, delivery_id=f"{minute:%Y-%m-%dT%H:%M} {whose}")
    if row.update(repeats=F("repeats") + 1):
        return
    sentence = said(
        "More than %(most)s refused deliveries in a minute: the others are only counted.", most=MOST_A_MINUTE
    )
    fields = {"status": WebhookLog.Status.REJECTED, "http_status": 429, "detail": sentence, "repeats": 1}
    try:
        with transaction.atomic():
            WebhookLog.objects.create(
                source=SOURCE,
                delivery_id=f"{minute:%Y-%m-%dT%H:%M} {whose}",
                received_at=now,
                remote_ip=remote_ip,
                network=whose,
                body=b"",
                **fields,
            )
    except IntegrityError:  # another request began the minute's row between the two
        row.update(repeats=F("repeats") + 1)


def retry_after(now: datetime) -> int:
    """Seconds until the next minute begins."""
    return 60 - now.second


def trim(newest: WebhookLog) -> int:
    """Once in a while take away the oldest of the refused beyond MOST_IN_ALL; returns how many went."""
    if newest.pk % _LOOK_EVERY:
        return 0
    oldest = _refused().order_by("-received_at", "-id").values_list("pk", flat=True)
    beyond = list(oldest[MOST_IN_ALL : MOST_IN_ALL + 5 * _LOOK_EVERY])
    return WebhookLog.objects.filter(pk__in=beyond).delete()[0]


def prune(now: datetime) -> int:
    """Take away what was refused a week ago; returns how many went."""
    return clear(_refused().filter(received_at__lt=now - KEPT))


def _refused() -> QuerySet:
    return WebhookLog.objects.filter(status=WebhookLog.Status.REJECTED, http_status__in=STRANGERS, signature_ok=False)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
