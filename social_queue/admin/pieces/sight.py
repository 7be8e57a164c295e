"""The first page shows nobody more than the lists behind it would."""

from django.contrib.auth.models import User
from django.urls import reverse

#: What of the page stands in which table.
_PARTS = {
    "coming": "post",
    "gone_out": "post",
    "silence": "post",
    "pulse": "post",
}
_TABLES = ("post", "queueitem", "platformaccount", "alert")


def limited_to(user: User, page: dict) -> dict:
    """The page's context without what this person may not see."""
    seen = [table for table in _TABLES if user.has_perm(f"queue.view_{table}")]
    lists = tuple(reverse(f"admin:queue_{table}_changelist") for table in seen)
    lists += (reverse("review"),) if "queueitem" in seen else ()
    hidden: dict[str, list] = {part: [] for part, table in _PARTS.items() if table not in seen}
    return (
        page
        | hidden
        | {
            "tiles": [tile for tile in page["tiles"] if lists and tile["link"].startswith(lists)],
            "nothing_yet": page["nothing_yet"] and user.has_perm("queue.add_platformaccount"),
            "sees": seen,
        }
    )
