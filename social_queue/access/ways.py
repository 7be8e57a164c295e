"""The ways in which a person can be told of alerts: in a chat with the site's bot, and by mail."""

import html
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext, ngettext

from connectors import bot
from connectors.errors import ConnectorError, RateLimited, TransientError
from social_queue.models import Alert

MOST = 10
_TIMEOUT = (5, 10)
#: Of these no server at all answered, or it refused us: asking it for the next person would end the same.
_NOBODY_THERE = (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, smtplib.SMTPAuthenticationError)


class NotToldError(Exception):
    """It did not arrive; ``all_of_them``: nor would anybody else's."""

    def __init__(self, words: str, *, all_of_them: bool) -> None:
        super().__init__(words)
        self.all_of_them = all_of_them


@dataclass(frozen=True)
class Way:
    """``address``, ``mark`` and ``fault`` name its columns: where to, up to which alert, why the last one failed."""

    address: str
    mark: str
    fault: str
    is_possible: Callable[[], bool]
    #: Raises NotToldError.
    send: Callable[[str, list[Alert]], None]


def _by_chat(chat: str, alerts: list[Alert]) -> None:
    most = 3000 if len(alerts) == 1 else 250
    told = [f"<b>{_safe(one.get_kind_display())}</b>\n{_safe(one.text[:most])}" for one in alerts[:MOST]]
    messenger = bot.Bot(settings.TELEGRAM_ALERT_BOT_TOKEN, chat, api_base=settings.TELEGRAM_API_URL, timeout=_TIMEOUT)
    try:
        messenger.say("\n\n".join([*told, *_more(alerts)]))
    except ConnectorError as fault:
        away = isinstance(fault, TransientError | RateLimited)
        raise NotToldError(str(fault), all_of_them=away) from fault


def _by_mail(address: str, alerts: list[Alert]) -> None:
    told = [f"{one.get_kind_display()}\n{one.text}" for one in alerts[:MOST]]
    count = ngettext("%(count)d alert", "%(count)d alerts", len(alerts)) % {"count": len(alerts)}
    subject = f"Autopost: {alerts[0].get_kind_display() if len(alerts) == 1 else count}"
    body = "\n\n".join([*told, *_more(alerts), f"{settings.PUBLIC_BASE_URL}/admin/"])
    server = settings.MAIL_SERVER
    connection = get_connection(
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        use_tls=server.starts_tls,
        use_ssl=server.speaks_tls,
        timeout=sum(_TIMEOUT),
    )
    try:
        EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], connection=connection).send()
    except SMTPException as fault:
        raise NotToldError(str(fault)[:500], all_of_them=isinstance(fault, _NOBODY_THERE)) from fault
    except OSError as fault:
        raise NotToldError(f"{server.host}: {fault}", all_of_them=True) from fault


def _more(alerts: list[Alert]) -> list[str]:
    return [gettext("And more: see the desk.")] if len(alerts) > MOST else []


def _safe(text: object) -> str:
    return html.escape(str(text), quote=False)


CHAT = Way("chat", "after", "error", lambda: bool(settings.TELEGRAM_ALERT_BOT_TOKEN), _by_chat)
MAIL = Way("mail", "mail_after", "mail_error", lambda: bool(settings.MAIL_SERVER), _by_mail)
ALL = (CHAT, MAIL)
