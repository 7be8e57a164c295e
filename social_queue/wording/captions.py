"""Words one post for its platform: template, hashtags, length; nothing is sent from here.

Only the summary is ever shortened. Where even title and link leave no room for the rest, hashtags go first, from the
last, then the lines made of ``data``; title and link are never touched, and if they alone do not fit, that is a fault.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import connectors
from connectors.base import Connector
from connectors.declared import Limits
from social_queue import follow_ups
from social_queue.media import carried, illustrations
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.wording import hashtags, labels, own_words
from social_queue.wording.checks import Problem, advice_on, concessions, on_media, problems_of, refuse_too_many_hashtags
from social_queue.wording.faults import CaptionFault, CaptionTooLong
from social_queue.wording.fit import fit, limit_for
from social_queue.wording.markup import refuse_bad_markup
from social_queue.wording.templates import engine, finding
from social_queue.wording.templates.facts import facts


@dataclass(frozen=True)
class Rendered:
    """A worded post; ``length`` and ``limit`` are counted as the platform counts them."""

    text: str
    variant: str
    length: int
    limit: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Order:
    """What is to be worded, and for which account."""

    item: QueueItem
    connector: type[Connector]
    limits: Limits
    link: str
    variant: str
    has_media: bool
    below: str  # the text, whoever wrote it; see ``labels``

    @property
    def limit(self) -> int:
        return limit_for(self.limits, has_media=self.has_media)


@dataclass(frozen=True)
class _Stock:
    """What goes into the template beside title, link and summary."""

    tags: tuple[str, ...]
    data: Mapping[str, object]


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


def _order(item: QueueItem, account: PlatformAccount, link: str, variant: str, shelf: finding.Shelf | None) -> _Order:
    connector = connectors.get(account.platform)
    limits = connector.limits_for(account.options)
    return _Order(
        item=item,
        connector=connector,
        limits=illustrations.limits_beside(item, limits),
        link=link if follow_ups.in_caption(account) else "",
        variant=variant or finding.FIRST,
        has_media=illustrations.will_have_picture(item, connector.limits),
        below=labels.line(item, connector, account.options, shelf=shelf),
    )


def _check_edited(order: _Order, text: str) -> Rendered:
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


def _word(order: _Order, shelf: finding.Shelf | None = None) -> Rendered:
    source = (shelf or finding).find(order.connector.name, order.variant)
    label, limits = order.connector.label, order.limits
    full = _Stock(hashtags.normalised(order.item.hashtags), order.item.data)
    stock = _that_fits(order, source, _within_tag_limit(order, source, full))

    def words(summary: str) -> str:
        return _text(order, source, stock, summary)

    fitted = fit(words, _summary(order), limits, has_media=order.has_media, label=label)
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


def _text(order: _Order, source: finding.Source, stock: _Stock, summary: str) -> str:
    known = facts(title=order.item.title, link=order.link, hashtags=stock.tags, data=stock.data, summary=summary)
    return labels.under(engine.render(source.name, source.body, known, markup=order.connector.markup), order.below)


def _summary(order: _Order) -> str:
    return engine.tidy(order.item.summary)


def _within_tag_limit(order: _Order, source: finding.Source, stock: _Stock) -> _Stock:
    """The item's hashtags cut to what the platform takes besides those that stand in the text itself."""
    allowed, summary = order.limits.hashtags, _summary(order)
    if allowed is None or hashtags.count(_text(order, source, stock, summary)) <= allowed:
        return stock
    in_text = hashtags.count(_text(order, source, _Stock((), stock.data), summary))
    return _Stock(stock.tags[: max(allowed - in_text, 0)], stock.data)


def _that_fits(order: _Order, source: finding.Source, full: _Stock) -> _Stock:
    """The most that leaves room for title and link; the least of all when nothing does."""
    length = order.limits.length
    choices = list(_ever_less(full))
    fitting = (stock for stock in choices if length(_text(order, source, stock, "")) <= order.limit)
    return next(fitting, choices[-1])


def _ever_less(stock: _Stock) -> Iterator[_Stock]:
    for count in range(len(stock.tags), -1, -1):
        yield _Stock(stock.tags[:count], stock.data)
    yield _Stock((), {})
