"""The doors for what happened: events to be pulled, and subscriptions they are pushed to."""

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from social_queue.access.keys import INGEST, MANAGE, READ
from social_queue.api.base import ApiView
from social_queue.api.body import read_json
from social_queue.api.errors import ApiProblem, refuse
from social_queue.api.openapi import doors
from social_queue.api.paging import filters, pages
from social_queue.events import numbering, receivers, signing
from social_queue.intake.event_rules import SUBSCRIPTION_RULES
from social_queue.intake.incoming import cleaned
from social_queue.intake.receipts import invalid
from social_queue.models import Event, Subscription, SubscriptionStatus
from social_queue.reading import moments
from social_queue.reading.soundness import LARGEST_INTEGER
from social_queue.sentences import said

USUAL, MOST = 100, 1000


class EventsView(ApiView):
    """Events in order, nothing missing: ask again with ``next_after``."""

    @doors.EVENTS
    def get(self, request: Request) -> Response:
        after, limit = _asked(request)
        numbering.number()
        events = list(Event.objects.filter(sequence__gt=after).order_by("sequence")[:limit])
        next_after = events[-1].sequence if events else after
        return Response({"events": [signing.as_told(event) for event in events], "next_after": next_after})


class SubscriptionsView(ApiView):
    """Those of the key, or all of them for one that manages all."""

    scopes = {"GET": (INGEST, MANAGE), "POST": (INGEST, MANAGE)}

    @doors.SUBSCRIPTIONS
    def get(self, request: Request) -> Response:
        found, ways = pages.page(_reached(request), request)
        return Response(ways | {"results": [_row(subscription) for subscription in found]})

    @doors.SUBSCRIBE
    def post(self, request: Request) -> Response:
        body = read_json(request)
        if not isinstance(body, dict):
            raise refuse(invalid({"body": [said("must be an object with %(names)s.", names="url and events")]}))
        values, faults = cleaned(body, SUBSCRIPTION_RULES)
        if not body.get("url"):
            faults["url"] = [said("is required.")]
        if faults:
            raise refuse(invalid(faults))
        only_own = not {READ, MANAGE} & set(request.auth.scopes)
        try:
            made, secret = receivers.make(values["url"], values.get("events", []), key=request.auth, only_own=only_own)
        except receivers.BadSubscription as fault:
            raise refuse(invalid(fault.fields)) from None
        return Response(_row(made) | {"secret": secret}, status=201, headers={"Cache-Control": "no-store"})


class SubscriptionView(ApiView):
    """One subscription."""

    scopes = {"GET": (INGEST, MANAGE), "DELETE": (INGEST, MANAGE)}

    @doors.SUBSCRIPTION
    def get(self, request: Request, pk: int) -> Response:
        return Response(_row(_one(request, pk)))

    @doors.UNSUBSCRIBE
    def delete(self, request: Request, pk: int) -> Response:
        receivers.remove(_one(request, pk), now=timezone.now())
        return Response(status=204)


class ResumeView(ApiView):
    """A paused one goes on where it stopped; one that is active stays so, and one that was ended is over."""

    scopes = {"POST": (INGEST, MANAGE)}

    @doors.RESUME
    def post(self, request: Request, pk: int) -> Response:
        subscription = _one(request, pk)
        if subscription.status == SubscriptionStatus.ENDED:
            message = said("Its receiver answered 410 (gone), which has ended it for good. Make another subscription.")
            raise ApiProblem(409, "conflict", message)
        receivers.resume(subscription, now=timezone.now())
        return Response(_row(_one(request, pk)))


class RotateView(ApiView):
    """A new secret; the old one signs beside it for a day."""

    scopes = {"POST": (INGEST, MANAGE)}

    @doors.ROTATE
    def post(self, request: Request, pk: int) -> Response:
        subscription = _one(request, pk)
        secret = signing.rotate(subscription, now=timezone.now())
        return Response(_row(subscription) | {"secret": secret}, headers={"Cache-Control": "no-store"})


def _reached(request: Request):
    rows = Subscription.objects.filter(item=None)
    return rows if MANAGE in request.auth.scopes else rows.filter(key=request.auth)


def _one(request: Request, pk: int) -> Subscription:
    found = _reached(request).filter(pk=pk).first() if pk <= LARGEST_INTEGER else None
    if found is None:
        raise Http404
    return found


def _row(subscription: Subscription) -> dict:
    return {
        "id": subscription.pk,
        "url": subscription.url,
        "events": subscription.types,
        "status": str(subscription.status),
        "told_up_to": subscription.after,
        "failures": subscription.failures,
        "next_try_at": moments.show(subscription.retry_at),
        "last_error": subscription.last_error,
        "created_at": moments.show(subscription.created_at),
    }


def _asked(request: Request) -> tuple[int, int]:
    """(after, limit). Raises ApiProblem (400) naming all that can't be used."""
    faults = filters.unknown(request, ("after", "limit"))
    after, limit = (request.query_params.get(name, str(usual)) for name, usual in (("after", 0), ("limit", USUAL)))
    if not _is_number(after, 18):
        faults["after"] = [said("must be the sequence of an event, or 0.")]
    if not _is_number(limit, 4) or not 1 <= int(limit) <= MOST:
        faults["limit"] = [said("must be a number from 1 to %(most)s.", most=MOST)]
    if faults:
        raise refuse(invalid(faults))
    return int(after), int(limit)


def _is_number(text: str, digits: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= digits
