"""A video of any size takes the memory of a small part of it, on its way to every platform that we upload to."""

import json
import threading
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.base import Outgoing, OutgoingMedia, PlatformSettings
from connectors.errors import NotReady
from connectors.sandbox.stage import films
from tests.connectors.contract import make

MEGABYTE = 1024 * 1024
ANSWERS = {
    "initialize": {"data": {"id": "1991000000000000001"}},
    "append": {"data": {}},
    "finalize": {"data": {"id": "1991000000000000001"}},
    "video_reels": {"video_id": "1"},
    "1": {"success": True},
    "sendVideo": {"ok": True, "result": {"message_id": 7, "chat": {"id": -1001}}},
}


class Sink(BaseHTTPRequestHandler):
    """Takes whatever comes, keeps nothing of it but its length, and is content."""

    protocol_version = "HTTP/1.1"
    taken = 0

    def do_POST(self):
        left = int(self.headers["Content-Length"])
        type(self).taken += left
        while left:
            left -= len(self.rfile.read(min(64 * 1024, left)))
        content = json.dumps(ANSWERS[self.path.rpartition("/")[2]]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def sink():
    Sink.taken = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Sink) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["facebook", "telegram", "twitter"])
def test_a_large_video_is_never_in_memory(name, sink, tmp_path):
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.write(films.drawn(20))
        file.truncate(200 * MEGABYTE)
    medium = OutgoingMedia("video", path=str(path), width=720, height=1280, seconds=20)
    connector = make(name, sink)
    connector.settings = PlatformSettings(timeout=(5, 60))
    tracemalloc.start()
    send(connector, Outgoing("Words", media=(medium,)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert Sink.taken >= 200 * MEGABYTE
    assert most < 12 * MEGABYTE


def send(connector, outgoing):
    """As far as the bytes go, in as many visits as it takes."""
    draft = ""
    while True:
        try:
            draft = connector.prepare(outgoing, draft)
            return connector.publish(outgoing, draft) if connector.name == "telegram" else draft
        except NotReady as wait:
            draft = wait.draft
