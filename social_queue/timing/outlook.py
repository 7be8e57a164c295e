"""When a waiting post will go as things stand, and what it waits for beside its time."""

from dataclasses import dataclass
from datetime import datetime

from social_queue.models import PlatformAccount, Post, PostStatus
from social_queue.timing import quiet

REASONS = SLOT, QUIET_HOURS, INTERVAL = "slot", "quiet_hours", "interval"


@dataclass(frozen=True)
class Outlook:
    """``not_before`` with what holds it up taken into account; ``waits_for`` is None when nothing but its time does."""

    not_before: datetime
    waits_for: str | None = None


def of(post: Post) -> Outlook:
    """What to say of a post; one that is not waiting stands as it is."""
    if post.status != PostStatus.PENDING:
        return Outlook(post.not_before)
    account, planned = post.account, post.not_before
    loud = quiet.end(account, planned)
    rested = max(loud, account.resting_until or loud)
    if rested > loud:
        silent = quiet.end(account, rested)
        return Outlook(silent, QUIET_HOURS if silent > rested or _is_the_end(account, rested) else INTERVAL)
    if loud > planned:
        return Outlook(loud, QUIET_HOURS)
    return Outlook(planned, SLOT if post.slot_at == planned else None)


def _is_the_end(account: PlatformAccount, moment: datetime) -> bool:
    """A claim has the account rest until its quiet hours end; without an interval it rests for nothing else."""
    hours = quiet.parse(account.quiet_hours)
    if hours is None:
        return False
    return not account.min_interval_s or hours.ends == quiet.shown(account, moment)
