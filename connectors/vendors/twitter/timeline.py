"""Looking for our post among a user's own on X.

Facts and where they stand:
- newest first, 5 to 100 a page, ``start_time`` in whole seconds UTC, the next page by ``pagination_token``:
  https://docs.x.com/x-api/users/get-posts
- the text comes with every link replaced by one at t.co; ``entities.urls[].expanded_url`` is what it was; a picture
  adds a link of its own at the end; & < > are written as HTML entities
- specification and prose disagree whether ``tweet.fields`` is now ``post.fields``; every recording uses the first. A
  parameter that X does not know may be refused or passed over: then the posts come without links and moments
- what begins with a name is a reply, which ``exclude`` leaves out: https://help.x.com/en/using-x/types-of-posts
- reading a post costs half a cent, or a tenth of one for the owner of the app: https://docs.x.com/x-api/pricing
"""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Outgoing
from connectors.errors import OutcomeUnknown, Rejected
from connectors.looks.links import LINK
from connectors.readback import is_ours, look_back_to, look_far_back_to, made_before, moment_of, same_text
from connectors.texts.ascii_links import ascii_link
from connectors.texts.following import FollowUp

PAGE_SIZE, MOST_PAGES = 100, 10
#: X refuses the same words again within a time that it does not tell. Older than the attempt and of the same words
#: means: not ours, but perhaps the reason why ours was refused.
_SAME_WORDS_BACK = timedelta(hours=24)
_SHORT_LINKS = re.compile(r"https?://t\.co/\w+")
_LAST_SHORT_LINK = re.compile(r"\s*https://t\.co/\w+$")
#: The parameter that names the fields, as the prose and as the specification have it.
_FIELDS, _NEW_FIELDS = "tweet.fields", "post.fields"

#: Gets one page: the query in, the decoded answer out.
GetPage = Callable[[dict[str, object]], dict[str, Any]]


def find(outgoing: Outgoing, get_page: GetPage) -> str | None:
    """The id of our post, or None when the timeline proves it absent. Raises OutcomeUnknown if it proves neither."""
    since = look_back_to(outgoing)
    start = since - _SAME_WORDS_BACK if since and not outgoing.marker else look_far_back_to(outgoing)
    earlier = unread = None
    for post in _posts(get_page, start, replies=outgoing.text.lstrip().startswith(("@", "\uff20"))):
        made = moment_of(post.get("created_at"))
        if not _matches(outgoing, post):
            unread = unread if _is_whole(post) or made_before(outgoing, made) else post
        elif str(post["id"]) in outgoing.others:
            earlier = post
        elif not since or outgoing.marker or (made and made >= since):
            return str(post["id"])
        elif made:
            earlier = post
        else:
            unread = post
    if earlier is not None:
        another = str(earlier["id"]) in outgoing.others
        raise OutcomeUnknown(
            f"X shows the same words, but {'in another post' if another else 'posted before this attempt'} "
            f"({earlier.get('created_at')}, id {earlier['id']}): it refuses a repeat, so a person must decide."
        )
    if unread is not None:
        raise OutcomeUnknown(f"X shows a post without its links or its moment, which may be ours: {unread['id']}.")
    return None


def find_reply(words: FollowUp, get_page: GetPage) -> str | None:
    """The id of our reply, told by its whole text and by what it answers; else as ``find``."""
    sought = Outgoing(words.text, sent_at=words.sent_at)
    since = look_back_to(sought)
    start = since - _SAME_WORDS_BACK if since else None
    doubtful = ""
    for post in _posts(get_page, start, replies=True):
        made, parents = moment_of(post.get("created_at")), _answers(post)
        if not _is_whole(post):
            doubtful = doubtful if made_before(sought, made) else str(post["id"])
        elif not _matches(sought, post):
            continue
        elif words.parent in parents and post["id"] not in words.others and not (since and made and made < since):
            return str(post["id"])
        else:
            doubtful = str(post["id"])
    if doubtful:
        raise OutcomeUnknown(
            f"X shows the same words, or a post that can't be read, as {doubtful}: a person must decide."
        )
    return None


def _answers(post: dict[str, Any]) -> list[str]:
    """The ids of the posts that this one replies to; none when it is no reply or does not tell."""
    told = post.get("referenced_tweets")
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    return [str(row.get("id")) for row in rows if row.get("type") == "replied_to"]


def full_text(post: dict[str, Any]) -> str:
    """The text as it was written, with its links at full length."""
    text = html.unescape(str(post.get("text") or ""))
    for url in _urls(post):
        if url.get("url"):
            # The link to the picture is X's own and was no part of what we sent.
            text = text.replace(str(url["url"]), "" if _is_picture(url) else str(url.get("expanded_url") or ""))
    return _LAST_SHORT_LINK.sub("", text)


def _matches(outgoing: Outgoing, post: dict[str, Any]) -> bool:
    """By the link, or where it was left out by the words; X writes http:// before a domain that stood alone."""
    if outgoing.marker:
        return is_ours(outgoing, full_text(post), _links(post))
    return same_text(_without_schemes(outgoing.text), _without_schemes(full_text(post)))


def _posts(get_page: GetPage, start: datetime | None, *, replies: bool = False) -> Iterator[dict[str, Any]]:
    fields, left_out = "created_at,entities", "retweets,replies"
    if replies:
        fields, left_out = f"{fields},referenced_tweets", "retweets"
    query: dict[str, object] = {"max_results": PAGE_SIZE, _FIELDS: fields, "exclude": left_out}
    if start:
        query["start_time"] = start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for _page_number in range(MOST_PAGES):
        posts, following = _page(get_page, query)
        if _FIELDS in query and not all(map(_is_whole, posts)):
            query, posts, following = _asked_once_more(get_page, query, (posts, following))
        yield from posts
        if not following:
            return
        query["pagination_token"] = following
    raise OutcomeUnknown(f"The account has more than {MOST_PAGES * PAGE_SIZE} posts since then.")


def _page(get_page: GetPage, query: dict[str, object]) -> tuple[list[dict[str, Any]], object]:
    """The posts of one page, and the token of the next one."""
    answer = get_page(query)
    reported = answer.get("data", [])
    whole = isinstance(reported, list) and all(isinstance(post, dict) and post.get("id") for post in reported)
    if not whole or not isinstance(answer.get("meta"), dict) or answer.get("errors"):
        raise OutcomeUnknown("X answered with half a list of posts.")
    return reported, answer["meta"].get("next_token")


def _asked_once_more(
    get_page: GetPage, query: dict[str, object], page: tuple[list[dict[str, Any]], object]
) -> tuple[dict[str, object], list[dict[str, Any]], object]:
    """The same page by the other name of the fields; where X refuses that, what it showed before."""
    renamed = {(_NEW_FIELDS if name == _FIELDS else name): value for name, value in query.items()}
    try:
        return renamed, *_page(get_page, renamed)
    except Rejected:
        return query, *page


def _is_whole(post: dict[str, Any]) -> bool:
    """Has it come with its moment, and with what each of its short links stands for? Else it tells nothing."""
    text = post.get("text")
    if not isinstance(text, str) or moment_of(post.get("created_at")) is None:
        return False
    known = {str(url.get("url")) for url in _urls(post) if url.get("expanded_url")}
    return known.issuperset(_SHORT_LINKS.findall(text))


def _links(post: dict[str, Any]) -> Iterator[str]:
    for url in _urls(post):
        yield from (str(url[name]) for name in ("expanded_url", "unwound_url") if url.get(name))


def _urls(post: dict[str, Any]) -> list[dict[str, Any]]:
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    return [url for url in urls if isinstance(url, dict)] if isinstance(urls, list) else []


def _is_picture(url: dict[str, Any]) -> bool:
    return bool(url.get("media_key")) or str(url.get("display_url") or "").startswith(("pic.twitter.com", "pic.x.com"))


def _without_schemes(text: str) -> str:
    """Every link in ASCII, too: X may give a host in letters back as machines write it."""
    return re.sub(r"https?://", "", LINK.sub(lambda link: ascii_link(link[0]), text))
