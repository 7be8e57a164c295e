"""Looking for our post among a user's own on X.

Facts and where they stand:
- newest first, 5 to 100 a page, ``start_time`` in whole seconds UTC, the next page by ``pagination_token``:
  https://docs.x.com/x-api/users/get-posts
- the text comes with every link replaced by one at t.co; ``entities.urls[].expanded_url`` is what it was; a picture
  adds a link of its own at the end; & < > are written as HTML entities
- specification and prose disagree whether ``tweet.fields`` is now ``post.fields``; every recording uses the first
- reading a post costs half a cent, or a tenth of one for the owner of the app: https://docs.x.com/x-api/pricing
"""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from connectors.base import Outgoing
from connectors.errors import OutcomeUnknown
from connectors.readback import is_ours, look_back_to, same_text

PAGE_SIZE, MOST_PAGES = 100, 10
#: X refuses the same words again within a time that it does not tell. Older than the attempt and of the same words
#: means: not ours, but perhaps the reason why ours was refused.
_SAME_WORDS_BACK = timedelta(hours=24)
_SHORT_LINK = re.compile(r"\s*https://t\.co/\w+$")

#: Gets one page: the query in, the decoded answer out.
GetPage = Callable[[dict[str, object]], dict]


def find(outgoing: Outgoing, get_page: GetPage) -> str | None:
    """The id of our post, or None when it is surely not there; OutcomeUnknown when that cannot be told."""
    since = look_back_to(outgoing)
    start = since - _SAME_WORDS_BACK if since and not outgoing.marker else since
    earlier = None
    for post in _posts(get_page, start):
        if not _matches(outgoing, post):
            continue
        if not since or outgoing.marker or not _older(post, since):
            return str(post["id"])
        earlier = post
    if earlier is not None:
        raise OutcomeUnknown(
            f"X shows the same words, but posted before this attempt ({earlier.get('created_at')}, "
            f"id {earlier['id']}): it refuses a repeat, so a person must decide."
        )
    return None


def full_text(post: dict) -> str:
    """The text as it was written, with its links at full length."""
    text = html.unescape(str(post.get("text") or ""))
    for url in _urls(post):
        if url.get("url"):
            # The link to the picture is X's own and was no part of what we sent.
            text = text.replace(str(url["url"]), "" if _is_picture(url) else str(url.get("expanded_url") or ""))
    return _SHORT_LINK.sub("", text)


def _matches(outgoing: Outgoing, post: dict) -> bool:
    """By the link, or where it was left out by the words; X writes http:// before a domain that stood alone."""
    if outgoing.marker:
        return is_ours(outgoing, full_text(post), _links(post))
    return same_text(_without_schemes(outgoing.text), _without_schemes(full_text(post)))


def _posts(get_page: GetPage, start: datetime | None) -> Iterator[dict]:
    query: dict[str, object] = {
        "max_results": PAGE_SIZE,
        "tweet.fields": "created_at,entities",
        "exclude": "retweets,replies",
    }
    if start:
        query["start_time"] = start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for _page in range(MOST_PAGES):
        answer = get_page(query)
        told = answer.get("data", [])
        if not isinstance(told, list) or not isinstance(answer.get("meta"), dict) or answer.get("errors"):
            raise OutcomeUnknown("X answered with half a list of posts.")
        yield from (post for post in told if isinstance(post, dict) and post.get("id"))
        following = answer["meta"].get("next_token")
        if not following:
            return
        query["pagination_token"] = following
    raise OutcomeUnknown(f"The account has more than {MOST_PAGES * PAGE_SIZE} posts since then.")


def _links(post: dict) -> Iterator[str]:
    for url in _urls(post):
        yield from (str(url[name]) for name in ("expanded_url", "unwound_url") if url.get(name))


def _urls(post: dict) -> list[dict]:
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    return [url for url in urls if isinstance(url, dict)] if isinstance(urls, list) else []


def _is_picture(url: dict) -> bool:
    return bool(url.get("media_key")) or str(url.get("display_url") or "").startswith(("pic.twitter.com", "pic.x.com"))


def _older(post: dict, since: datetime) -> bool:
    try:
        return datetime.fromisoformat(str(post.get("created_at"))) < since
    except ValueError:
        return False


def _without_schemes(text: str) -> str:
    return re.sub(r"https?://", "", text)
