"""Autopost for agents: a Model Context Protocol server, ten tools over the API, on standard input and output or HTTP.

https://modelcontextprotocol.io/specification/ , built with the official SDK. What an agent says twice happens once:
each item is queued under an idempotency key that follows from the arguments, unless one is given.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from autopost_client.client import Autopost
from autopost_client.errors import AutopostError, Unreachable

_INSTRUCTIONS = (
    "Autopost publishes items (a title, a link, perhaps a picture) on social media accounts, in public. Look with "
    "preview_item before enqueue_item, and tell the person what will go out and when. An item that is queued is posted "
    "at publish_at, at once without one; until then cancel_item stops it. find_items and get_item say what became of "
    "it."
)
_LOOKS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_QUEUES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
_ACTS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=True)
_MOST_ROWS = 50
_PLACEHOLDERS = {"{link}": "The link of the post itself, by which clicks are counted. Without it the words have none."}
_WHAT_TO_DO = {
    401: "The key is not valid: the person must set AUTOPOST_KEY to a key from `manage.py create_api_key`.",
    403: "The key lacks the right for this: ask the person for a key with that scope.",
    404: "There is no such thing, this key may not reach it, or this Autopost can't do that yet. Look with find_items.",
    409: "It is too late for that, or there is nothing to do. Look with get_item what became of it.",
    422: "This key or reference stands for another item already. Send the same again, or leave the key out.",
    429: "Too many requests: wait a minute.",
}


#: Whose desk is asked: over HTTP each caller has a key of his own.
Desk = Callable[[], Autopost]


def build(desk: Desk) -> MCPServer:
    """The server with its tools and resources, for this desk."""
    server = MCPServer("autopost", instructions=_INSTRUCTIONS, log_level="WARNING")
    _content(server, desk)
    _results(server, desk)
    _places(server, desk)
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


def _content(server: MCPServer, desk: Desk) -> None:
    @server.tool(annotations=_LOOKS)
    def preview_item(
        title: str,
        link: str,
        summary: str = "",
        image_url: str = "",
        channels: list[str] | None = None,
        hashtags: list[str] | None = None,
        data: dict[str, Any] | None = None,
        captions: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """A dry run: each account's caption as it would go out, its length and limit, and problems. Sends nothing.

        channels are slugs from list_accounts or names of platforms; without any it is every active account. captions
        are own words by slug or platform, with the placeholders of the resource autopost://placeholders.
        """
        fields = _given(
            summary=summary, image_url=image_url, channels=channels, hashtags=hashtags, data=data, captions=captions
        )
        return {"posts": _ask(lambda: desk().preview(title=title, link=link, **fields))}

    @server.tool(annotations=_QUEUES)
    def enqueue_item(
        title: str,
        link: str,
        summary: str = "",
        image_url: str = "",
        channels: list[str] | None = None,
        hashtags: list[str] | None = None,
        data: dict[str, Any] | None = None,
        captions: dict[str, str] | None = None,
        media: list[dict[str, str]] | None = None,
        repeat: dict[str, str] | None = None,
        publish_at: str = "",
        reference: str = "",
        idempotency_key: str = "",
    ) -> dict[str, Any]:
        """Queue an item to be posted IN PUBLIC at publish_at, at once without one.

        publish_at is ISO 8601 with its offset, or next-slot for the next free slot of each account.

        media are up to ten pictures and videos, instead of image_url: {"url", "alt"} each. repeat is {"rrule", "zone"}
        as in RFC 5545 (FREQ=WEEKLY;BYDAY=MO,TH): from publish_at on, which it needs, it is posted again each time.

        Saying the same again queues nothing new: it answers with the item that there is. To post the very same once
        more on purpose, give another idempotency_key. Call preview_item first.
        """
        fields = _given(
            summary=summary,
            image_url=image_url,
            channels=channels,
            hashtags=hashtags,
            data=data,
            captions=captions,
            media=media,
            repeat=repeat,
            publish_at=publish_at,
            reference=reference,
        )
        key = idempotency_key or _key_of({"title": title, "link": link, **fields})
        return dict(_ask(lambda: desk().enqueue(title=title, link=link, idempotency_key=key, **fields)))


def _results(server: MCPServer, desk: Desk) -> None:
    @server.tool(annotations=_LOOKS)
    def find_items(
        status: str = "", account: str = "", reference: str = "", after: str = "", before: str = ""
    ) -> dict[str, Any]:
        """Up to 50 items, the latest publish time first.

        status: draft, ready, posting, posted, partial, failed, skipped or cancelled, with commas several; after and
        before are publish times in ISO 8601.
        """
        filters = _given(status=status, account=account, reference=reference, after=after, before=before)
        return {"items": _ask(lambda: _first(desk().items(page_size=_MOST_ROWS, **filters)))}

    @server.tool(annotations=_LOOKS)
    def get_item(item_id: int) -> dict[str, Any]:
        """One item with its posts: where each is out (permalink), or why not (error_kind, error)."""
        return _ask(lambda: desk().item(item_id))

    @server.tool(annotations=ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True))
    def cancel_item(item_id: int) -> dict[str, Any]:
        """Cancel what of an item has not gone out yet. What is out stays out: see recall_item."""
        return _ask(lambda: desk().cancel(item_id))

    @server.tool(annotations=_ACTS)
    def retry_item(item_id: int) -> dict[str, Any]:
        """Try the failed posts of an item again, now. Find out first with get_item why they failed."""
        return _ask(lambda: desk().retry(item_id))

    @server.tool(annotations=_ACTS)
    def recall_item(item_id: int) -> dict[str, Any]:
        """Take an item's posts back from the platforms: deletes what is out in public. Ask the person first."""
        return _ask(lambda: desk().recall(item_id))

    @server.tool(annotations=_LOOKS)
    def click_report(by: str = "day", from_day: str = "", to_day: str = "") -> dict[str, Any]:
        """Clicks on the posted links, by day, platform, account, source or variant; days as YYYY-MM-DD."""
        span = {name: value for name, value in (("from_", from_day), ("to", to_day)) if value}
        return {"rows": _ask(lambda: desk().click_report(by=by, **span))}


def _places(server: MCPServer, desk: Desk) -> None:
    @server.tool(annotations=_LOOKS)
    def list_accounts() -> dict[str, Any]:
        """The accounts that can be posted to: slug (what channels take), platform, status, limits."""
        return {"accounts": _ask(lambda: desk().accounts())}

    @server.tool(annotations=_LOOKS)
    def next_slots(account: str, n: int = 5) -> dict[str, Any]:
        """The next free moments of an account's plan, for publish_at."""
        return {"slots": _ask(lambda: desk().slots(account, n))}

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


def _ask(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except AutopostError as fault:
        told = "; ".join(f"{name} {' '.join(sentences)}" for name, sentences in fault.fields.items())
        advice = _WHAT_TO_DO.get(fault.status, "Mend what is named and call again." if told else "")
        raise ToolError(" ".join(filter(None, [fault.message, told, advice]))) from fault
    except Unreachable as fault:
        raise ToolError(f"Autopost did not answer ({fault}). The same call can safely be made again.") from fault


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _key_of(fields: dict[str, Any]) -> str:
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"mcp-{hashlib.sha256(canonical.encode()).hexdigest()[:48]}"


def _first(rows: Any) -> list[dict]:
    return [row for _, row in zip(range(_MOST_ROWS), rows, strict=False)]
