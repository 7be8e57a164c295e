"""The bot that speaks to our own people: a message, and its correction."""

import pytest

from connectors.bot import Bot
from connectors.errors import Rejected, TokenInvalid, TransientError
from connectors.sandbox import Sandbox
from tests.connectors.rawserver import RawServer
from tests.support.silence import PATIENT

TOKEN = "4242:sandbox-alerts"


def bot(api_base: str, token: str = TOKEN) -> Bot:
    return Bot(token, "-100777", api_base=api_base, timeout=PATIENT)


def test_a_message_is_sent_and_corrected():
    with Sandbox() as sandbox:
        number = bot(sandbox.url).say("<b>Trouble</b> &amp; more")
        bot(sandbox.url).correct(number, "It is over")
        assert [posting.text for posting in sandbox.wall] == ["It is over"]


def test_a_correction_that_changes_nothing_is_no_fault():
    with Sandbox() as sandbox:
        number = bot(sandbox.url).say("Trouble")
        bot(sandbox.url).correct(number, "Trouble")


def test_another_refusal_of_a_correction_is_said():
    with Sandbox() as sandbox, pytest.raises(Rejected, match="not found"):
        bot(sandbox.url).correct(99, "Trouble")


def test_a_message_that_got_no_number_has_none():
    with RawServer(b'HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{"ok":true,"result":[1]}') as server:
        assert bot(server.url).say("Trouble") is None


def test_an_unknown_token_and_a_dead_server_are_told_apart_and_the_token_is_in_neither():
    with Sandbox() as sandbox, pytest.raises(TokenInvalid) as refused:
        bot(sandbox.url, token="wrong").say("Trouble")
    with pytest.raises(TransientError) as dead:
        bot("http://127.0.0.1:9").say("Trouble")
    assert TOKEN not in f"{refused.value} {dead.value} {bot('http://x')!r}"
