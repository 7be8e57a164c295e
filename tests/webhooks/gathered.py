"""Deliveries that are surely taken by one group: the first is held up until all the others wait."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

from django.db import connection, connections

from social_queue.models import WebhookSource
from social_queue.webhooks import bursts, signing_secrets
from social_queue.webhooks.received import Body, Delivery
from tests.webhooks import sender as signing


class _Held(dict):
    """Headers whose reader has to wait."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(headers)
        self.reached, self.let_go = Event(), Event()

    def items(self):
        self.reached.set()
        self.let_go.wait(60)
        return super().items()


def numbered(count: int) -> list[dict]:
    """So many bodies with titles of their own."""
    return [signing.BODY | {"title": f"Number {number}"} for number in range(count)]


def delivery(source: WebhookSource, body: object, *, now: datetime, **more) -> Delivery:
    """One that its source has signed; ``more`` as for the signing function, or headers of plain HMAC."""
    raw, secret = signing.packed(body), signing_secrets.current(source)
    if source.scheme == "standard":
        headers = signing.standard(secret, raw, at=now, **more)
    else:
        headers = signing.plain(secret, raw, header=source.header) | more
    return Delivery(source.slug, headers, Body.of(raw), "192.0.2.1")


class Door:
    """Takes deliveries at once. ``statements``: those of all threads."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def take(self, deliveries: Sequence[Delivery], *, now: datetime) -> list[tuple[int, dict]]:
        """The answers, in order; a fault is raised. The first delivery is not one of them, but an unsigned one."""
        held = _Held({})
        first = Delivery(_some_source().slug, held, Body.of(b"{}"), "192.0.2.2")
        with ThreadPoolExecutor(len(deliveries) + 1) as threads:
            leader = threads.submit(self._one, first, now)
            held.reached.wait(60)
            self.statements.clear()
            others = [self._in_line(threads, place, one, now) for place, one in enumerate(deliveries)]
            held.let_go.set()
            leader.result()
            return [other.result() for other in others]

    def _in_line(self, threads: ThreadPoolExecutor, place: int, one: Delivery, now: datetime):
        """Called, and waiting behind those before it."""
        called, ends = threads.submit(self._one, one, now), time.monotonic() + 60
        while len(bursts._together._waiting) <= place and time.monotonic() < ends:
            time.sleep(0.002)
        return called

    def _one(self, one: Delivery, now: datetime) -> tuple[int, dict]:
        try:
            with connection.execute_wrapper(self._note):
                return bursts.receive(one, now=now)
        finally:
            connections.close_all()

    def _note(self, execute, sql, params, many, context):
        self.statements.append(sql)
        return execute(sql, params, many, context)


def _some_source() -> WebhookSource:
    """A stranger is only looked at where there is a source of that name."""
    return WebhookSource.objects.order_by("pk")[0]
