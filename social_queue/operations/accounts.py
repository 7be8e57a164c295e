"""What people may do with an account."""

from datetime import datetime

from social_queue.accounts import standing
from social_queue.alerts import ledger
from social_queue.models import Attempt, Part, PlatformAccount, Post, PostStatus
from social_queue.workings import kick


def resume_account(account: PlatformAccount, *, now: datetime) -> bool:
    """Let an account post again, whatever stopped it, at once what met a limit too; its alerts end."""
    changed = standing.resume(account, now=now)
    for limited in (Post.objects.all(), Part.objects.all()):
        waiting = limited.filter(account=account, status=PostStatus.PENDING, not_before__gt=now)
        waiting.filter(error_kind=Attempt.Outcome.RATE_LIMITED).update(not_before=now)
    standing.hurry_errands(account, now=now)
    ledger.resolve_account(account, now=now)
    kick.kick_if_due(now, now=now)
    return changed
