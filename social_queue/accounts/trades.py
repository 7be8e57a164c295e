"""Trading tokens for younger ones in time, one process at a time."""

import logging
import threading
from datetime import datetime, timedelta

from connectors.errors import ConnectorError
from social_queue.accounts import speaking
from social_queue.models import PlatformAccount, credentials_of
from social_queue.workings import heartbeat

logger = logging.getLogger(__name__)

#: From ten days on: Meta refuses a dead token.
TRADE_UNDER = timedelta(days=10)
#: Longer than a trade can take; a process that dies in one frees the account after this.
TRADE_HOLD = timedelta(minutes=2)


def trade_if_old(account: PlatformAccount, now: datetime) -> None:
    """Trade the account's token if it is one that ends soon, or whose end only a trade tells.

    One process at a time, since some refresh tokens work only once; the role is a row, so no transaction is open while
    the platform answers, and the new token is stored before anything uses it.
    """
    connector = speaking.connector_for(account)
    if account.token_expires_at is None and connector.expiry_is_told:
        return
    if account.token_expires_at and account.token_expires_at - now > TRADE_UNDER:
        return
    role, holder = f"trade:{account.pk}", f"{heartbeat.worker_name()}:{threading.get_ident()}"
    if not heartbeat.take_role(role, now=now, hold=TRADE_HOLD, holder=holder):
        return
    try:
        _trade(account)
    finally:
        heartbeat.leave_role(role, holder=holder)


def _trade(account: PlatformAccount) -> None:
    before = account.token_expires_at
    account.refresh_from_db()
    if account.token_expires_at != before:
        return  # another process traded it a moment ago
    try:
        younger = speaking.connector_for(account).refresh_token()
    except ConnectorError as fault:
        logger.warning("account %s: its token could not be traded: %s", account.slug, fault)
        return
    if younger:
        _store(account, dict(younger))


def _store(account: PlatformAccount, younger: dict) -> None:
    end = younger.pop("expires_at", None)
    # Only in place of the token that was traded: a human may have put in another one meanwhile.
    rows = PlatformAccount.objects.filter(pk=account.pk, credentials=account.credentials)
    stored = rows.update(credentials=credentials_of(account) | younger, token_expires_at=end)
    account.refresh_from_db()
    if stored:
        logger.info("account %s: token traded, the new one ends %s", account.slug, end or "never")
