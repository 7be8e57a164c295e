"""How much of what is to be said a caption has room for: all of it mostly, else fewer hashtags, facts, words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.base import Connector
from connectors.declared import Limits
from connectors.texts.links_in_words import kept_apart
from social_queue.models import QueueItem
from social_queue.wording import hashtags, labels, own_words
from social_queue.wording.fit import Fitted, fit, limit_for
from social_queue.wording.templates import engine, finding
from social_queue.wording.templates.facts import facts


@dataclass(frozen=True)
class Order:
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
class Stock:
    """What goes into the template beside title, link and summary."""

    tags: tuple[str, ...]
    data: Mapping[str, object]


def filled(order: Order, source: finding.Source) -> tuple[Fitted, Stock, Stock]:
    """The template's text with as much as fits, what stands in it, and what there is.

    Raises CaptionTooLong or TemplateFault.
    """
    full = Stock(hashtags.normalised(order.item.hashtags), order.item.data)
    if (whole := _with_all(order, source, full)) is not None:
        return whole, full, full
    stock = _that_fits(order, source, _within_tag_limit(order, source, full))
    return _shortened(order, source, stock), stock, full


def _with_all(order: Order, source: finding.Source, full: Stock) -> Fitted | None:
    """The text with all that there is, if it fits; most do, and then one rendering is enough."""
    summary = _summary(order)
    if len(summary) > order.limit:
        return None  # counting what is far too long takes long, too
    text = _text(order, source, full, summary)
    length, allowed = order.limits.length(text), order.limits.hashtags
    if length > order.limit or (allowed is not None and hashtags.count(text) > allowed):
        return None
    return Fitted(text, length, order.limit, shortened=False, summary=summary)


def _shortened(order: Order, source: finding.Source, stock: Stock) -> Fitted:
    def words(summary: str) -> str:
        return _text(order, source, stock, summary)

    return fit(words, _summary(order), order.limits, has_media=order.has_media, label=order.connector.label)


def _text(order: Order, source: finding.Source, stock: Stock, summary: str) -> str:
    known = facts(title=order.item.title, link=order.link, hashtags=stock.tags, data=stock.data, summary=summary)
    worded = engine.render(source.name, source.body, known, markup=order.connector.markup)
    return labels.under(kept_apart(worded, own_words.shown(order.link, order.connector)), order.below)


def _summary(order: Order) -> str:
    return engine.tidy(order.item.summary)


def _within_tag_limit(order: Order, source: finding.Source, stock: Stock) -> Stock:
    """The item's hashtags cut to what the platform takes besides those that stand in the text itself."""
    allowed, summary = order.limits.hashtags, _summary(order)
    if allowed is None or hashtags.count(_text(order, source, stock, summary)) <= allowed:
        return stock
    in_text = hashtags.count(_text(order, source, Stock((), stock.data), summary))
    return Stock(stock.tags[: max(allowed - in_text, 0)], stock.data)


def _that_fits(order: Order, source: finding.Source, full: Stock) -> Stock:
    """The most that leaves room for title and link; the least of all when nothing does."""
    length = order.limits.length
    choices = list(_ever_less(full))
    fitting = (stock for stock in choices if length(_text(order, source, stock, "")) <= order.limit)
    return next(fitting, choices[-1])


def _ever_less(stock: Stock) -> Iterator[Stock]:
    for count in range(len(stock.tags), -1, -1):
        yield Stock(stock.tags[:count], stock.data)
    yield Stock((), {})
