"""A server that says nothing is left when the time is up, and everybody is told so in the same words."""

import socket

import pytest

from connectors.errors import TransientError
from connectors.media import inspect, pinned
from connectors.media.posting import post
from connectors.media.reading import read
from tests.connectors.rawserver import RawServer, answer

OURS = ["127.0.0.1"]
CALLS = {
    "fetch": lambda url: inspect.fetch(url, max_bytes=9, allowed_hosts=OURS, timeout=0.4),
    "read": lambda url: read(url, headers={}, max_bytes=9, allowed_hosts=OURS, timeout=0.4),
    "post": lambda url: post(url, b"", headers={}, allowed_hosts=OURS, timeout=0.4),
}


@pytest.mark.parametrize("first", ["the watch", "the socket"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_it_is_told_in_the_same_words_whoever_notices_it_first(call, first, monkeypatch):
    """The watch over a call and its socket's own time-out end at the same moment: the other one is taken away."""
    if first == "the socket":
        monkeypatch.setattr(pinned.Pinned, "cut", lambda connection: None)
    else:
        monkeypatch.setattr(socket.socket, "settimeout", lambda line, seconds: None)
    with RawServer(answer(), pause=600) as server, pytest.raises(TransientError, match=r": it took too long\.$"):
        call(server.url)
