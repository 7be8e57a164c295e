"""Autopost for agents: a Model Context Protocol server with twelve tools, on standard input and output or HTTP.

https://modelcontextprotocol.io/specification/ , built with the official SDK. What an agent says twice happens once:
each item is queued under an idempotency key that follows from the arguments, unless one is given.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from mcp.server import MCPServer

from autopost_client import mcp_tools
from autopost_client.client import Autopost
from autopost_client.mcp_arguments import Tools
from autopost_client.mcp_tools import Desk

_INSTRUCTIONS = (
    "Autopost publishes items (a title, a link, perhaps a picture) on social media accounts, in public. Look with "
    "preview_item before enqueue_item, and tell the person what will go out and when. An item that is queued is posted "
    "at publish_at, at once without one; until then cancel_item stops it. get_item says what became of it, and "
    "read_events what happened since you last looked."
)
_PLACEHOLDERS = {"{link}": "The link of the post itself, by which clicks are counted. Without it the words have none."}


def build(desk: Desk) -> MCPServer:
    """The server with its tools and resources, for this desk."""
    tools = Tools()
    for lay in (mcp_tools.content, mcp_tools.results, mcp_tools.places):
        lay(tools, desk)
    server = MCPServer("autopost", instructions=_INSTRUCTIONS, log_level="WARNING", tools=tools.made)
    _resources(server, desk)
    return server


def main(words: Sequence[str] | None = None) -> None:
    """Serve on standard input and output, for AUTOPOST_KEY; or with ``--http`` to whoever sends a key of his own."""
    parser = argparse.ArgumentParser(prog="autopost-mcp", description=main.__doc__)
    add_arguments(parser)
    run(parser.parse_args(words))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--http", action="store_true", help="serve http://HOST:PORT/mcp; callers send their own key")
    parser.add_argument("--host", default="127.0.0.1", help="with --http; default: this machine alone")
    parser.add_argument("--port", type=int, default=8765, help="with --http; default: 8765")


def run(asked: argparse.Namespace) -> None:
    """AUTOPOST_URL says which desk."""
    url, key = os.environ.get("AUTOPOST_URL", ""), os.environ.get("AUTOPOST_KEY", "")
    if not url or not (key or asked.http):
        sys.exit("Set AUTOPOST_URL (https://desk.example.com) and, without --http, AUTOPOST_KEY (ap_…) first.")
    if asked.http:
        from autopost_client import mcp_http

        mcp_http.serve(url, host=asked.host, port=asked.port)
        return
    desk = Autopost(url, key)
    build(lambda: desk).run("stdio")


def _resources(server: MCPServer, desk: Desk) -> None:
    @server.resource("autopost://accounts", mime_type="application/json")
    def accounts() -> str:
        """The accounts that can be posted to."""
        return json.dumps(desk().accounts(), ensure_ascii=False)

    @server.resource("autopost://limits", mime_type="application/json")
    def limits() -> str:
        """What each account's platform accepts: characters of a text, media types."""
        return json.dumps({row["slug"]: row["limits"] for row in desk().accounts()}, ensure_ascii=False)

    @server.resource("autopost://placeholders", mime_type="application/json")
    def placeholders() -> str:
        """What own captions may have in them, and what stands there when they go out."""
        return json.dumps(_PLACEHOLDERS, ensure_ascii=False)
