"""What follows a post that is taken back and may be out: it is looked for first, and goes with it when it is found."""

from datetime import datetime, timedelta

from django.conf import settings

from connectors.base import Connector, Published
from connectors.errors import ConnectorError, OutcomeUnknown, TransientError
from social_queue import part_states
from social_queue.alerts import ledger
from social_queue.delivery.parts import asking, words
from social_queue.models import Alert, Outcome, Part, Post, PostStatus
from social_queue.sentences import said

#: So often it is asked, within minutes; then a person has to look.
_MOST_TRIES = 3


class _StillOpen(TransientError):
    """Asked again soon; all else of the thread is gone by then."""


def settle(post: Post, connector: Connector, *, tries: int, now: datetime) -> ConnectorError | None:
    """Look for every follow-up of which nobody knows whether it is out.

    One that is found is out from now on and is deleted as the others are, one that is not there is over, and one of
    which nobody can tell is left to a human. Returns why it has to be asked again, after ``tries``, or None.
    """
    rows = Part.objects.filter(post=post, status=PostStatus.UNKNOWN).select_related("post__account", "post__item")
    faults = [_look(part, connector, tries=tries, now=now) for part in rows.exclude(error_kind=Outcome.NOT_RECALLABLE)]
    return next(filter(None, faults), None)


def _look(part: Part, connector: Connector, *, tries: int, now: datetime) -> ConnectorError | None:
    sought = words.of(part)
    try:
        found = connector.find_follow_up(sought)
    except ConnectorError as fault:
        if tries < _MOST_TRIES and (connector.follow_ups_can_be_found() or not isinstance(fault, OutcomeUnknown)):
            return _again(part)
        _for_a_human(part)
        return None
    settled = timedelta(seconds=settings.RECONCILE_AFTER)
    if not found and tries < _MOST_TRIES and sought.sent_at and now - sought.sent_at < settled:
        # Too young to be missed: it may not be listed yet.
        return _again(part)
    _settled(part, found, now)
    return None


def _settled(part: Part, found: Published | None, now: datetime) -> None:
    if found:
        asking.found_out(part, found, now=now)
        return
    told = {"error": said("The platform surely does not have it."), "not_before": None}
    part_states.move(part, PostStatus.CANCELLED, attempt=part.attempts_made, now=now, **told)


def _again(part: Part) -> ConnectorError:
    number = part.number - 1
    told = said("Nobody could tell yet whether follow-up %(number)s is out; it is asked again.", number=number)
    return _StillOpen(told)


def _for_a_human(part: Part) -> None:
    where = part.post.permalink or part.post.external_id
    why = said("Nobody can tell whether it is out, and its post is taken back. Look below %(address)s.", address=where)
    seen = Part.objects.filter(pk=part.pk, status=PostStatus.UNKNOWN, attempts_made=part.attempts_made)
    seen.update(error_kind=Outcome.NOT_RECALLABLE, error=why, not_before=None)


def tell(post: Post, *, now: datetime) -> None:
    """List for a human what may be out still below a post that is gone. In the transaction that says it is gone."""
    for part in Part.objects.filter(post=post, status=PostStatus.UNKNOWN, error_kind=Outcome.NOT_RECALLABLE):
        reason = f"Follow-up {part.number - 1} may be out still, and nobody but a person can tell: “{part.text}”"
        about = f"part:{part.pk}"
        ledger.raise_alert(
            Alert.Kind.NOT_RECALLABLE, about=about, reason=reason, now=now, account=post.account, post=post
        )
