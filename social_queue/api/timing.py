"""The doors for time: the next free slots, and what repeats."""

from collections.abc import Iterable

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from social_queue.access import keys
from social_queue.api.base import ApiView, ChangeView
from social_queue.api.errors import ApiProblem, refuse
from social_queue.api.openapi import timing as schema
from social_queue.api.paging import filters, pages
from social_queue.api.serializers import SeriesRow
from social_queue.intake.receipts import invalid
from social_queue.models import PlatformAccount, Series
from social_queue.operations import repeats
from social_queue.reading import moments
from social_queue.sentences import said
from social_queue.timing import slots

USUAL_SLOTS, MOST_SLOTS = 5, 100


class SlotsView(ApiView):
    """The next free slots of one account, or of every account that has any."""

    @schema.SLOTS
    def get(self, request: Request) -> Response:
        faults = filters.unknown(request, _OURS)
        count = request.query_params.get("n", str(USUAL_SLOTS))
        if not (count.isascii() and count.isdecimal() and len(count) <= len(str(MOST_SLOTS))) or not (
            1 <= int(count) <= MOST_SLOTS
        ):
            faults["n"] = [said("must be a number from 1 to %(most)s.", most=MOST_SLOTS)]
        accounts: Iterable[PlatformAccount] = PlatformAccount.objects.order_by("slug")
        if "account" in request.query_params:
            try:
                accounts = [filters.account_of(request.query_params["account"])]
            except ValueError as fault:
                faults["account"] = [str(fault)]
        if faults:
            raise refuse(invalid(faults))
        free = slots.some_of(list(accounts), int(count), after=timezone.now())
        found = [{"account": account.slug, "at": moments.show(at)} for account in free for at in free[account]]
        return Response({"results": found})


_OURS = ("account", "n")


class SeriesListView(ApiView):
    """What repeats, the newest first."""

    @schema.SERIES_LIST
    def get(self, request: Request) -> Response:
        found, ways = pages.page(
            Series.objects.all(),
            request,
            conditions={"source": filters.source},
            orders={"created_at": "pk"},
            usual="-created_at",
        )
        return Response(ways | {"results": SeriesRow(found, many=True).data})


class SeriesView(ApiView):
    """One repeat."""

    @schema.SERIES
    def get(self, request: Request, pk: int) -> Response:
        return Response(SeriesRow(get_object_or_404(Series, pk=pk)).data)


class SeriesCancelView(ChangeView):
    """A repeat ends: nothing more is laid down, and what was and has not gone is cancelled."""

    @schema.SERIES_CANCEL
    def post(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(Series, pk=pk)
        if not keys.reaches(request.auth, row):
            raise Http404
        done = repeats.cancel(row, now=timezone.now())
        if done is None:
            raise ApiProblem(409, "conflict", "It is cancelled already.")
        row.refresh_from_db()
        if keys.READ not in request.auth.scopes:
            return Response({"id": row.pk, "status": "cancelled"})
        return Response(SeriesRow(row).data | {"cancelled_items": done.taken})
