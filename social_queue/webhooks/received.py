"""The row of a delivery that has just come, written before anything else is done with it."""

import functools
import hashlib
import ipaddress
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from social_queue.models import WebhookLog, WebhookSource
from social_queue.reading import soundness
from social_queue.reading.strict_json import LARGEST_BODY
from social_queue.rows import columns
from social_queue.webhooks import floods, signatures

_SECRET_NAMES = ("authorization", "cookie", "token", "secret", "password", "api-key", "apikey")
_LONGEST_HEADER, _MOST_HEADERS = 2000, 100
_LONGEST_SLUG = 100


@dataclass(frozen=True)
class Body:
    """The bytes of a delivery, one more than LARGEST_BODY at most; ``size`` and ``sha256`` are of all that was sent."""

    data: bytes
    size: int
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> "Body":
        """A body that is here as a whole."""
        return cls(data, len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Delivery:
    """What came to the door: the slug as called, headers, body, and from where."""

    slug: str
    headers: Mapping[str, str]
    body: Body
    remote_ip: str

    @functools.cached_property
    def address(self) -> str | None:
        """The caller's address in one spelling; None when it is none."""
        return _spelled(self.remote_ip.strip())


@functools.lru_cache(maxsize=1024)
def _spelled(address: str) -> str | None:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def write(delivery: Delivery, *, now: datetime) -> WebhookLog:
    """The row of a delivery, whole."""
    log = _row(delivery, _masked(delivery.headers), most=LARGEST_BODY, now=now)
    log.save(force_insert=True)
    return log


def signed_row(delivery: Delivery, source: WebhookSource, *, now: datetime) -> WebhookLog:
    """The same of a delivery that its source has surely signed, not stored yet: it takes its id with it."""
    log = _row(delivery, _masked(delivery.headers), most=LARGEST_BODY, now=now)
    log.signature_ok = True
    log.delivery_id = signatures.delivery_id(source, log.headers, delivery.body.data)
    log.content_id = signatures.content_id(source, delivery.body.data)
    return log


def write_beginning(delivery: Delivery, *, now: datetime) -> WebhookLog:
    """The row of a delivery that nobody we know has signed: its beginning, and how much and what it was."""
    log = _row(delivery, _first(_masked(delivery.headers)), most=floods.MOST_KEPT, now=now)
    log.save(force_insert=True)
    floods.trim(log)
    return log


def _row(delivery: Delivery, headers: dict, *, most: int, now: datetime) -> WebhookLog:
    values = {
        "received_at": now,
        "source": soundness.shown(delivery.slug, _LONGEST_SLUG - 1)[:_LONGEST_SLUG],
        "remote_ip": delivery.address,
        "network": floods.network(delivery.address),
        "headers": headers,
        "body": delivery.body.data[:most],
        "body_size": delivery.body.size,
        "body_sha256": delivery.body.sha256,
    }
    return columns.new(WebhookLog, values)


def _first(headers: Mapping[str, str]) -> dict[str, str]:
    """As many of the headers as there is room for."""
    rooms = itertools.accumulate(len(name) + len(value) for name, value in headers.items())
    return {name: headers[name] for name, room in zip(headers, rooms, strict=True) if room <= floods.MOST_KEPT}


def _masked(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they may be kept: no log-in of anybody's; a signature is none, and is needed to verify again."""
    return {
        name: "***" if _is_secret(name, value) else value[:_LONGEST_HEADER].replace("\x00", "")
        for name, value in list(headers.items())[:_MOST_HEADERS]
    }


def _is_secret(name: str, value: str) -> bool:
    return _sounds_secret(name) and not value.startswith("sha256=")


@functools.lru_cache(maxsize=512)
def _sounds_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_NAMES)
