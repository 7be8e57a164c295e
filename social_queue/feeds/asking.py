"""Asking a feed's address for what is new there, and what its refusals mean for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from connectors.errors import ConnectorError, TransientError
from connectors.media import reading
from connectors.media.guard import MediaRefused, NotPublic
from social_queue.feeds import parsing
from social_queue.feeds.found import Found, NotAFeed
from social_queue.models import Feed
from social_queue.sentences import said

LARGEST = 5 * 1024 * 1024
SECONDS = 20.0
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_STATUSES = {
    401: said("It wants a log-in (HTTP 401): feeds are read without one."),
    403: said("It turns us away (HTTP 403)."),
    404: said("There is nothing at this address (HTTP 404)."),
    410: said("It is gone for good (HTTP 410)."),
}
GONE = 410


class Trouble(Exception):
    """The feed can't be read. ``passing``: it may be better the next time, without anybody doing anything."""

    def __init__(self, sentence: str, *, passing: bool, http_status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.passing, self.http_status = sentence, passing, http_status


@dataclass(frozen=True)
class Answer:
    """What came: a feed, or None when it is as it was; and what to ask with the next time."""

    found: Found | None
    etag: str = ""
    last_modified: str = ""


def ask(feed: Feed, *, whole: bool = False) -> Answer:
    """Ask once; ``whole`` asks without conditions. Raises Trouble."""
    try:
        document = reading.read(
            feed.url,
            headers={"Accept": _ACCEPT, **({} if whole else _conditions(feed))},
            max_bytes=LARGEST,
            allowed_hosts=settings.MEDIA_ALLOWED_HOSTS,
            timeout=SECONDS,
        )
    except ConnectorError as fault:
        raise _trouble(fault) from fault
    told = document.headers
    if document.status == 304:
        return Answer(None, feed.etag, feed.last_modified)
    try:
        found = parsing.parse(document.content, media_type=told.get("content-type", ""), url=document.url)
    except NotAFeed as fault:
        raise Trouble(str(fault.args[0]), passing=False) from fault
    if document.moved_to:
        moved = said("It has moved for good to %(address)s: set that as the address.", address=document.moved_to)
        found = Found(found.title, found.entries, (*found.notes, moved))
    return Answer(found, _to_ask_with(told, "etag", 300), _to_ask_with(told, "last-modified", 100))


def _to_ask_with(told: Mapping[str, str], name: str, most: int) -> str:
    """What is to be said again the next time; "" for what neither a row nor a request holds as it is."""
    value = told.get(name, "")
    return value if value.isprintable() and len(value) <= most else ""


def _conditions(feed: Feed) -> Mapping[str, str]:
    given = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in given.items() if value}


def _trouble(fault: ConnectorError) -> Trouble:
    if isinstance(fault, NotPublic):
        told = said("%(where)s is not asked: it is %(reason)s.", where=fault.where, reason=fault.reason)
        return Trouble(told, passing=False)
    if isinstance(fault, MediaRefused):
        words = _STATUSES.get(fault.http_status or 0) or fault.message.replace("The picture's address", "The address")
        return Trouble(words, passing=False, http_status=fault.http_status)
    return Trouble(fault.message, passing=isinstance(fault, TransientError), http_status=fault.http_status)
