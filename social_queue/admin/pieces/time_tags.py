"""For templates: moments, stored sentences, and addresses out of the desk, as the whole desk writes them."""

from datetime import datetime

from django import template

from social_queue.admin.pieces import looks, own_sentences, times

register = template.Library()


@register.filter
def written(moment: datetime | None) -> str:
    """“Tue 1 Dec, 12:30 WIB”."""
    return times.written(moment) if moment else "–"


@register.filter
def moment(when: datetime | None) -> str:
    """The same as an element of the page, with its distance as a hint."""
    return looks.moment(when)


@register.filter
def told(text: str) -> str:
    """A stored reason: our sentences in the reader's language, a platform's words as they came."""
    return own_sentences.told(text)


@register.filter
def outside(place: str) -> bool:
    """May a link lead there?"""
    return looks.is_outside(place)
