"""Looks at a finished caption for what the platform or the reader will stumble over."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.translation import gettext as _

from connectors.base import Limits
from connectors.texts.cashtags import cashtags
from social_queue.media import judging
from social_queue.media.carried import Medium
from social_queue.sentences import said
from social_queue.wording import hashtags
from social_queue.wording.faults import CaptionFault, TooManyHashtags
from social_queue.wording.fit import Fitted

# An @ inside a word is an e-mail address, behind a slash a part of a web address.
_MENTION = re.compile(r"(?<![\w/@])@\w+")


class TooManyMentions(CaptionFault):
    """The text names more accounts than the platform takes."""

    code = "too_many_mentions"

    def __init__(self, count: int, limit: int, *, label: str) -> None:
        self.count = count
        self.limit = limit
        values = {"count": count, "label": label, "limit": limit}
        super().__init__(said("The text mentions %(count)s accounts, but %(label)s allows only %(limit)s.", **values))


class TooManyCashtags(CaptionFault):
    """The text names more shares or currencies with a $ than the platform takes; ``text`` is that text."""

    code = "cashtags"

    def __init__(self, found: list[str], limit: int, *, label: str, text: str) -> None:
        self.found = found
        self.text = text
        values = {"tags": ", ".join(found), "label": label, "limit": limit}
        super().__init__(
            said("The text holds the cashtags %(tags)s, but %(label)s allows only %(limit)s. Leave out a $.", **values)
        )


@dataclass(frozen=True)
class Problem:
    """Something about a caption worth knowing; ``code`` is for machines, ``message`` for people.

    ``stops``: with it the caption can't go out. ``field`` of the item can mend it, where the text can't.
    """

    code: str
    message: str
    stops: bool = False
    field: str = ""


def problems_of(text: str, *, link: str) -> list[Problem]:
    """A link that was wanted and is not there."""
    if not link or link in text or escape(link) in text:
        return []
    return [Problem("link_missing", said("The link is not in the text, so its clicks can't be counted."))]


def concessions(fitted: Fitted, tags: tuple[int, int], *, no_data: bool, label: str) -> Iterator[Problem]:
    """What was given up to make it fit: of the summary, of the hashtags (how many stayed of how many), of the data."""
    names: dict[str, object] = {"label": label, "limit": fitted.limit}
    kept, every = tags
    if fitted.shortened:
        yield Problem("shortened", _("The summary was shortened to fit %(label)s (%(limit)s).") % names)
    if kept < every:
        names |= {"kept": kept, "all": every}
        yield Problem("hashtags_cut", _("%(kept)s of %(all)s hashtags go out on %(label)s.") % names)
    if no_data:
        yield Problem("data_left_out", _("The lines made of data were left out to fit %(label)s (%(limit)s).") % names)


def advice_on(text: str, limits: Limits, *, label: str) -> list[Problem]:
    """What the platform takes and readers or its ranking do not thank for."""
    advised = limits.hashtags_advised
    if advised is None or (count := hashtags.count(text)) <= advised:
        return []
    values = {"count": count, "advised": advised, "label": label}
    return [
        Problem(
            "many_hashtags", said("The text holds %(count)s hashtags; use %(advised)s at most on %(label)s.", **values)
        )
    ]


def on_media(media: Sequence[Medium], limits: Limits, *, label: str) -> list[Problem]:
    """What the platform would mind about the item's pictures and videos."""
    faults = judging.faults(media, limits, label)
    return [Problem(fault.code, fault.message, stops=fault.stops) for fault in faults]


def refuse_too_many_hashtags(text: str, limits: Limits, *, label: str) -> None:
    """Raise TooManyHashtags, TooManyMentions or TooManyCashtags when a text holds more than the platform takes."""
    if limits.hashtags is not None and (count := hashtags.count(text)) > limits.hashtags:
        raise TooManyHashtags(count, limits.hashtags, label=label)
    if limits.mentions is not None and (count := mentions(text)) > limits.mentions:
        raise TooManyMentions(count, limits.mentions, label=label)
    if limits.cashtags is not None and len(found := cashtags(text)) > limits.cashtags:
        raise TooManyCashtags(found, limits.cashtags, label=label, text=text)


def mentions(text: str) -> int:
    """How many accounts a text names with an @; one that is named twice counts twice."""
    return len(_MENTION.findall(text))
