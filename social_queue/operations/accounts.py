"""What people may do with an account."""

from datetime import datetime

from django.db.models import Q

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


def waiting_posts(account: PlatformAccount) -> int:
    """How many posts still have something to do there: they wait, are under way or undecided, or what follows them."""
    open_still = (PostStatus.PENDING, PostStatus.PUBLISHING, PostStatus.UNKNOWN)
    # What comes behind a part that failed waits for a person, and has no time.
    following = Part.objects.filter(account=account).filter(
        Q(status__in=open_still[1:]) | Q(status=PostStatus.PENDING, not_before__isnull=False)
    )
    posts = Post.objects.filter(account=account)
    return posts.filter(Q(status__in=open_still) | Q(pk__in=following.values("post"))).count()
