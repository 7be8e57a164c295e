"""Whether the platforms still accept our credentials."""

import logging
from collections import Counter, defaultdict, deque
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.timesince import timeuntil

import connectors
from connectors.base import TokenStatus
from connectors.errors import ConnectorError, SiteFault, TokenInvalid
from social_queue.accounts import platforms, speaking, standing, trades
from social_queue.alerts import ledger
from social_queue.models import AccountStatus, Alert, PlatformAccount
from social_queue.vault import VaultClosed
from social_queue.workings.deadlocks import again, atomic

logger = logging.getLogger(__name__)

#: An alert under a day, a warning in the admin under a week.
ALERT_UNDER, WARN_UNDER = timedelta(hours=24), timedelta(days=7)
#: X bills every check as a user read, so its accounts are asked once a day and not every hour.
BILLED_EVERY = timedelta(hours=24)


def check_all(now: datetime, *, force: bool = False, ends: float | None = None) -> Counter:
    """Check every account that is not paused. Counts ``valid``, ``invalid``, ``unchecked`` and ``not_due``.

    ``ends``: none is begun from that moment of ``time.monotonic`` on. So that a platform which does not answer takes no
    more than what the others leave, the next is always of the one that has taken the least.
    """
    counts: Counter = Counter()
    waiting = _waiting()
    taken = dict.fromkeys(waiting, 0.0)
    while taken and (ends is None or monotonic() < ends):
        began, platform = monotonic(), min(taken, key=lambda name: taken[name])
        # Read one by one: while one platform answers, a human may put a new token into another account.
        account = PlatformAccount.objects.filter(pk=waiting[platform].popleft()).first()
        if account is not None:
            counts[_check_if_due(account, now, force=force)] += 1
        taken[platform] += monotonic() - began
        if not waiting[platform]:
            del taken[platform], waiting[platform]
    if waiting:
        counts["unchecked"] += (left := sum(map(len, waiting.values())))
        logger.warning("the tokens of %s accounts are left for the next time: there was none for them", left)
    return counts


def _waiting() -> dict[str, deque[int]]:
    """The ids of the accounts to check by their platforms, the one first that was checked longest ago."""
    rows = PlatformAccount.objects.exclude(status=AccountStatus.PAUSED)
    waiting: dict[str, deque[int]] = defaultdict(deque)
    longest_ago = rows.order_by(F("token_checked_at").asc(nulls_first=True), "pk")
    for platform, number in longest_ago.values_list("platform", "pk"):
        waiting[platform].append(number)
    return waiting


def _check_if_due(account: PlatformAccount, now: datetime, *, force: bool) -> str:
    try:
        billed = connectors.get(account.platform).token_check_is_billed
        fresh = account.token_checked_at and now - account.token_checked_at < BILLED_EVERY
        if billed and fresh and not force and account.status == AccountStatus.ACTIVE:
            return "not_due"
        return check(account, now=now)
    except Exception:
        logger.exception("account %s: checking its token failed", account.slug)
        return "unchecked"


def check(account: PlatformAccount, *, now: datetime, status: TokenStatus | None = None) -> str:
    """Ask the platform about one account, unless ``status`` is what it has just said, and act on the answer.

    Returns ``valid``, ``invalid`` or ``unchecked``.
    """
    try:
        if status is None:
            trades.trade_if_old(account, now)
            status = speaking.connector_for(account).check_token()
    except (TokenInvalid, VaultClosed) as fault:
        status = TokenStatus(valid=False, detail=speaking.words_of(fault, account))
    except ConnectorError as fault:
        return _could_not_ask(account, fault, now)
    if not status.checked:
        logger.warning("account %s: its token could not be checked: %s", account.slug, status.detail)
        return "unchecked"
    platforms.works(account.platform, now=now)
    return _works(account, status, now) if status.valid else _is_dead(account, status, now)


def expires_at(account: PlatformAccount) -> datetime | None:
    """The moment from which the account can't work: the token's end or the end of data access; None is never."""
    moments = [account.token_expires_at, account.data_access_expires_at]
    return min((moment for moment in moments if moment), default=None)


@again
def _works(account: PlatformAccount, status: TokenStatus, now: datetime) -> str:
    with atomic(account):
        if speaking.is_outdated(account):
            return _was_replaced(account)
        changes: dict[str, object] = {
            "token_checked_at": now,
            "token_expires_at": status.expires_at or _still_to_come(account.token_expires_at, now),
            "data_access_expires_at": status.data_access_expires_at,
            # A living token may come with a place that is hidden from it.
            "last_error": speaking.without_secrets(status.detail, account),
        }
        if status.may_follow_up is not None:
            changes["may_follow_up"] = status.may_follow_up
        if status.scopes_missing:
            missing = ", ".join(status.scopes_missing)
            changes["last_error"] = f"The token lacks {missing}: connect the account again with it."
        kinds: tuple[str, ...] = (Alert.Kind.TOKEN_INVALID,)
        if account.status == AccountStatus.BLOCKED:
            changes.pop("last_error")
        elif account.status == AccountStatus.NEEDS_TOKEN and standing.revive(account, now=now):
            kinds = (Alert.Kind.TOKEN_INVALID, Alert.Kind.ACCOUNT_BLOCKED)
        _write(account, changes)
        standing.hurry_errands(account, now=now)
        ledger.resolve_account(account, now=now, kinds=kinds)
        _warn_of_end(account, now)
        return "valid"


@again
def _is_dead(account: PlatformAccount, status: TokenStatus, now: datetime) -> str:
    with atomic(account):
        if speaking.is_outdated(account):
            return _was_replaced(account)
        reason = speaking.without_secrets(status.detail or "The platform does not accept the token.", account)
        _write(account, {"token_checked_at": now, "last_error": reason})
        standing.stop(account.pk, AccountStatus.NEEDS_TOKEN, reason)
        account.status = AccountStatus.NEEDS_TOKEN
        ledger.raise_for_account(Alert.Kind.TOKEN_INVALID, account, reason=reason, now=now)
        return "invalid"


def _was_replaced(account: PlatformAccount) -> str:
    logger.info("account %s: its credentials were replaced while they were asked about", account.slug)
    return "unchecked"


def _still_to_come(end: datetime | None, now: datetime) -> datetime | None:
    """The stored end of a token, or None once it has passed: a token that still works then has another, unknown end."""
    return end if end and end > now else None


def _could_not_ask(account: PlatformAccount, fault: ConnectorError, now: datetime) -> str:
    if isinstance(fault, SiteFault):
        platforms.site_fault(account, fault, now=now)
    words = speaking.words_of(fault, account)
    logger.warning("account %s: its token could not be checked: %s", account.slug, words)
    return "unchecked"


def _warn_of_end(account: PlatformAccount, now: datetime) -> None:
    end = expires_at(account)
    if end is None or end - now >= ALERT_UNDER:
        ledger.resolve_account(account, now=now, kinds=(Alert.Kind.TOKEN_EXPIRING,))
        return
    with translation.override(settings.LANGUAGE_CODE):  # it is kept, whoever pressed the button
        reason = f"the token works only until {end:%Y-%m-%d %H:%M} UTC (in {timeuntil(end, now)})."
    ledger.raise_for_account(Alert.Kind.TOKEN_EXPIRING, account, reason=reason, now=now)


def _write(account: PlatformAccount, changes: dict) -> None:
    PlatformAccount.objects.filter(pk=account.pk).update(**changes)
    for name, value in changes.items():
        setattr(account, name, value)
