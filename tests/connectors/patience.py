"""Delivering a post with media as a worker does that comes back until it is ready."""

from datetime import UTC, datetime

import pytest

from connectors.base import Outgoing, Published
from connectors.errors import ConnectorError, NotReady
from tests.connectors.contract import LINK
from tests.connectors.given import several

#: So often a worker comes back to a post that is not ready.
MOST_VISITS = 40


def carrying(connector, shape, *, folder, url, text="") -> Outgoing:
    text = text or f"The gates are open. {LINK}"
    media = several(connector, shape, folder=folder, url=url)
    return Outgoing(text, link=LINK, marker=LINK, media=media, sent_at=datetime.now(UTC))


def deliver(connector, outgoing, draft="") -> tuple[Published | ConnectorError, str]:
    """Go on until the post is out or something else than patience is asked for; every draft kept counts."""
    kept = [draft]
    for _ in range(MOST_VISITS):
        try:
            kept.append(connector.prepare(outgoing, kept[-1], kept.append))
            return connector.publish(outgoing, kept[-1]), kept[-1]
        except NotReady as wait:
            kept.append(wait.draft or kept[-1])
        except ConnectorError as error:
            return error, kept[-1]
    pytest.fail("it is never ready")


def deliver_up_to_publishing(connector, outgoing, draft="") -> tuple[list[str], str]:
    """Every draft that was kept on the way, and the last."""
    kept: list[str] = []
    for _ in range(MOST_VISITS):
        try:
            return kept, connector.prepare(outgoing, draft, kept.append)
        except NotReady as wait:
            draft = wait.draft or (kept[-1] if kept else draft)
    pytest.fail("it is never ready")
