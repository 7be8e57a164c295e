"""The point of no return: an attempt is about to send, and nobody else may send its post any more."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from social_queue import fenced, kept
from social_queue.accounts import standing
from social_queue.models import Attempt, PostStatus
from social_queue.workings.deadlocks import again
from social_queue.workings.group_commit import Together


def begin_sending(attempt: Attempt, *, now: datetime, news: Mapping[str, object] | None = None) -> bool:
    """Pass the point of no return: from now on the post may be out. False when this attempt lost its hold on it.

    ``news``: columns of the post that are written in the same stroke.
    """
    if held := _begin((attempt, now, dict(news or {}))):
        attempt.sent_at = now
    return held


@again
def _begin_all(asked: list[tuple[Attempt, datetime, dict[str, Any]]]) -> list[bool]:
    moment = max(now for _, now, _ in asked)
    lease_until = moment + timedelta(seconds=settings.LEASE_SECONDS)
    writes = [
        fenced.Write(attempt.post_id, {"lease_until": lease_until, **news}, PostStatus.PUBLISHING, attempt.number)
        for attempt, _, news in asked
    ]
    with transaction.atomic():
        held = fenced.write_all(writes)
        sending = [attempt for (attempt, _, _), holds in zip(asked, held, strict=True) if holds]
        _are_sent(ids=[attempt.pk for attempt in sending], moment=moment)
        for attempt in sending:
            if attempt.post.account.min_interval_s:
                standing.rest(attempt.post.account, moment)
    return held


@kept.change
def _are_sent(*, ids: list[int], moment: datetime) -> kept.Change:
    return kept.Change(Attempt.objects.filter(pk__in=ids), sent_at=moment)


_begin = Together(_begin_all)
