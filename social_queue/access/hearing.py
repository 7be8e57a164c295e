"""What each person wants to hear of: alerts of the kinds chosen, in a chat or by mail, never in their quiet hours.

Every person has for each way a mark up to which alerts were told; it moves after the message was sent, so that nothing
is missed and after a crash the last message may come twice. What ended before it could be told is left out.
"""

import logging
import threading
from datetime import datetime, timedelta, tzinfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Max, Min, QuerySet
from django.utils import timezone, translation

from social_queue.access import habits
from social_queue.access.ways import ALL, MOST, NotToldError, Way
from social_queue.models import Alert, Hearing
from social_queue.timing import quiet
from social_queue.workings import heartbeat

logger = logging.getLogger(__name__)

#: An alert's number is known before its row is committed, so the newest wait a moment lest a later one hide them.
_SETTLED = timedelta(seconds=10)
_SEE = "queue.view_alert"
_TELLER, _HOLD = "telling-people", timedelta(minutes=2)


def may_hear(person: User) -> bool:
    """An alert says as much in a chat as on its page, so whoever may not open that is not told either."""
    return person.is_active and person.is_staff and person.has_perm(_SEE)


def ways() -> list[Way]:
    """Those that this site can use."""
    return [way for way in ALL if way.is_possible()]


def of(person: User) -> Hearing:
    """What a person chose; nothing so far is an unsaved row."""
    return Hearing.objects.filter(person=person.pk).first() or Hearing(person=person)


def keep(person: User, *, kinds: list[str], quiet_hours: str, **addresses: str) -> None:
    """Remember it; ``addresses`` by the names of the ways. Whoever begins hears of what comes, not of what was."""
    newest = Alert.objects.aggregate(last=Max("pk"))["last"] or 0
    row = of(person)
    row.kinds, row.quiet_hours = kinds, quiet_hours
    for way in ALL:
        if way.address not in addresses:
            continue
        if not getattr(row, way.address):
            setattr(row, way.mark, newest)
        setattr(row, way.address, addresses[way.address])
        setattr(row, way.fault, "")
    row.save()


def tell_due(now: datetime) -> int:
    """Tell everybody what is new for them; how many messages were sent. One process at a time."""
    asked = Hearing.objects.filter(person__is_active=True).exclude(chat="", mail="").select_related("person")
    if not ways() or not (rows := [row for row in asked if may_hear(row.person)]):
        return 0
    holder = f"{heartbeat.worker_name()}:{threading.get_ident()}"
    if not heartbeat.take_role(_TELLER, now=now, hold=_HOLD, holder=holder):
        return 0
    try:
        return sum(_tell_all(rows, way, now) for way in ways())
    finally:
        heartbeat.leave_role(_TELLER, holder=holder)


def _tell_all(rows: list[Hearing], way: Way, now: datetime) -> int:
    told = 0
    for row in rows:
        try:
            told += bool(getattr(row, way.address)) and _tell(row, way, now)
        except NotToldError as fault:
            logger.warning("%s could not be told of alerts: %s", row.person, fault)
            Hearing.objects.filter(pk=row.pk).update(**{way.fault: str(fault)})
            if fault.all_of_them:
                break
    return told


def _tell(row: Hearing, way: Way, now: datetime) -> bool:
    zone, language = habits.of(row.person)
    if _is_quiet(row, now, zone or timezone.get_default_timezone()):
        return False
    fresh = _settled(Alert.objects.filter(pk__gt=getattr(row, way.mark)), now)
    last = fresh.aggregate(last=Max("pk"))["last"]
    if last is None:
        return False
    alerts = list(fresh.filter(kind__in=row.kinds, resolved_at=None).order_by("pk")[: MOST + 1])
    if alerts:
        with translation.override(language or settings.LANGUAGE_CODE):
            way.send(getattr(row, way.address), alerts)
    Hearing.objects.filter(pk=row.pk, **{f"{way.mark}__lt": last}).update(**{way.mark: last, way.fault: ""})
    return bool(alerts)


def _settled(alerts: QuerySet[Alert], now: datetime) -> QuerySet[Alert]:
    """Those before the first that is too young: whoever is told of one behind it has passed it by.

    What a clock that ran ahead raised hides nothing by now.
    """
    young = alerts.filter(raised_at__gt=now - _SETTLED, raised_at__lte=heartbeat.never(now))
    first = young.aggregate(first=Min("pk"))["first"]
    return alerts if first is None else alerts.filter(pk__lt=first)


def _is_quiet(row: Hearing, now: datetime, zone: tzinfo) -> bool:
    span = quiet.parse(row.quiet_hours)
    return bool(span and span.end(now, zone) > now)
