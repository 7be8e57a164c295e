"""Whether an account may be used: pausing, resuming, stopping it, and making it wait."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from social_queue.events import ledger
from social_queue.models import AccountStatus, Errand, Outcome, PlatformAccount

logger = logging.getLogger(__name__)


def pause(account: PlatformAccount) -> bool:
    """Let the account's posts wait. False when it was not active."""
    return _set_status(account, AccountStatus.PAUSED, [AccountStatus.ACTIVE])


def resume(account: PlatformAccount, *, now: datetime) -> bool:
    """Let the account post again, whatever stopped it. False when nothing did, or it is put away."""
    changed = PlatformAccount.objects.filter(pk=account.pk, archived_at=None).exclude(
        status=AccountStatus.ACTIVE, paused_until=None
    )
    if not changed.update(status=AccountStatus.ACTIVE, paused_until=None, last_error="", resumed_at=now):
        return False
    account.status, account.paused_until, account.last_error = AccountStatus.ACTIVE, None, ""
    account.resumed_at = now
    return True


def archive(account: PlatformAccount, *, now: datetime) -> bool:
    """Put it away: nothing new goes there, what went there stays. False when it was put away before."""
    rows = PlatformAccount.objects.filter(pk=account.pk, archived_at=None)
    if not rows.update(status=AccountStatus.PAUSED, archived_at=now):
        return False
    account.status, account.archived_at = AccountStatus.PAUSED, now
    return True


def restore(account: PlatformAccount) -> bool:
    """Take it out again; it is paused until somebody resumes it. False when it was not put away."""
    if not PlatformAccount.objects.filter(pk=account.pk, archived_at__isnull=False).update(archived_at=None):
        return False
    account.archived_at = None
    return True


def revive(account: PlatformAccount, *, now: datetime) -> bool:
    """Make an account active whose credentials work again. False if it was not waiting for a token."""
    return _set_status(account, AccountStatus.ACTIVE, [AccountStatus.NEEDS_TOKEN], resumed_at=now)


def wait_until(account_id: int, moment: datetime) -> None:
    """A rate limit: no post of this account before ``moment``; a later moment already set stays."""
    with transaction.atomic():
        account = PlatformAccount.objects.select_for_update().get(pk=account_id)
        if account.paused_until is None or account.paused_until < moment:
            PlatformAccount.objects.filter(pk=account_id).update(paused_until=moment)


def stop(account_id: int, status: str, reason: str) -> None:
    """The platform refused the account: it needs a token or is blocked, until a human resumes it."""
    with transaction.atomic():
        open_still = PlatformAccount.objects.filter(pk=account_id).exclude(status=AccountStatus.PAUSED)
        if open_still.exclude(status=status).update(status=status, last_error=reason):
            account = PlatformAccount.objects.only("slug", "platform").get(pk=account_id)
            ledger.write([ledger.of_account(account, status)])
        else:
            open_still.update(last_error=reason)
    logger.warning("account %s is now %s: %s", account_id, status, reason, extra={"account": account_id})


def _set_status(account: PlatformAccount, to: str, since: list[str], **columns: datetime) -> bool:
    if not PlatformAccount.objects.filter(pk=account.pk, status__in=since).update(status=to, **columns):
        return False
    for name, value in {"status": to, **columns}.items():
        setattr(account, name, value)
    return True


def hurry_errands(account: PlatformAccount, *, now: datetime) -> None:
    """Its credentials are good now: what could not be deleted or corrected for want of them is due at once."""
    waiting = Errand.objects.filter(account=account.pk, ended_at=None, not_before__gt=now)
    # What may still be called off keeps its time.
    waiting = waiting.filter(asked_at__lte=now - timedelta(seconds=settings.UNDO_SECONDS))
    waiting.filter(post__error_kind=Outcome.TOKEN_INVALID).update(not_before=now)


def rest(account: PlatformAccount, now: datetime) -> None:
    """No other post of this account before its interval is over."""
    rest_until(account, now + timedelta(seconds=account.min_interval_s))


def rest_until(account: PlatformAccount, resting_until: datetime) -> None:
    """No post of this account before a moment."""
    PlatformAccount.objects.filter(pk=account.pk).update(resting_until=resting_until)


def forget_rest(account: PlatformAccount) -> None:
    """Its quiet hours or its interval are others now: what it rested for is looked at afresh."""
    PlatformAccount.objects.filter(pk=account.pk).update(resting_until=None)
