"""Answers of attempts that no longer hold their post."""

from datetime import datetime

from django.db import transaction

from connectors.base import Published
from connectors.errors import OutcomeUnknown
from social_queue import fenced, states
from social_queue.alerts import ledger
from social_queue.delivery import consequences
from social_queue.delivery.places import SEEN
from social_queue.models import Alert, Attempt, Part, Post, PostStatus
from social_queue.workings.deadlocks import again


@again
@transaction.atomic
def take(attempt: Attempt, result: Published | Exception, now: datetime) -> None:
    """Record an answer that came after the lease ran out and the post was moved: what it proves still counts.

    A success publishes an undecided or pending post, or names one that a person has seen, or else raises
    ``double_risk``; a failure that proves that nothing was created makes an undecided post pending.
    """
    post = Post.objects.select_related("account").get(pk=attempt.post_id)
    newest = post.attempts_made == attempt.number
    if isinstance(result, Published):
        # Also one that was taken back since: the answer is written once more when its commit was not answered.
        if post.status in (PostStatus.PUBLISHED, PostStatus.RECALLED) and post.external_id == result.external_id:
            return
        if _names_what_was_seen(post, attempt, result):
            return
        open_still = newest and post.status in (PostStatus.UNKNOWN, PostStatus.PENDING)
        if open_still and states.move(post, PostStatus.PUBLISHED, attempt=attempt.number, **states.proof(result, now)):
            ledger.resolve_post(post, now=now)
            return
        ledger.raise_for_post(Alert.Kind.DOUBLE_RISK, post, reason=out_after_all(post, result), now=now)
        return
    # A fault of ours, and an error of no kind that we know, prove nothing.
    surely_absent = consequences.kind_of(result) != Attempt.Outcome.OUR_FAULT and not isinstance(result, OutcomeUnknown)
    if surely_absent and newest and post.status == PostStatus.UNKNOWN:
        states.move(post, PostStatus.PENDING, attempt=attempt.number, not_before=now, waiting_since_at=None)


def _names_what_was_seen(post: Post, attempt: Attempt, result: Published) -> bool:
    """Is this the one that a person has seen there? Then it has its id, without which it could not be taken back."""
    if post.status != PostStatus.PUBLISHED or not (post.external_id or "").startswith(SEEN):
        return False
    tries = Attempt.objects.filter(post=post, part_number=1, kind=Attempt.Kind.POST)
    if tries.filter(number__gt=attempt.number).exists():
        # It may be that of a later try which was seen.
        return False
    named: dict[str, object] = {"external_id": result.external_id[:200]}
    if result.permalink:
        named["permalink"] = result.permalink[:500]
    return fenced.write(post.pk, named, status=PostStatus.PUBLISHED, attempt=post.attempts_made)


def out_after_all(held: Post | Part, result: Published) -> str:
    """What a human is told of a success that moves nothing any more."""
    if held.status == PostStatus.CANCELLED:
        return f"It was cancelled, but a late answer says it is out as {result.external_id}."
    return f"A late answer says it is out as {result.external_id}."
