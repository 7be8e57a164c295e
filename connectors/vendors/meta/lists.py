"""Looking for our post in a list of the Graph API, newest first, page by page, as far back as it matters.

How lists are paged: https://developers.facebook.com/docs/graph-api/results
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from connectors.base import Outgoing, Published
from connectors.errors import OutcomeUnknown
from connectors.readback import is_ours, look_back_to, look_far_back_to, made_before, moment_of
from connectors.vendors.meta.graph import GraphConnector

#: The vendor's largest page, and how many of them we read before we say that we cannot tell.
PAGE_SIZE = 100
MOST_PAGES = 10


def rows(
    place: GraphConnector,
    path: str,
    *,
    fields: str,
    moment: str,
    since: datetime | None,
    asked: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[dict[str, Any]]:
    """Every row that is not older than ``since`` by its field ``moment``; OutcomeUnknown when the list does not end.

    ``since`` None reads the whole list; ``asked`` is asked besides, or in place of what is asked of every list.
    The address of the next page is taken apart and not followed: it holds a token.
    """
    params: dict[str, Any] = {"fields": fields, "limit": PAGE_SIZE}
    if since:
        params["since"] = int(since.timestamp())
    params = {name: value for name, value in (params | dict(asked)).items() if value is not None}
    for _page in range(MOST_PAGES):
        answer = place.get(path, **params)
        page = answer.get("data")
        if not isinstance(page, list) or answer.get("error"):
            raise OutcomeUnknown(f"{place.label} answered with half a list.")
        if not all(isinstance(row, dict) and row.get("id") for row in page):
            raise OutcomeUnknown(f"{place.label} answered with half a list.")
        yield from (row for row in page if not _older(row.get(moment), since))
        following = _following(answer)
        if not following or (page and _older(page[-1].get(moment), since)):
            return
        params.update(following)
    raise OutcomeUnknown(f"{place.label} has more than {MOST_PAGES * PAGE_SIZE} posts since then.")


def find_post(
    place: GraphConnector,
    outgoing: Outgoing,
    path: str,
    *,
    fields: tuple[str, ...],
    asked: Mapping[str, object] = MappingProxyType({}),
    without: Callable[[dict[str, Any]], bool] = lambda row: False,
) -> Published | None:
    """Our post in the list at ``path``, or None when the list proves that it is not there.

    ``fields`` names, in this order, what holds the text, the moment and the public address; more may follow. A row
    without its text may be ours, and one of the same words without its moment, or from before the attempt, too: they
    leave it unknown. A photo that somebody posted without a word looks no different, so a person may have to look.
    ``without`` says of a row that it is surely not ours.
    """
    text, moment, permalink = fields[:3]
    since, far = look_back_to(outgoing), look_far_back_to(outgoing)
    unread = earlier = ""
    for row in rows(place, path, fields=",".join(("id", *fields)), moment=moment, since=far, asked=asked):
        if without(row) or str(row["id"]) in outgoing.others:
            continue
        made = moment_of(row.get(moment))
        ours = is_ours(outgoing, str(row.get(text) or ""), _links(row))
        if ours and (outgoing.marker or not since or (made and not _older(row.get(moment), since))):
            return Published(str(row["id"]), str(row.get(permalink) or ""))
        if ours and made:
            earlier = str(row["id"])
        elif ours or not (isinstance(row.get(text), str) or made_before(outgoing, made)):
            unread = str(row["id"])
    if unread:
        raise OutcomeUnknown(f"{place.label} shows {unread} without its {text} or its moment: that post may be ours.")
    if earlier:
        raise OutcomeUnknown(
            f"{place.label} shows the same words from before this attempt, as {earlier}: that post may be ours, "
            "sent while our clock was ahead."
        )
    return None


def _links(row: dict[str, Any]) -> Iterator[str]:
    """The addresses a post carries beside its text; Facebook wraps them in one of its own."""
    attachments = row.get("attachments")
    listed = attachments.get("data") if isinstance(attachments, dict) else None
    for attached in listed if isinstance(listed, list) else ():
        for field in ("unshimmed_url", "url") if isinstance(attached, dict) else ():
            address = str(attached.get(field) or "")
            yield address
            yield from parse_qs(urlsplit(address).query).get("u", ())


def _following(answer: dict[str, Any]) -> dict[str, str]:
    """What to ask for the next page, or {} when there is none."""
    paging = answer.get("paging")
    address = paging.get("next") if isinstance(paging, dict) else None
    asked = dict(parse_qsl(urlsplit(str(address or "")).query))
    return {name: value for name, value in asked.items() if name not in ("access_token", "appsecret_proof")}


def _older(stamp: object, since: datetime | None) -> bool:
    """Is a moment before ``since``? One that cannot be read is not."""
    moment = moment_of(stamp)
    return bool(since and moment and moment < since.replace(microsecond=0))
