"""What the refusal of a follow-up, whatever it says, means for the account: people are told, once."""

from datetime import datetime

import connectors
from connectors.errors import FollowUpsRefused
from social_queue.alerts import ledger
from social_queue.models import AlertKind, PlatformAccount
from social_queue.sentences import said


def met(account: PlatformAccount, error: Exception, *, now: datetime) -> None:
    """In the transaction that writes an attempt down, before its part: the account may not write follow-ups."""
    if not isinstance(error, FollowUpsRefused):
        return
    row = PlatformAccount.objects.select_for_update().get(pk=account.pk)
    connector = connectors.get(row.platform)
    count, option = row.follow_ups_refused + 1, connector.follow_ups_option
    changes: dict[str, object] = {"follow_ups_refused": count}
    if connector.follow_up_right:
        changes["may_follow_up"] = False
    if option and row.options.get(option) and count >= connector.follow_ups_off_after:
        # Whoever switches it on again has as many tries as before.
        changes = {"options": {**row.options, option: False}, "follow_ups_refused": 0}
        reason = said(
            "%(label)s refused %(count)s follow-ups in a row, so the account's option %(option)s is off now. %(why)s",
            label=connector.label,
            count=count,
            option=option,
            why=str(error),
        )
        ledger.raise_for_account(AlertKind.FOLLOW_UPS_OFF, row, reason=reason, now=now)
    PlatformAccount.objects.filter(pk=row.pk).update(**changes)


def over(account: PlatformAccount, *, now: datetime) -> None:
    """One is out: what was refused before says nothing any more."""
    if not account.follow_ups_refused and account.may_follow_up is not False:
        return
    PlatformAccount.objects.filter(pk=account.pk).update(follow_ups_refused=0)
    PlatformAccount.objects.filter(pk=account.pk, may_follow_up=False).update(may_follow_up=True)
    ledger.resolve(AlertKind.FOLLOW_UPS_OFF, about=f"account:{account.pk}", now=now)
