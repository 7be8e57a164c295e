"""How an item looks on each of its accounts: the cards, and the small picture in them."""

from http import HTTPStatus

from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext

import connectors
from connectors import looks
from connectors.errors import ConnectorError
from connectors.looks.cards import card
from connectors.looks.draft import draft
from connectors.looks.threads import Reply, thread
from social_queue.accounts import channels
from social_queue.admin.media import album
from social_queue.admin.pieces import looks as desk_looks
from social_queue.admin.posts import troubles
from social_queue.media import files, illustrations, thumbnails
from social_queue.models import Post, PostStatus, QueueItem
from social_queue.operations import previews
from social_queue.operations.correcting import asking
from social_queue.sentences import translated
from social_queue.wording.outgoing import alternative_text

#: A picture that was changed has another item form, and so another look at it.
_CACHE_S = 300


def cards(item: QueueItem) -> list[dict]:
    """One dictionary an account; where the item names an account that has gone, a sentence instead."""
    try:
        rows = list(previews.with_posts(item))
    except channels.UnknownChannels as fault:
        return [{"account": "?", "card": "", "problems": [{"code": "channels", "words": translated(str(fault))}]}]
    found = [card_of(post, row) for post, row in rows]
    may = asking.correctable(post for post, _row in rows)
    for (post, _row), shown in zip(rows, found, strict=True):
        # The button on what is out: the address that takes its press.
        shown["correct"] = reverse("admin:queue_post_press", args=[post.pk, "correct"]) if post.pk in may else ""
    return found


def icons() -> str:
    """The drawings that the cards refer to."""
    return mark_safe(looks.sheet("icons.svg"))  # noqa: S308 - a file of ours


def picture(request: HttpRequest, item: QueueItem) -> FileResponse:
    """The item's picture, small and from here: the editor's browser asks no stranger for it.

    ``on`` in the address names a platform: then as it goes out there.
    """
    try:
        small = files.opened(thumbnails.thumbnail(item, request.GET.get("on", "")))
    except (ConnectorError, ValueError, OSError) as fault:
        raise Http404(str(fault)) from fault
    answer = FileResponse(small, content_type="image/jpeg", status=HTTPStatus.OK)
    answer.headers["Cache-Control"] = f"private, max-age={_CACHE_S}"
    return answer


def address_of_picture(item: QueueItem) -> str:
    """Where a page finds ``picture``; changes with the item, so that no browser shows an earlier one."""
    address = reverse("admin:queue_queueitem_picture", args=[item.pk])
    return f"{address}?at={item.updated_at:%Y%m%d%H%M%S%f}"


def as_card(platform: str, caption: str) -> str:
    """A caption that belongs to no post yet, as it would look."""
    connector = connectors.get(platform)
    drawn = card(
        draft(platform, connector.label, caption, markup=connector.markup),
        escape(gettext("now")),
        label=connector.label,
    )
    return mark_safe(drawn)  # noqa: S308 - connectors.looks escapes what it is given


def card_of(post: Post, row: dict, *, picture: str = "") -> dict:
    """A row with its card. ``picture``: where the page finds the picture, if not under the item's number."""
    connector = connectors.get(post.platform)
    with_picture = illustrations.will_have_picture(post.item, connector.limits)
    # A number says nothing to people.
    number = post.account.address.lstrip("-").isdecimal()
    seen = f"{picture or address_of_picture(post.item)}&on={post.platform}"
    facts = draft(
        post.platform,
        post.account.slug if number else post.account.address,
        row["caption"],
        markup=connector.markup,
        picture=seen if with_picture else "",
        alt=alternative_text(post.item),
        media=album.shown(post.item, connector.limits),
        ai=row.get("ai_label") == "flag",
    )
    when = desk_looks.moment(post.published_at or post.item.publish_at) if post.item.publish_at else ""
    replies = [Reply(str(number), one["text"], _length(one)) for number, one in enumerate(row.get("follow_ups", ()), 1)]
    below = thread(replies, label=gettext("What follows"))
    when = str(when) if when else escape(gettext("now"))
    drawn = card(facts, when, label=connector.label, name=post.account.name, below=below)
    return row | {
        "label": desk_looks.platform_label(post.platform),
        "card": mark_safe(drawn),  # noqa: S308 - connectors.looks escapes what it is given
        "outcome": outcome(post),
        "part": min(100, round(100 * row["length"] / row["limit"])) if row["limit"] else 0,
        "over": bool(row["limit"] and row["length"] > row["limit"]),
        "problems": [{"code": one["code"], "words": translated(one["message"])} for one in row["problems"]],
    }


def _length(follow_up: dict) -> str:
    over = ' class="over"' if follow_up["length"] > follow_up["limit"] else ""
    return f"<span{over}>{follow_up['length']} / {follow_up['limit']}</span>"


def outcome(post: Post) -> dict[str, object]:
    """What became of it there; nothing of a post that is only foreseen."""
    if not post.pk:
        return {}
    return {
        "status": post.status,
        "chip": desk_looks.status_chip(post),
        "address": desk_looks.outside(post.permalink, gettext("See it there")) if post.permalink else "",
        "out": post.status == PostStatus.PUBLISHED,
        "clicks": post.clicks,
        "trouble": troubles.of_post(post),
        "page": desk_looks.address(post),
    }
