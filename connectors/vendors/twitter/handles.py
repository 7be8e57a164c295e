"""What people paste for a handle on X: the address of a profile or of a post."""

import re

from connectors.texts.pasted import Site

SITE = Site("X (Twitter)", ("x.com", "twitter.com"), example="autopost_news")
_HANDLE = re.compile(r"\w{1,15}", re.ASCII)
#: X's own pages, which stand where profiles do.
_NO_HANDLES = frozenset(
    {"explore", "hashtag", "home", "i", "intent", "login", "messages", "search", "settings", "share"}
)


def address_from(text: str) -> str:
    """The handle from a page that was pasted; anything else as it is. Raises BadAddress."""
    page = SITE.page(text)
    if page is None:
        return text.strip()
    handle = page.part(0).removeprefix("@")
    if not _HANDLE.fullmatch(handle) or handle.lower() in _NO_HANDLES:
        raise page.refused()
    return handle
