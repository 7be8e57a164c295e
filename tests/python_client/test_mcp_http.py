"""The MCP server over HTTP: behind the caller's own key, driven by the official SDK's client."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys

import httpx2
import pytest
import requests
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from social_queue.access import keys
from social_queue.models import QueueItem
from tests.support.environment import ROOT
from tests.support.servers import free_port
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
ITEM = {"title": "Gates", "link": "https://example.com/p", "publish_at": "2030-01-01T00:00:00Z"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}
ACCEPTS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
def server(desk):
    """The command of the site, serving; without a key of its own."""
    port = free_port()
    words = [sys.executable, str(ROOT / "manage.py"), "mcp", "--http", "--port", str(port)]
    env = {name: value for name, value in os.environ.items() if name != "AUTOPOST_KEY"}
    process = subprocess.Popen(words, env=env | {"AUTOPOST_URL": desk[0]}, cwd=ROOT)
    address = f"http://127.0.0.1:{port}/mcp"
    try:
        until(lambda: _answers(address), "the server answers", seconds=120)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def _answers(address: str) -> bool:
    with contextlib.suppress(requests.ConnectionError):
        requests.get(address, timeout=120)
        return True
    return False


def _talk(address: str, key: str, conversation):
    async def run():
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx2.AsyncClient(headers=headers, timeout=240) as http:
            transport = streamable_http_client(address, http_client=http)
            async with Client(transport, read_timeout_seconds=240) as client:
                return await conversation(client)

    return asyncio.run(run())


def test_each_caller_acts_under_his_own_key(server, desk):
    async def queue(client):
        tools = await client.list_tools()
        queued = await client.call_tool("enqueue_item", ITEM)
        placeholders = await client.read_resource("autopost://placeholders")
        return len(tools.tools), queued.structured_content, placeholders.contents[0].text

    async def cancel(client):
        return await client.call_tool("cancel_item", {"item_id": queued["id"]})

    mine, theirs = desk[1], keys.issue("other", keys.USUAL_SCOPES)[1]
    count, queued, placeholders = _talk(server, mine, queue)
    assert (count, queued["status"]) == (12, "ready") and "{link}" in json.loads(placeholders)
    assert _talk(server, mine, queue)[1]["id"] == queued["id"]
    assert QueueItem.objects.get().source == "bot"
    refused = _talk(server, theirs, cancel)
    assert refused.is_error and "find_items" in refused.content[0].text
    assert not _talk(server, mine, cancel).is_error


@pytest.mark.parametrize("given", ["", "Basic YTpi", "Bearer ", "Bearer ap_no_key", b"Bearer ap_no_k\xe9y"])
def test_whoever_has_no_key_is_not_let_in(server, given):
    answer = requests.post(server, json=HELLO, headers=ACCEPTS | {"Authorization": given}, timeout=60)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["error"]["message"]


def test_a_page_of_another_site_gets_nowhere(server, desk):
    headers = ACCEPTS | {"Authorization": f"Bearer {desk[1]}", "Host": "evil.example.com"}
    assert requests.post(server, json=HELLO, headers=headers, timeout=60).status_code in (403, 421)
