"""The doors for the places we may post to: never a secret, only whether they work."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

import connectors
from connectors.declared import VideoLimits
from social_queue.api.base import ApiView
from social_queue.api.openapi import doors
from social_queue.api.paging import pages
from social_queue.models import PlatformAccount
from social_queue.reading import moments
from social_queue.timing import slots, zones
from social_queue.upkeep import health

_NEXT_SLOTS = 5


class AccountsView(ApiView):
    """All of them, in the order in which they were added."""

    @doors.ACCOUNTS
    def get(self, request: Request) -> Response:
        found, ways = pages.page(PlatformAccount.objects.all(), request)
        return Response(ways | {"results": _rows(found)})


class AccountView(ApiView):
    """One of them."""

    @doors.ACCOUNT
    def get(self, request: Request, slug: str) -> Response:
        account = PlatformAccount.objects.filter(slug=slug).first()
        # MySQL and MariaDB find a slug in whatever case.
        if account is None or account.slug != slug:
            raise Http404
        return Response(_rows([account])[0])


def _rows(accounts: Sequence[PlatformAccount]) -> list[dict]:
    now = timezone.now()
    free = slots.some_of(accounts, _NEXT_SLOTS, after=now)
    return [_row(account, free[account], now) for account in accounts]


def _row(account: PlatformAccount, free: Iterable[datetime], now: datetime) -> dict:
    return {
        "slug": account.slug,
        "platform": account.platform,
        "name": account.name,
        "status": str(account.status),
        "token": health.token(account, now),
        "zone": str(zones.of(account)),
        "next_slots": [moments.show(slot) for slot in free],
        "limits": _limits(account.platform),
    }


def _limits(platform: str) -> dict:
    if platform not in connectors.names():
        nothing = {"media_count": None, "media_mixed": False, "video": None}
        return {
            "text": None,
            "text_with_media": None,
            "media": [],
            "media_bytes": None,
            "needs_media": False,
            **nothing,
        }
    known = connectors.get(platform).limits
    return {
        "text": known.text,
        "text_with_media": known.text_with_media,
        "media": list(known.media_types),
        "media_bytes": known.media_bytes,
        "needs_media": known.needs_media,
        "media_count": known.media_count,
        "media_mixed": known.mix,
        "video": _video(known.video) if known.video else None,
    }


def _video(limits: VideoLimits) -> dict:
    shortest, longest = limits.seconds
    return {
        "types": list(limits.types),
        "bytes": limits.bytes,
        "least_seconds": shortest or None,
        "most_seconds": longest or None,
    }
