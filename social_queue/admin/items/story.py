"""Everything that happened to an item in one order: its tries, its people, its alerts, and what programs were told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from social_queue.admin.pieces import history, looks
from social_queue.models import Alert, Attempt, Event, EventType, Post, QueueItem

#: Of each kind so many, the newest.
_MOST = 100


@dataclass(frozen=True)
class Step:
    """One thing that happened. ``words`` are ours, ``quoted`` somebody else's, ``folded`` is for who looks closely."""

    at: datetime
    kind: str
    words: str
    tone: str = "quiet"
    where: str = ""
    who: str = ""
    quoted: str = ""
    folded: dict[str, Any] = field(default_factory=dict[str, Any])


def of(item: QueueItem) -> list[Step]:
    """The newest first."""
    accounts = dict(Post.objects.filter(item=item).values_list("pk", "account__slug"))
    steps = [_began(item), *_attempts(accounts), *_people(item, accounts), *_alerts(accounts), *_events(item)]
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _began(item: QueueItem) -> Step:
    words = _("Came in from %(source)s.") % {"source": item.source.removeprefix("admin:")}
    return Step(item.created_at, "began", words, "wait")


def _attempts(accounts: dict[int, str]) -> Iterator[Step]:
    for row in Attempt.objects.filter(post__in=accounts).order_by("-started_at", "-pk")[:_MOST]:
        words = _("Attempt %(number)d: %(outcome)s") % {
            "number": row.number,
            "outcome": row.get_outcome_display() or _("under way"),
        }
        yield Step(
            row.started_at,
            "attempt",
            words,
            looks.outcome_tone(row),
            accounts[row.post_id],
            quoted=row.error,
            folded={"attempt": row},
        )


def _people(item: QueueItem, accounts: dict[int, str]) -> Iterator[Step]:
    """What people did to the item, and to its posts."""
    for model, numbers in ((QueueItem, [item.pk]), (Post, list(accounts))):
        kind = ContentType.objects.get_for_model(model).pk
        rows = LogEntry.objects.filter(content_type=kind, object_id__in=list(map(str, numbers)))
        for row in rows.select_related("user").order_by("-pk")[:_MOST]:
            who = row.user.get_full_name() or row.user.get_username()
            where = accounts[int(row.object_id)] if model is Post and row.object_id else ""
            yield Step(row.action_time, "person", history.said(row), "busy", where, who)


def _alerts(accounts: dict[int, str]) -> Iterator[Step]:
    for row in Alert.objects.filter(post__in=accounts).order_by("-raised_at", "-pk")[:_MOST]:
        where = accounts[row.post_id] if row.post_id else ""
        words = _("Alert: %(kind)s") % {"kind": row.get_kind_display()}
        yield Step(row.raised_at, "alert", words, "bad", where, folded={"text": row.text, "alert": row})
        if row.resolved_at:
            over = _("Alert over: %(kind)s") % {"kind": row.get_kind_display()}
            yield Step(row.resolved_at, "alert", over, "good", where)


def _events(item: QueueItem) -> Iterator[Step]:
    labels = dict(EventType.choices)
    for row in Event.objects.filter(item_number=item.pk).order_by("-pk")[:_MOST]:
        where = (row.data.get("account") or {}).get("slug", "") if isinstance(row.data, dict) else ""
        words = _("Programs were told: %(what)s") % {"what": labels.get(row.type, row.type)}
        yield Step(row.occurred_at, "event", words, "quiet", where)
