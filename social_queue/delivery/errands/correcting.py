"""Another text for what is out: put there by one call that may be repeated, and kept once it stands.

An edit can double no post: it names the one that is out, and doing it twice leaves the same words there. So a lost
answer is not undecided. Before it is done again the platform is asked whether the words stand there already, where it
can be asked; elsewhere it says so itself.
"""

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime

import connectors
from connectors.base import Connector, Outgoing
from connectors.errors import ConnectorError, NotCorrectable
from connectors.texts.correcting import Correction
from social_queue import fenced
from social_queue.alerts import ledger as alerts
from social_queue.events import ledger as events
from social_queue.models import Alert, Attempt, Errand, Outcome, Part, Post, PostStatus
from social_queue.sentences import said
from social_queue.wording import outgoing

logger = logging.getLogger(__name__)


def text_as_sent(post: Post) -> str:
    """The words that the post went out with, whatever was made of them since."""
    corrected = Errand.objects.filter(post=post, part=None, kind=Errand.Kind.CORRECT, outcome=Outcome.CORRECTED)
    first = corrected.order_by("ended_at", "pk").values_list("old_text", flat=True).first()
    return post.caption if first is None else first


def why_not_offered(post: Post, *, below: bool = False) -> str:
    """Why its platform changes no text, ``below``: of what follows a post; "" where it may be asked."""
    kind = connectors.get(post.platform)
    if reason := kind.why_not_corrected:
        return said(reason)
    if below and not kind.corrects_follow_ups:
        return said("Autopost can't change the text of follow-ups on this platform.")
    return ""


def correction_of(post: Post, errand: Errand, connector: Connector) -> Correction:
    """What the connector is given. Raises a ConnectorError when what the post carries is needed and is not there."""
    text = errand.text
    if errand.part is not None:
        return Correction(errand.part.external_id, text, Outgoing(errand.part.text), below=True)
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
    # Tries at the post and at what follows it have no mark of their own: taken for tried it is read once more.
    tries = Attempt.objects.filter(post=attempt.post, kind=Attempt.Kind.CORRECT, started_at__gte=errand.asked_at)
    return tries.filter(sent_at__isnull=False, number__lt=attempt.number).exists()


def _stands_there(connector: Connector, correction: Correction) -> bool:
    try:
        return connector.is_corrected(correction) is True
    except ConnectorError as fault:
        logger.info("post %s could not be read back: %s", correction.external_id, fault)
        return False


def keep(attempt: Attempt, errand: Errand, now: datetime, *, free: Mapping[str, object]) -> bool:
    """In the caller's transaction: the words stand there. False when another attempt has the post by now.

    The text goes to the post, which is what readers see; the errand keeps the one that stood there until then.
    ``free``: the columns that let go of the post, where it is still held.
    """
    post, part = attempt.post, errand.part
    values = dict(free)
    if part is None:
        values |= {"caption": errand.text, "corrected_at": now}
    if post.error_kind != Outcome.NOT_RECALLABLE:
        values |= {"error_kind": "", "error": ""}
    if not fenced.write(post.pk, values, status=PostStatus.PUBLISHED, attempt=attempt.number):
        return False
    # Also one that was replaced while it was under way: its words stood there.
    done = {"ended_at": now, "outcome": str(Outcome.CORRECTED), "open_key": None}
    done["old_text"] = post.caption if part is None else part.text
    Errand.objects.filter(pk=errand.pk).update(**done)
    if part is not None:
        Part.objects.filter(pk=part.pk).update(text=errand.text)
    events.write([events.corrected(post, values, part=part.number if part else None)])
    alerts.resolve(Alert.Kind.NOT_CORRECTABLE, about=f"post:{post.pk}", now=now)
    return True
