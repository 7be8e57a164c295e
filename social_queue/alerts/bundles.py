"""Bundles: alerts of one cause are sent once, and that message corrected while more of it comes in.

The posts of a platform that fail, wait or stay undecided share a message: the first rings, the next within a quarter of
an hour are written into it. Other troubles come one by one up to three a quarter of an hour and account, for each asks
for something else of people; then they share one, too. Where a message can't be corrected a new one follows at most
once in a quarter of an hour.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from social_queue.models import Alert, AlertKind
from social_queue.workings import heartbeat

QUARTER = timedelta(minutes=15)
#: Nothing is put off for longer.
LONGEST_PAUSE = timedelta(hours=1)
#: Telegram counts UTF-16 units, after its marks were read: https://core.telegram.org/bots/api#sendmessage (4096).
_TEXT_LIMIT = 4000
_ONE_BY_ONE = 3
#: Texts that are read for one message; more than fit.
_READ, _AT_ONCE = 50, 1000

#: One outage, many posts: how many there are is all that a human learns from the second on.
_OF_ONE_CAUSE = {
    *(AlertKind.FAILING, AlertKind.GIVEN_UP, AlertKind.UNDECIDED, AlertKind.WAITING_LONG),
    *(AlertKind.NOT_RECALLABLE, AlertKind.NOT_CORRECTABLE),
}


@dataclass(frozen=True)
class Bundle:
    """One message that tells ``alerts``; ``corrects`` is the number of the message it replaces, 0 for a new one."""

    alerts: list[Alert]
    corrects: int = 0
    over: bool = False

    @property
    def ids(self) -> list[int]:
        return [alert.pk for alert in self.alerts]

    def words(self) -> str:
        """Plain text with the few characters escaped that Telegram's HTML mode needs."""
        rows, count = self.alerts, len(self.alerts)
        if self.corrects:
            sent = Alert.objects.filter(message_id=self.corrects).exclude(pk__in=self.ids)
            rows = [*sent.select_related("account").order_by("id")[:_READ], *rows]
            count += sent.count()
        elif self.over:
            count = Alert.objects.filter(message_id__in=_numbers(rows)).count() or count
        first = rows[0]
        head = f"✅ Resolved: {first.get_kind_display()}" if self.over else f"⚠️ Autopost: {first.get_kind_display()}"
        head += f" ({count} times)" if count > 1 else ""
        body = first.text.splitlines()[0] if self.over else "\n\n".join(alert.text for alert in rows[:_READ])
        return _cut(f"{head}\n{body}").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def due(now: datetime) -> Iterator[Bundle]:
    """The messages to be sent now; what must wait for its quarter of an hour is put off. One sender at a time."""
    groups: dict[tuple, list[Alert]] = defaultdict(list)
    rows = to_be_told(now).select_related("account").order_by("id")[:_AT_ONCE]
    for alert in rows:
        again = alert.sent_at is not None and alert.resolved_at is None
        groups[alert.kind, _cause(alert), alert.resolved_at is not None, again].append(alert)
    for (_kind, _whose, over, again), alerts in groups.items():
        if over:
            yield from _over(alerts)
        elif again:
            yield from _corrections(alerts, now)
        else:
            yield from _fresh(alerts, now)


def to_be_told(now: datetime) -> QuerySet[Alert]:
    """The alerts that are due, also by a clock that ran ahead when it put them off, or raised or ended them."""
    never, later = heartbeat.never(now), Q(tell_not_before__gt=now)
    wrong = Q(tell_not_before__gt=never + LONGEST_PAUSE)
    for moment in ("raised_at", "resolved_at"):
        wrong |= later & Q(**{f"{moment}__gt": never, "tell_not_before__gte": F(moment)})
    return Alert.objects.filter(Q(tell_not_before__lte=now) | wrong)


def has_rested(sent_at: datetime | None, now: datetime) -> bool:
    """Is its quarter of an hour over? What was sent by a clock that ran ahead was sent nobody knows when."""
    return sent_at is None or not now - QUARTER < sent_at <= heartbeat.never(now)


def put_off(alerts: list[Alert], until: datetime) -> None:
    """Tell these later."""
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(tell_not_before=until)


def _cause(alert: Alert) -> object:
    if alert.account is not None and alert.kind in _OF_ONE_CAUSE:
        return alert.account.platform
    return alert.account_id


def _fresh(alerts: list[Alert], now: datetime) -> Iterator[Bundle]:
    """Alerts not sent yet: each makes a message, or all of them one, or they are added to a message already sent."""
    lately = {"sent_at__gt": now - QUARTER, "sent_at__lte": heartbeat.never(now), "message_id__isnull": False}
    sent = list(_same_cause(alerts[0]).filter(**lately).order_by("-sent_at"))
    allowed = 1 if alerts[0].kind in _OF_ONE_CAUSE else _ONE_BY_ONE
    left = allowed - len({abs(alert.message_id) for alert in sent})
    if len(alerts) <= left:
        yield from (Bundle([alert]) for alert in alerts)
    elif left > 0:
        yield Bundle(alerts)
    elif correctable := next((alert.message_id for alert in sent if alert.message_id > 0), 0):
        yield Bundle(alerts, corrects=correctable)
    else:
        put_off(alerts, sent[0].sent_at + QUARTER)


def _same_cause(alert: Alert):
    """The open alerts of the same cause."""
    rows = Alert.objects.filter(kind=alert.kind, resolved_at=None)
    if alert.account is not None and alert.kind in _OF_ONE_CAUSE:
        return rows.filter(account__platform=alert.account.platform)
    return rows.filter(account=alert.account)


def _corrections(alerts: list[Alert], now: datetime) -> Iterator[Bundle]:
    """Alerts whose text has changed since they were sent."""
    for alert in alerts:
        number = alert.message_id or 0
        if number > 0 or alert.sent_at is None or has_rested(alert.sent_at, now):
            yield Bundle([alert], corrects=max(0, number))
        else:
            put_off([alert], alert.sent_at + QUARTER)


def _over(alerts: list[Alert]) -> Iterator[Bundle]:
    """A message's trouble is over when the last of its alerts is; then that is sent once."""
    messages: dict[int, list[Alert]] = defaultdict(list)
    for alert in alerts:
        messages[alert.message_id or -alert.pk].append(alert)
    still_open = set(
        Alert.objects.filter(message_id__in=messages, resolved_at=None).values_list("message_id", flat=True)
    )
    for number in filter(None, still_open):
        Alert.objects.filter(pk__in=[alert.pk for alert in messages.pop(number)]).update(tell_not_before=None)
    if len(messages) > _ONE_BY_ONE:
        yield Bundle([alert for group in messages.values() for alert in group], over=True)
    else:
        yield from (Bundle(group, over=True) for group in messages.values())


def _numbers(alerts: list[Alert]) -> set[int]:
    return {alert.message_id for alert in alerts if alert.message_id}


def _cut(text: str) -> str:
    """As much as a message may hold: whole lines, or the beginning of one that is longer than all that fits."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) // 2 <= _TEXT_LIMIT:
        return text
    kept = units[: 2 * _TEXT_LIMIT].decode("utf-16-le", "ignore")
    lines = kept.rpartition("\n")[0]
    return (lines if 2 * len(lines) > len(kept) else f"{kept}…") + "\n… the rest is in the admin."
