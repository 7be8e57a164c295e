"""What each person wants to hear of: alerts of the kinds chosen, to a chat of their own, never in their quiet hours.

Every person has a mark up to which alerts were told; it moves after the message was sent, so that nothing is missed
and after a crash the last message may come twice. What ended before it could be told is left out.
"""

import html
import logging
import threading
from datetime import datetime, timedelta, tzinfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext

from connectors import bot
from connectors.errors import ConnectorError
from social_queue.access import habits
from social_queue.models import Alert, Hearing
from social_queue.timing import quiet
from social_queue.workings import heartbeat

logger = logging.getLogger(__name__)

#: An alert's number is known before its row is committed, so the newest wait a moment lest a later one hide them.
_SETTLED = timedelta(seconds=10)
_MOST = 10
_TELLER, _HOLD = "telling-people", timedelta(minutes=2)
_TIMEOUT = (5, 10)


def possible() -> bool:
    """Whether the site has a bot that could speak to people."""
    return bool(settings.TELEGRAM_ALERT_BOT_TOKEN)


def of(person: User) -> Hearing:
    """What a person chose; nothing so far is an unsaved row."""
    return Hearing.objects.filter(person=person.pk).first() or Hearing(person=person)


def keep(person: User, *, chat: str, kinds: list[str], quiet_hours: str) -> None:
    """Remember it. Whoever begins hears of what comes, not of what was."""
    newest = Alert.objects.aggregate(last=Max("pk"))["last"] or 0
    chosen = {"chat": chat, "kinds": kinds, "quiet_hours": quiet_hours, "error": ""}
    row, made = Hearing.objects.get_or_create(person=person, defaults=chosen | {"after": newest})
    if not made:
        begins = {} if row.chat else {"after": newest}
        Hearing.objects.filter(pk=row.pk).update(**chosen, **begins)


def tell_due(now: datetime) -> int:
    """Tell everybody what is new for them; how many messages were sent. One process at a time."""
    rows = Hearing.objects.exclude(chat="").filter(person__is_active=True)
    if not possible() or not rows.exists():
        return 0
    holder = f"{heartbeat.worker_name()}:{threading.get_ident()}"
    if not heartbeat.take_role(_TELLER, now=now, hold=_HOLD, holder=holder):
        return 0
    try:
        return sum(_tell(row, now) for row in rows.select_related("person"))
    finally:
        heartbeat.leave_role(_TELLER, holder=holder)


def _tell(row: Hearing, now: datetime) -> bool:
    zone, language = habits.of(row.person)
    if _is_quiet(row, now, zone or timezone.get_default_timezone()):
        return False
    fresh = Alert.objects.filter(pk__gt=row.after, raised_at__lte=now - _SETTLED)
    last = fresh.aggregate(last=Max("pk"))["last"]
    if last is None:
        return False
    alerts = list(fresh.filter(kind__in=row.kinds, resolved_at=None).order_by("pk")[: _MOST + 1])
    if alerts:
        try:
            _bot(row.chat).say(_words(alerts, language))
        except ConnectorError as fault:
            logger.warning("%s could not be told of alerts: %s", row.person, fault)
            Hearing.objects.filter(pk=row.pk).update(error=str(fault))
            return False
    Hearing.objects.filter(pk=row.pk, after__lt=last).update(after=last, error="")
    return bool(alerts)


def _is_quiet(row: Hearing, now: datetime, zone: tzinfo) -> bool:
    span = quiet.parse(row.quiet_hours)
    return bool(span and span.end(now, zone) > now)


def _words(alerts: list[Alert], language: str) -> str:
    with translation.override(language or settings.LANGUAGE_CODE):
        most = 3000 if len(alerts) == 1 else 250
        told = [f"<b>{_safe(one.get_kind_display())}</b>\n{_safe(one.text[:most])}" for one in alerts[:_MOST]]
        more = [gettext("And more: see the desk.")] if len(alerts) > _MOST else []
    return "\n\n".join([*told, *more])


def _safe(text: object) -> str:
    return html.escape(str(text), quote=False)


def _bot(chat: str) -> bot.Bot:
    return bot.Bot(settings.TELEGRAM_ALERT_BOT_TOKEN, chat, api_base=settings.TELEGRAM_API_URL, timeout=_TIMEOUT)
