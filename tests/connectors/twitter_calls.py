"""An X connector for tests, and the posts it is told to send."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.base import Outgoing, PlatformSettings
from connectors.errors import ConnectorError
from connectors.twitter import Twitter
from tests.connectors import payloads
from tests.connectors.rawserver import RawServer
from tests.support.silence import PATIENT

KEYS = {
    "api_key": "sandbox-key",
    "api_secret": "sandbox-secret",
    "access_token": "sandbox-olympus_news",
    "access_token_secret": "sandbox-token-secret",
}
LINK = "https://autopost.example/go/ab1"
SENT_AT = datetime(2026, 12, 1, 12, 0, 20, tzinfo=UTC)
WORDS = Outgoing(f"The gates are open. {LINK}", link=LINK, marker=LINK, sent_at=SENT_AT)
WITHOUT_LINK = replace(WORDS, text="The same words every day.", link="", marker="")
POST = "1991000000000000777"
MEDIA = "1991000000000000555"


def handle(url: str, *, address: str = "olympus_news", **keys: str) -> Twitter:
    return Twitter(address, KEYS | keys, api_base=url, settings=PlatformSettings(timeout=PATIENT))


def recorded(*cases: str) -> list[bytes]:
    return [payloads.recorded("twitter", case) for case in cases]


def failure(case: str, outgoing: Outgoing = WORDS, draft: str = "") -> ConnectorError:
    """The error of publishing when X answers with a recorded case; exactly one call was made."""
    with RawServer(*recorded(case)) as server, pytest.raises(ConnectorError) as caught:
        handle(server.url).publish(outgoing, draft)
    assert len(server.asked) == 1
    return caught.value
