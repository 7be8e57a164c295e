"""The tools of the MCP server, each a question to the desk or a wish that can safely be said twice."""

from collections.abc import Callable
from typing import Any

from mcp.types import ToolAnnotations

from autopost_client.client import Autopost
from autopost_client.mcp_arguments import Tools
from autopost_client.mcp_asking import MOST_ROWS, ask, first, given, key_of

_LOOKS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_QUEUES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
_CORRECTS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True)
_ACTS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=True)
#: Whose desk is asked: over HTTP each caller has a key of his own.
Desk = Callable[[], Autopost]


def content(tools: Tools, desk: Desk) -> None:
    @tools.tool(annotations=_LOOKS)
    def preview_item(
        title: str,
        link: str,
        summary: str = "",
        image_url: str = "",
        alt_text: str = "",
        channels: list[str] | None = None,
        hashtags: list[str] | None = None,
        data: dict[str, Any] | None = None,
        captions: dict[str, str] | None = None,
        media: list[dict[str, str]] | None = None,
        follow_ups: list[dict[str, Any]] | None = None,
        ai: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """A dry run: each account's caption as it would go out, its length and limit, and problems. Sends nothing.

        channels are slugs from list_accounts or names of platforms; without any it is every active account. captions
        are own words by slug or platform, with the placeholders of the resource autopost://placeholders. The others
        are as enqueue_item has them.
        """
        fields = given(
            summary=summary,
            image_url=image_url,
            alt_text=alt_text,
            channels=channels,
            hashtags=hashtags,
            data=data,
            captions=captions,
            media=media,
            follow_ups=follow_ups,
            ai=ai,
        )
        return {"posts": ask(lambda: desk().preview(title=title, link=link, **fields))}

    @tools.tool(annotations=_QUEUES)
    def enqueue_item(
        title: str,
        link: str,
        summary: str = "",
        image_url: str = "",
        alt_text: str = "",
        channels: list[str] | None = None,
        hashtags: list[str] | None = None,
        data: dict[str, Any] | None = None,
        captions: dict[str, str] | None = None,
        media: list[dict[str, str]] | None = None,
        follow_ups: list[dict[str, Any]] | None = None,
        ai: dict[str, Any] | None = None,
        repeat: dict[str, str] | None = None,
        publish_at: str = "",
        expires_at: str = "",
        reference: str = "",
        meta: dict[str, Any] | None = None,
        callback_url: str = "",
        idempotency_key: str = "",
    ) -> dict[str, Any]:
        """Queue an item to be posted IN PUBLIC at publish_at, at once without one, or at next-slot of each account.

        publish_at and expires_at are ISO 8601 with their offset; what has not gone out by expires_at stays unsaid.

        media are up to ten pictures and videos, instead of image_url: {"url", "alt"} each. follow_ups are comments or
        replies under the post, in order: {"text"} each. ai is {"generated": true} where a machine made the content,
        which you did if you wrote it. repeat is {"rrule", "zone"} as in RFC 5545 (FREQ=WEEKLY;BYDAY=MO,TH): from
        publish_at on, which it needs, it is posted again each time.

        Saying the same again queues nothing new: it answers with the item that there is. To post the very same once
        more on purpose, give another idempotency_key. Call preview_item first.
        """
        fields = given(
            summary=summary,
            image_url=image_url,
            alt_text=alt_text,
            channels=channels,
            hashtags=hashtags,
            data=data,
            captions=captions,
            media=media,
            follow_ups=follow_ups,
            ai=ai,
            repeat=repeat,
            publish_at=publish_at,
            expires_at=expires_at,
            reference=reference,
            meta=meta,
            callback_url=callback_url,
        )
        key = idempotency_key or key_of({"title": title, "link": link, **fields})
        return dict(ask(lambda: desk().enqueue(title=title, link=link, idempotency_key=key, **fields)))


def results(tools: Tools, desk: Desk) -> None:
    @tools.tool(annotations=_LOOKS)
    def find_items(
        status: str = "", account: str = "", reference: str = "", after: str = "", before: str = ""
    ) -> dict[str, Any]:
        """Up to 50 items, the latest publish time first.

        status: draft, ready, posting, posted, partial, failed, skipped or cancelled, with commas several; after and
        before are publish times in ISO 8601.
        """
        filters = given(status=status, account=account, reference=reference, after=after, before=before)
        return {"items": ask(lambda: first(desk().items(page_size=MOST_ROWS, **filters)))}

    @tools.tool(annotations=_LOOKS)
    def get_item(item_id: int) -> dict[str, Any]:
        """One item with its posts: where each is out (permalink), or why not (error_kind, error)."""
        return ask(lambda: desk().item(item_id))

    @tools.tool(annotations=ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True))
    def cancel_item(item_id: int) -> dict[str, Any]:
        """Cancel what of an item has not gone out yet. What is out, or may be, is left: see recall_item."""
        return ask(lambda: desk().cancel(item_id))

    @tools.tool(annotations=_ACTS)
    def retry_item(item_id: int) -> dict[str, Any]:
        """Try the failed posts of an item again, now. Find out first with get_item why they failed."""
        return ask(lambda: desk().retry(item_id), twice_is_once=False)

    @tools.tool(annotations=_ACTS)
    def recall_item(item_id: int) -> dict[str, Any]:
        """Take an item's posts back from the platforms: deletes what is out in public. Ask the person first."""
        return ask(lambda: desk().recall(item_id), twice_is_once=False)

    @tools.tool(annotations=_CORRECTS)
    def correct_post(post_id: int, caption: str, part: int = 1) -> dict[str, Any]:
        """Give one post of an item (get_item names them) another text: before it goes out, or in public afterwards.

        part is the number of one of its parts in get_item: 1 is the post itself, from 2 on the comments or replies
        that follow it and are out. {link} in the caption stands for its link. What a platform can't change is said;
        then recall_item is what is left. Ask the person first where it is out already.
        """
        return ask(lambda: desk().correct(post_id, caption, part=part))

    @tools.tool(annotations=_LOOKS)
    def read_events(after: int = 0, limit: int = MOST_ROWS) -> dict[str, Any]:
        """What happened after that sequence, in order, nothing missing: what was posted, failed, taken back.

        next_after is where to go on. Without anything new, events is empty: call again later.
        """
        return ask(lambda: desk().event_page(after, limit=limit))

    @tools.tool(annotations=_LOOKS)
    def click_report(by: str = "day", from_day: str = "", to_day: str = "") -> dict[str, Any]:
        """Clicks on the posted links, by day, platform, account, source or variant; days as YYYY-MM-DD."""
        span = {name: value for name, value in (("from_", from_day), ("to", to_day)) if value}
        return {"rows": ask(lambda: desk().click_report(by=by, **span))}


def places(tools: Tools, desk: Desk) -> None:
    @tools.tool(annotations=_LOOKS)
    def list_accounts() -> dict[str, Any]:
        """The accounts that can be posted to: slug (what channels take), platform, status, limits."""
        return {"accounts": ask(lambda: desk().accounts())}

    @tools.tool(annotations=_LOOKS)
    def next_slots(account: str, n: int = 5) -> dict[str, Any]:
        """The next free moments of an account's plan, for publish_at."""
        return {"slots": ask(lambda: desk().slots(account, n))}
