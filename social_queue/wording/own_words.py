"""An account's own words for an item: they stand in the place of the template, with ``{link}`` for the post's link."""

from django.utils.html import escape

from connectors.base import Connector
from connectors.texts.links_in_words import kept_apart
from social_queue.models import PlatformAccount, QueueItem

#: What stands for the link of the post that the words go out with.
LINK = "{link}"


def of(item: QueueItem, account: PlatformAccount) -> str:
    """The words for this account, or those for its platform; "" where the template speaks."""
    given = item.captions or {}
    return str(given.get(account.slug) or given.get(account.platform) or "")


def filled(text: str, link: str, connector: type[Connector]) -> str:
    """The words as they go out. Without a link nothing stands in its place."""
    written = shown(link, connector)
    return kept_apart(text.replace(LINK, written), written).strip() if LINK in text else text


def shown(link: str, connector: type[Connector]) -> str:
    """The link as it is written in this platform's texts."""
    return str(escape(link)) if connector.markup == "html" else link


def with_place(text: str, link: str) -> str:
    """The words as they are kept: where this link stood, any post's may."""
    return text.replace(escape(link), LINK).replace(link, LINK) if link else text
