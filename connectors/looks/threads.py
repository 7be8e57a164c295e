"""What follows a post, comments or replies, drawn below it in order."""

from collections.abc import Iterable
from dataclasses import dataclass

from connectors.looks.text import e, linked


@dataclass(frozen=True)
class Reply:
    """One of them; ``note`` is the HTML of what stands below it: its moment, or its length."""

    key: str
    text: str
    note: str = ""


def thread(replies: Iterable[Reply], *, label: str = "What follows") -> str:
    """The list, "" for none; ``label`` is read out before it."""
    rows = "".join(
        f'<li data-reply="{e(one.key)}"><div class="words">{linked(one.text)}</div><small>{one.note}</small></li>'
        for one in replies
    )
    return f'<ol class="thread" aria-label="{e(label)}">{rows}</ol>' if rows else ""
