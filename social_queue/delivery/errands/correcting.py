"""Another text for a post that is out: put there by one call that may be repeated, and kept once it stands.

An edit can double no post: it names the one that is out, and doing it twice leaves the same words there. So a lost
answer is not undecided. Before it is done again the platform is asked whether the words stand there already, where it
can be asked; elsewhere it says so itself.
"""

import logging
from contextlib import ExitStack
from datetime import datetime

import connectors
from connectors.base import Connector
from connectors.errors import ConnectorError, NotCorrectable
from connectors.texts.correcting import Correction
from social_queue import fenced
from social_queue.alerts import ledger as alerts
from social_queue.events import ledger as events
from social_queue.models import Alert, Attempt, Errand, Outcome, Post, PostStatus
from social_queue.sentences import said
from social_queue.wording import outgoing

logger = logging.getLogger(__name__)


def text_as_sent(post: Post) -> str:
    """The words that the post went out with, whatever was made of them since."""
    corrected = Errand.objects.filter(post=post, kind=Errand.Kind.CORRECT, outcome=Outcome.CORRECTED)
    first = corrected.order_by("ended_at", "pk").values_list("old_text", flat=True).first()
    return post.caption if first is None else first


def why_not_offered(post: Post) -> str:
    """Why its platform changes no text; "" where it may be asked."""
    reason = connectors.get(post.platform).why_not_corrected
    return said(reason) if reason else ""


def correction_of(post: Post, text: str, connector: Connector) -> Correction:
    """What the connector is given. Raises a ConnectorError when what the post carries is needed and is not there."""
    with ExitStack() as room:
        sent = outgoing.as_sent(post, text_as_sent(post), connector, room)
    return Correction(post.external_id or "", text, sent)


def put_there(attempt: Attempt, errand: Errand, connector: Connector, correction: Correction) -> None:
    """The call itself; the point of no return is passed. Raises ConnectorError."""
    if _was_tried(attempt, errand) and _stands_there(connector, correction):
        return
    try:
        connector.correct(correction)
    except NotCorrectable:
        # A refusal may be of what was done by a call whose answer was lost.
        if not _stands_there(connector, correction):
            raise


def _was_tried(attempt: Attempt, errand: Errand) -> bool:
    """Was this one sent before, so that it may stand there?"""
    tries = Attempt.objects.filter(post=attempt.post, kind=Attempt.Kind.CORRECT, started_at__gte=errand.asked_at)
    return tries.filter(sent_at__isnull=False, number__lt=attempt.number).exists()


def _stands_there(connector: Connector, correction: Correction) -> bool:
    try:
        return connector.is_corrected(correction) is True
    except ConnectorError as fault:
        logger.info("post %s could not be read back: %s", correction.external_id, fault)
        return False


def keep(attempt: Attempt, errand: Errand, now: datetime) -> bool:
    """In the caller's transaction: the words stand there. False when another attempt has the post by now.

    The text goes to the post, which is what readers see; the errand keeps the one that stood there until then.
    """
    post = attempt.post
    values: dict[str, object] = {"caption": errand.text, "corrected_at": now}
    values |= {"in_flight_account": None, "lease_until": None}
    if post.error_kind != Outcome.NOT_RECALLABLE:
        values |= {"error_kind": "", "error": ""}
    if not fenced.write(post.pk, values, status=PostStatus.PUBLISHED, attempt=attempt.number):
        return False
    # Also one that was replaced while it was under way: its words stood there.
    done = {"ended_at": now, "outcome": str(Outcome.CORRECTED), "open_key": None, "old_text": post.caption}
    Errand.objects.filter(pk=errand.pk).update(**done)
    events.write([events.corrected(post, values)])
    alerts.resolve(Alert.Kind.NOT_CORRECTABLE, about=f"post:{post.pk}", now=now)
    return True
