"""Taking back what is out: deleted on the platform, then written down; repeated it does no harm."""

import logging
from datetime import datetime

from django.utils.translation import gettext as _

from connectors.errors import ConnectorError, NotRecallable
from social_queue import states
from social_queue.accounts import speaking
from social_queue.models import Post, PostStatus
from social_queue.vault import VaultClosed

logger = logging.getLogger(__name__)


def why_it_stays(post: Post, *, now: datetime) -> str:
    """Why this post can't be taken back from here, in the reader's language; "" when it can be tried."""
    if post.status != PostStatus.PUBLISHED or post.published_at is None:
        return _("is %(status)s") % {"status": post.get_status_display()}
    try:
        reason = speaking.connector_for(post.account).why_it_stays(now - post.published_at)
        return _(reason) if reason else ""
    except VaultClosed as fault:
        return str(fault)


def take_back(post: Post, *, now: datetime) -> str:
    """Delete a published post on its platform and say so in its row; "" or why it stays, in the reader's language.

    Whatever is refused, the account goes on: only this post is concerned.
    """
    if reason := why_it_stays(post, now=now):
        return reason
    try:
        speaking.connector_for(post.account).take_back(post.external_id or "")
    except NotRecallable as refusal:
        return _refused(post, refusal)
    except ConnectorError as fault:
        words = speaking.words_of(fault, post.account)
        logger.warning("post %s could not be taken back: %s", post.pk, words)
        return _("The platform did not delete it: %(why)s Try again in a minute.") % {"why": words}
    # Gone there whatever becomes of this row: who presses again is told the same by the platform.
    states.move(post, PostStatus.RECALLED, attempt=post.attempts_made, recalled_at=now, error_kind="", error="")
    return ""


def _refused(post: Post, refusal: NotRecallable) -> str:
    words = speaking.words_of(refusal, post.account)
    logger.info("post %s stays: %s", post.pk, words)
    Post.objects.filter(pk=post.pk, status=PostStatus.PUBLISHED).update(error_kind=refusal.kind, error=words)
    return _(words)
