"""Words one post for its platform: template, hashtags, length; nothing is sent from here.

Only the summary is ever shortened. Where even title and link leave no room for the rest, hashtags go first, from the
last, then the lines made of ``data``; title and link are never touched, and if they alone do not fit, that is a fault.
"""

from dataclasses import dataclass, replace

import connectors
from social_queue import follow_ups
from social_queue.media import carried, illustrations
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.wording import filling, labels, own_words
from social_queue.wording.checks import Problem, advice_on, concessions, on_media, problems_of, refuse_too_many_hashtags
from social_queue.wording.faults import CaptionFault, CaptionTooLong
from social_queue.wording.filling import Order
from social_queue.wording.markup import refuse_bad_markup
from social_queue.wording.templates import finding


@dataclass(frozen=True)
class Rendered:
    """A worded post; ``length`` and ``limit`` are counted as the platform counts them."""

    text: str
    variant: str
    length: int
    limit: int
    problems: tuple[Problem, ...] = ()


def render(post: Post, *, link: str, shelf: finding.Shelf | None = None) -> Rendered:
    """Word a post. ``link`` is the link as it shall stand in the text, "" when it shall not; ``shelf`` holds templates.

    A caption that an editor rewrote, or else the account's own words, are checked and left as they are. Raises
    CaptionFault with a sentence: CaptionTooLong, TooManyHashtags, BadMarkup, or TemplateFault with its name and line.
    """
    order = _order(post.item, post.account, link, post.variant, shelf)
    edited = (post.caption if post.caption_edited else "") or own_words.of(post.item, post.account)
    return _check_edited(order, edited) if edited else _word(order, shelf)


def preview(
    item: QueueItem,
    account: PlatformAccount,
    *,
    link: str,
    variant: str = "",
    edited: str = "",
    shelf: finding.Shelf | None = None,
) -> Rendered:
    """As ``render``, for items and accounts that need not be saved; faults are listed among the problems.

    ``edited`` is an editor's own wording, which is then only checked. With a fault, ``text`` is what does not fit, or
    empty when there is no text at all.
    """
    order = _order(item, account, link, variant, shelf)
    edited = edited or own_words.of(item, account)
    about_media = on_media(carried.of(item), order.limits, label=order.connector.label)
    try:
        worded = _check_edited(order, edited) if edited else _word(order, shelf)
        return replace(worded, problems=(*worded.problems, *about_media))
    except CaptionFault as fault:
        text = getattr(fault, "text", "")
        problems = (Problem(fault.code, str(fault), stops=True), *about_media)
        return Rendered(text, order.variant, order.limits.length(text), order.limit, problems)


def _order(item: QueueItem, account: PlatformAccount, link: str, variant: str, shelf: finding.Shelf | None) -> Order:
    connector = connectors.get(account.platform)
    limits = connector.limits_for(account.options)
    return Order(
        item=item,
        connector=connector,
        limits=illustrations.limits_beside(item, limits),
        link=link if follow_ups.in_caption(account) else "",
        variant=variant or finding.FIRST,
        has_media=illustrations.will_have_picture(item, connector.limits),
        below=labels.line(item, connector, account.options, shelf=shelf),
    )


def _check_edited(order: Order, text: str) -> Rendered:
    label, limits = order.connector.label, order.limits
    text = labels.under(own_words.filled(text, order.link, order.connector), order.below)
    length = limits.length(text)
    if length > order.limit:
        raise CaptionTooLong(length, order.limit, label=label, text=text, edited=True)
    refuse_too_many_hashtags(text, limits, label=label)
    refuse_bad_markup(text, order.connector)
    problems = problems_of(text, link=order.link)
    problems += advice_on(text, limits, label=label)
    return Rendered(text, order.variant, length, order.limit, tuple(problems))


def _word(order: Order, shelf: finding.Shelf | None = None) -> Rendered:
    source = (shelf or finding).find(order.connector.name, order.variant)
    label, limits = order.connector.label, order.limits
    fitted, stock, full = filling.filled(order, source)
    refuse_too_many_hashtags(fitted.text, limits, label=label)
    refuse_bad_markup(fitted.text, order.connector)
    problems = [
        *concessions(
            fitted, (len(stock.tags), len(full.tags)), no_data=bool(full.data and not stock.data), label=label
        ),
        *problems_of(fitted.text, link=order.link),
        *advice_on(fitted.text, limits, label=label),
    ]
    return Rendered(fitted.text, source.variant, fitted.length, fitted.limit, tuple(problems))
