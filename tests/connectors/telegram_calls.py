"""A Telegram connector for tests, and what it is told to send."""

import json
from dataclasses import replace

import pytest

from connectors.base import Outgoing, PlatformSettings
from connectors.errors import ConnectorError
from connectors.telegram import Telegram
from tests.connectors import payloads
from tests.connectors.given import one
from tests.connectors.rawserver import RawServer
from tests.support.silence import PATIENT

TOKEN = "4242:sandbox-Zq81bot"
CHANNEL = "-1001445566778"
WORDS = Outgoing("<b>The gates</b> are open. https://example.com/go/ab1", link="https://example.com/go/ab1")
PICTURED = replace(WORDS, media=one("https://example.com/a.jpg"))
SENT = payloads.recorded("telegram", "send_photo_public_channel")
LONG = "word " * 300


def bot(url: str, *, address: str = CHANNEL, token: str = TOKEN, **options) -> Telegram:
    settings = PlatformSettings(timeout=PATIENT)
    return Telegram(address, {"bot_token": token}, api_base=url, options=options, settings=settings)


def body_of(asked) -> dict:
    return json.loads(asked.body)


def failure(case: str, outgoing: Outgoing = WORDS, draft: str = "") -> ConnectorError:
    """The error of publishing when Telegram answers with a recorded case; exactly one call was made."""
    with RawServer(payloads.recorded("telegram", case)) as server, pytest.raises(ConnectorError) as caught:
        bot(server.url).publish(outgoing, draft)
    assert len(server.asked) == 1
    assert TOKEN.partition(":")[2] not in f"{caught.value!r} {caught.value.detail}"
    return caught.value
