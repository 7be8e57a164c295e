"""Taking away what nobody needs any more."""

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django_q.models import Task

from social_queue.media import cards, files, originals
from social_queue.models import Alert, FurtherKey, LoginAttempt, Post, Press, QueueItem, WebhookLog
from social_queue.upkeep import old_items
from social_queue.workings import heartbeat
from social_queue.workings.clearing import clear

logger = logging.getLogger(__name__)

#: The pruning of floors above, registered when Django is ready: function(now) → how many went, and the count's name.
_others: dict[Callable[[datetime], int], str] = {}
#: Of these a pruning takes only a part where there are too many for a task's time; the next goes on.
A_PART_AT_A_TIME = ("items", "events", "clicks")
#: Downloaded and fitted pictures can be made again; this long they save a download.
KEEP_PICTURES = timedelta(days=14)
_A_MONTH = timedelta(days=30)
#: No press can be taken back for as long.
_A_DAY = timedelta(days=1)
#: No log-in at a platform goes on for as long; what it brought is not kept.
_AN_HOUR = timedelta(hours=1)


def register(name: str, prune_own: Callable[[datetime], int]) -> None:
    """Let a floor above take part in `prune`; what several remove under one name is added up."""
    _others[prune_own] = name


class Stumbled(Exception):
    """Something could not be taken away, and everything else was; ``counts`` has what went."""

    def __init__(self, faults: Mapping[str, Exception], counts: Counter) -> None:
        told = ", ".join(f"{name} ({type(fault).__name__}: {fault})" for name, fault in faults.items())
        super().__init__(f"Not everything could be pruned: {told}.")
        self.counts = counts


def prune(now: datetime) -> Counter:
    """Remove old deliveries, resolved alerts, pictures that can be made again, and what other apps add.

    What stumbles, mostly over a store that is away or a file that is somebody else's, keeps nothing behind it from
    going. Raises Stumbled in the end.
    """
    counts: Counter = Counter()
    faults: dict[str, Exception] = {}
    for name, prune_some in kinds():
        try:
            counts[name] += prune_some(now)
        except Exception as fault:
            logger.exception("%s could not be pruned", name)
            faults[name] = fault
    if faults:
        raise Stumbled(faults, counts) from next(iter(faults.values()))
    return counts


def kinds() -> Iterator[tuple[str, Callable[[datetime], int]]]:
    """The names of the counts, and what adds to them, in order."""
    yield "items", old_items.prune
    yield "webhook_deliveries", lambda now: clear(WebhookLog.objects.filter(received_at__lt=_long_ago(now)))
    # A generator that calls its items by reference brings a new key each time.
    yield "further_keys", lambda now: clear(FurtherKey.objects.filter(created_at__lt=_long_ago(now)))
    yield "alerts", lambda now: clear(Alert.objects.filter(resolved_at__lt=_long_ago(now), tell_not_before=None))
    yield "presses", lambda now: clear(Press.objects.filter(undo_until__lt=now - _A_DAY))
    # The task queue keeps what failed, each with its traceback, and never looks at it again.
    yield "failed_tasks", lambda now: clear(Task.objects.filter(stopped__lt=_long_ago(now)))
    yield "log_ins", lambda now: clear(LoginAttempt.objects.filter(made_at__lt=now - _AN_HOUR))
    # A post that needs one again simply makes it again.
    yield "pictures", lambda now: len(files.prune("fetched", before=now - KEEP_PICTURES))
    yield "pictures", lambda now: len(files.prune("fitted", before=now - KEEP_PICTURES))
    yield "uploads", originals.prune
    yield "cards", lambda now: cards.prune(now, older_than_days=_A_MONTH.days, in_use=_cards_in_use())
    yield "hosts", lambda now: heartbeat.forget_clusters(now - _A_DAY)
    yield from ((name, prune_own) for prune_own, name in _others.items())


def _long_ago(now: datetime) -> datetime:
    return now - timedelta(days=settings.KEEP_LOGS_DAYS)


def _cards_in_use() -> set[str]:
    """Names of the cards that unfinished posts may still need: drawn for them, or asked for through the API."""
    open_posts = Post.objects.filter(status__in=[Post.Status.PENDING, Post.Status.PUBLISHING, Post.Status.UNKNOWN])
    items = QueueItem.objects.filter(pk__in=open_posts.values("item"), image="").only("title", "data", "image_url")
    return {stem for item in items.iterator() if (stem := _card_stem(item))}


def _card_stem(item: QueueItem) -> str:
    if item.image_url:
        return PurePosixPath(item.image_url).stem if "/cards/" in item.image_url else ""
    with contextlib.suppress(ValueError):
        return PurePosixPath(cards.name_for(item.title, item.data)).stem
    with contextlib.suppress(ValueError):
        return PurePosixPath(cards.name_for(item.title, {})).stem
    return ""  # none can be drawn, so it needs none
