"""What an approver should look at twice: unusual numbers, and what a platform would refuse."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from social_queue.accounts import channels
from social_queue.admin.beside import declared
from social_queue.admin.items.forms import DATA
from social_queue.admin.review import usual
from social_queue.models import ItemStatus, QueueItem
from social_queue.operations import previews
from social_queue.sentences import translated
from social_queue.wording import labels
from social_queue.wording.faults import STOPPING

#: What is usual is read from so many of the newest items.
_NEWEST = 600
_NO_NORM = (ItemStatus.DRAFT, ItemStatus.CANCELLED, ItemStatus.SKIPPED)
#: Problems of a preview that are more than advice.
_SERIOUS = STOPPING | {"follow_up_too_long", "link_missing", "caption", "link", "channels"}
_LABELS = {name: label for name, label, _example in DATA}


@dataclass(frozen=True)
class Remark:
    """``code`` tells scripts which it is, ``name`` which of the item's data it is about."""

    code: str
    words: str
    name: str = ""


class Norms:
    """The newest items' data by game and by source, read once."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], list[dict]] = defaultdict(list)
        rows = QueueItem.objects.order_by("-pk").values_list("status", "game", "source", "data")[:_NEWEST]
        for status, game, source, data in rows:
            if status not in _NO_NORM:
                self._of["game", game].append(data)
                self._of["source", source].append(data)

    def remarks(self, item: QueueItem) -> list[Remark]:
        """A sentence for each number that is unusual for the item's game, or where that is new for its source."""
        return [found for name, value in item.data.items() if (found := self._of_number(item, name, value))]

    def _of_number(self, item: QueueItem, name: str, value: object) -> Remark | None:
        given = usual.number(value)
        if given is None:
            return None
        groups = [("game", item.game, str(item.data.get("game"))), ("source", item.source, item.source)]
        for kind, key, shown in groups if item.game else groups[1:]:
            others = usual.of_group(self._of[kind, key], name)
            if len(others) >= usual.FEWEST:
                odd = usual.unusual(given, others)
                return Remark("unusual", _words(name, given, odd, shown), name) if odd else None
        return None


def of_cards(cards: Iterable[dict]) -> list[Remark]:
    """What a platform would refuse, from the previews that the page shows anyway."""
    found = [
        Remark(problem["code"], f"{card['account']}: {problem['words']}")
        for card in cards
        for problem in card["problems"]
        if problem["code"] in _SERIOUS
    ]
    return list(dict.fromkeys(found))


def of_label(item: QueueItem) -> list[Remark]:
    """Nobody has said whether a machine made it, where the site wants that said."""
    return [Remark("ai", str(declared.MUST_BE_SAID))] if labels.is_missing(item) else []


def any_of(item: QueueItem, norms: Norms) -> bool:
    """Is there any remark on it?"""
    if item.sent_back_reason or labels.is_missing(item) or norms.remarks(item):
        return True
    try:
        rows = list(previews.of_item(item))
    except channels.UnknownChannels:
        return True
    return not rows or any(problem["code"] in _SERIOUS for row in rows for problem in row["problems"])


def _words(name: str, given: float, odd: usual.Usual, group: str) -> str:
    said = _("%(name)s is %(value)s, which is unusual: the last %(count)d of %(group)s had %(low)s to %(high)s.")
    if odd.low == odd.high:
        said = _("%(name)s is %(value)s, which is unusual: the last %(count)d of %(group)s had %(high)s.")
    numbers = {"value": _shown(given), "low": _shown(odd.low), "high": _shown(odd.high), "count": odd.count}
    return said % {"name": translated(str(_LABELS.get(name, name))), "group": group, **numbers}


def _shown(value: float) -> str:
    return number_format(round(value, 2)).rstrip("0").rstrip(".,") if value % 1 else number_format(int(value))
