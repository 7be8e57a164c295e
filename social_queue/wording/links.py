"""The link of a post: marked for statistics, and worded as our own short link, Bitly's or in full."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from connectors import shortlink
from connectors.errors import ConnectorError, RateLimited, TokenInvalid
from connectors.texts.ascii_links import ascii_link
from connectors.texts.links_in_words import recognised
from social_queue.alerts import ledger
from social_queue.models import Alert, Post
from social_queue.wording.utm import build_utm
from social_queue.workings import heartbeat

logger = logging.getLogger(__name__)

#: Role in the heartbeat table whose ``held_until`` says how long Bitly is left alone after trouble.
_BITLY_REST = "bitly-rest"
_REST_AFTER = {RateLimited: timedelta(minutes=1), TokenInvalid: timedelta(hours=1)}
_REST_OTHERWISE = timedelta(minutes=5)
#: What the column of a post holds.
LONGEST_TRACKED = 2500


@dataclass(frozen=True)
class Link:
    """``short`` stands in the caption, ``tracked`` is where it leads in the end."""

    short: str
    tracked: str


def link_for(post: Post) -> Link:
    """The post's link, made once: what is stored on the post already is used again.

    Any trouble with Bitly falls back to the full tracked link: a post is never held up for a shorter address.
    """
    expected = expected_link(post)
    return Link(_by_bitly(expected.tracked) or expected.short, expected.tracked) if asks_bitly(post) else expected


def asks_bitly(post: Post) -> bool:
    """Does making its link take a call to Bitly?"""
    wanted = not post.short_link and mode(post) == "bitly" and post.account.include_link
    return bool(wanted and settings.BITLY_TOKEN)


def expected_short(post: Post) -> str:
    """``expected_link(post).short``, without working out where our own short link leads in the end."""
    if not post.short_link and mode(post) == "go":
        return go_link(post.code)
    return expected_link(post).short


def expected_link(post: Post) -> Link:
    """The link as far as it is known without asking anybody: with Bitly, the full tracked link."""
    tracked = post.tracked_url or tracked_url(post)
    if post.short_link:
        return Link(post.short_link, tracked)
    return Link(go_link(post.code) if mode(post) == "go" else _in_words(tracked), tracked)


def mode(post: Post) -> str:
    """``go``, ``bitly`` or ``plain``: the account's choice, else the site's."""
    return post.account.link_mode or settings.LINK_MODE


def go_link(code: str) -> str:
    """Our own short link, whose clicks we count."""
    return f"{settings.PUBLIC_BASE_URL}/go/{code}"


def tracked_url(post: Post) -> str:
    """The item's link in ASCII with UTM parameters; it carries the post's code, so it is unique per post."""
    item = post.item
    campaign = str(item.data.get("game") or "")
    full = build_utm(item.link, post.platform, item.meta, code=post.code, campaign=campaign)
    encoded = ascii_link(full)
    # Items of former versions may hold links that only fit as they came.
    return encoded if len(encoded) <= LONGEST_TRACKED else full


def _in_words(tracked: str) -> str:
    shown = recognised(tracked)
    return shown if len(shown) <= LONGEST_TRACKED else tracked


def _by_bitly(long_url: str, *, clock: Callable[[], datetime] = timezone.now) -> str:
    """Bitly's link for it, "" where there is none."""
    now = clock()
    if not heartbeat.role_is_free(_BITLY_REST, now=now):
        return ""
    try:
        short = shortlink.shorten(long_url, settings.BITLY_TOKEN, api_base=settings.BITLY_API_URL)
    except ConnectorError as fault:
        _leave_bitly_alone(fault, now)
        return ""
    ledger.resolve(Alert.Kind.SHORTLINK, about="bitly", now=now)
    return str(short)


def _leave_bitly_alone(fault: ConnectorError, now: datetime) -> None:
    pause = _REST_AFTER.get(type(fault), _REST_OTHERWISE)
    if isinstance(fault, RateLimited) and fault.retry_after:
        pause = timedelta(seconds=fault.retry_after)
    heartbeat.take_role(_BITLY_REST, now=now, hold=pause, holder=heartbeat.worker_name())
    logger.warning("Bitly can't shorten, posts carry the full link for %s: %s", pause, fault)
    ledger.raise_alert(Alert.Kind.SHORTLINK, about="bitly", reason=f"Bitly can't shorten links: {fault}", now=now)
