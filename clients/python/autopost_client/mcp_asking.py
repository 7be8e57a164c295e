"""How the tools of the MCP server ask the desk, and what they say when it refuses."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver.exceptions import ToolError

from autopost_client.errors import AutopostError, Unreachable, Unsendable

MOST_ROWS = 50
_WHAT_TO_DO = {
    401: "The key is not valid: the person must set AUTOPOST_KEY to a key from `manage.py create_api_key`.",
    403: "The key lacks the right for this: ask the person for a key with that scope.",
    404: "There is no such thing, this key may not reach it, or this Autopost can't do that yet. Look with find_items.",
    409: "It is too late for that, or there is nothing to do. Look with get_item what became of it.",
    422: "This key or reference stands for another item already. Send the same again, or leave the key out.",
    429: "Too many requests: wait a minute.",
}
#: Where the code says more than the status.
_OF_CODES = {
    "not_correctable": "It stays as it reads there: a person can change it on the platform, or recall_item deletes it."
}
_AGAIN = "The same call can safely be made again."
_LOOK_FIRST = "It may have been done all the same: look with get_item before you call again."


def ask(act: Callable[[], Any], *, twice_is_once: bool = True) -> Any:
    """The desk's answer. Raises ToolError with what an agent can do about it."""
    try:
        return act()
    except AutopostError as fault:
        told = "; ".join(f"{name} {' '.join(sentences)}" for name, sentences in fault.fields.items())
        advice = _OF_CODES.get(fault.code) or _WHAT_TO_DO.get(
            fault.status, "Mend what is named and call again." if told else ""
        )
        raise ToolError(" ".join(filter(None, [fault.message, told, advice]))) from fault
    except Unsendable as fault:
        raise ToolError(f"{fault}. Nothing was done: say it in other letters.") from fault
    except Unreachable as fault:
        advice = _AGAIN if twice_is_once else _LOOK_FIRST
        raise ToolError(f"Autopost did not answer ({fault}). {advice}") from fault


def given(**fields: Any) -> dict[str, Any]:
    """Those that hold anything. An empty list of accounts is kept, and refused: left out it would mean every one."""
    return {name: value for name, value in fields.items() if value or value == [] and name == "channels"}


def key_of(fields: dict[str, Any]) -> str:
    """An idempotency key that follows from what is to be queued."""
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"mcp-{hashlib.sha256(canonical.encode()).hexdigest()[:48]}"


def first(rows: Any) -> list[dict]:
    """No more than an agent can read."""
    return [row for _, row in zip(range(MOST_ROWS), rows, strict=False)]
