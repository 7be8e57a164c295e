"""How long Meta wants us to stay away: the usage headers that come with its answers.

X-Business-Use-Case-Usage gives for each object (up to 32) a list of rows with ``estimated_time_to_regain_access`` in
*minutes*; X-App-Usage gives percentages of the application's rolling hour. Both are JSON, and absent until calls have
been made.
https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

import json
from collections.abc import Mapping
from typing import Any

#: Seconds to wait when Meta limits us and names no time: calls made while limited count too.
UNTOLD_WAIT = 300
#: Seconds for limits that move with an hour or a day: the application's rolling hour, Instagram's daily quota.
LONG_WAIT = 3600


def told_wait(headers: Mapping[str, str], address: str = "") -> float | None:
    """Seconds until calls are welcome again, or None when the headers name no time.

    Where ``address`` is among the objects that they tell of, the others' waits are none of ours.
    """
    told = _usage(headers, "X-Business-Use-Case-Usage")
    minutes = [
        whole(row.get("estimated_time_to_regain_access"))
        for rows in ([told[address]] if address in told else told.values())
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict)
    ]
    if max(minutes, default=0) > 0:
        return 60.0 * max(minutes)
    shares = [whole(share) for share in _usage(headers, "X-App-Usage").values()]
    return float(LONG_WAIT) if max(shares, default=0) >= 100 else None


def whole(value: Any) -> int:
    """A number that may have come as text; 0 for anything else."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0


def _usage(headers: Mapping[str, str], name: str) -> dict[str, Any]:
    try:
        body = json.loads(headers.get(name, ""))
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
