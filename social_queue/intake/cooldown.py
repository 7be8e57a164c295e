"""Cooldown: an item that repeats another, by default the same (game, window) within an hour, is skipped.

Two items are "the same" when every data field that the rule names is equal, case and surplus spaces aside; an item
that lacks one of them is not judged. Distance is measured between publish times, both ways, and an item exactly
``minutes`` away is far enough. Skipped, cancelled and failed items do not count, since nothing of them is out, and
neither do drafts, which may never be. A rule with sources looks at items of those sources only.

``game`` and ``window`` are columns with an index. Rules over other fields read the items around the publish time
(an index as well) and compare in Python: their cost is the number of items within ``minutes``, not of all items.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from social_queue import kept
from social_queue.models import CooldownRule, PlatformAccount, Post, QueueItem
from social_queue.reading.invisible import without
from social_queue.workings import group_commit, named_locks

REASON = "cooldown"
#: Columns of QueueItem that hold the folded value of the data field of the same name, cut to this length.
COLUMNS = ("game", "window")
LONGEST_COLUMN = 190
#: Items with the same values share one of so many locks; others may share it by chance and wait a few milliseconds.
_STRIPES = 256

_ITEM_IS_OUT = ("ready", "posting", "posted", "partial")
_POST_IS_NOT = (Post.Status.CANCELLED, Post.Status.FAILED, Post.Status.RECALLED)


@dataclass(frozen=True)
class Rule:
    """A CooldownRule row, or the default when there are no rows."""

    fields: tuple[str, ...]
    minutes: int
    sources: tuple[str, ...] = ()
    per_account: bool = False


@dataclass(frozen=True)
class Watch:
    """The rules that apply to one item, and the values they compare."""

    source: str
    publish_at: datetime
    values: Mapping[str, str]
    rules: tuple[Rule, ...]

    @property
    def is_per_account(self) -> bool:
        """Does any rule leave out accounts rather than the whole item?"""
        return any(rule.per_account for rule in self.rules)

    def lay_locks(self) -> None:
        """Create the lock rows; call it before the transaction that calls ``hold``."""
        named_locks.lay(self.lock_names())

    def hold(self) -> None:
        """Lock the rows of these values until the transaction ends, so that equal items are judged in turn."""
        named_locks.hold(self.lock_names())

    def repeated(self) -> QueueItem | None:
        """The item nearest in time that this one repeats overall, or None."""
        found = [item for rule in self.rules if not rule.per_account for item in self._same(rule)]
        return min(found, key=lambda item: (abs(item.publish_at - self.publish_at), item.pk), default=None)

    def repeats(self, other: "Watch") -> bool:
        """Would this one repeat the other if that were out, or the other this one? Both of one source."""
        apart = abs(self.publish_at - other.publish_at)
        return any(
            apart < timedelta(minutes=rule.minutes)
            and all(self.values[name] == other.values[name] for name in rule.fields)
            for rule in self.rules
            if rule in other.rules
        )

    def said_recently(self, accounts: Iterable[PlatformAccount]) -> dict[int, int]:
        """{account id: id of the nearest item} for those accounts that a rule per account leaves out."""
        repeats = [item for rule in self.rules if rule.per_account for item in self._same(rule)]
        if not repeats:
            return {}
        said = Post.objects.filter(item__in=repeats, account__in=list(accounts)).exclude(status__in=_POST_IS_NOT)
        away = {item.pk: (abs(item.publish_at - self.publish_at), item.pk) for item in repeats}
        # The nearest comes last, and so stays.
        return dict(sorted(said.values_list("account_id", "item_id"), key=lambda pair: away[pair[1]], reverse=True))

    def lock_names(self) -> set[str]:
        """For whoever lays and holds the locks of several at once."""
        return {_stripe([rule.fields, *(self.values[name] for name in rule.fields)]) for rule in self.rules}

    def _same(self, rule: Rule) -> Iterator[QueueItem]:
        reach = timedelta(minutes=rule.minutes)
        around = QueueItem.objects.filter(
            status__in=_ITEM_IS_OUT, publish_at__gt=self.publish_at - reach, publish_at__lt=self.publish_at + reach
        )
        if rule.sources:
            around = around.filter(source__in=rule.sources)
        columns = {name: self.values[name][:LONGEST_COLUMN] for name in rule.fields if name in COLUMNS}
        for item in around.filter(**columns).only("data", "publish_at").iterator():
            # Databases have their own ideas of what is equal (MariaDB: é and e, one emoji and another).
            if all(fold(item.data.get(name)) == self.values[name] for name in rule.fields):
                yield item


def watch(data: Mapping[str, Any], *, source: str, publish_at: datetime) -> Watch:
    """The rules that apply to an item with this ``data``."""
    known = group_commit.once("cooldown rules", _rules)
    rules = [rule for rule in known if rule.minutes and (not rule.sources or source in rule.sources)]
    values = {name: fold(data.get(name)) for rule in rules for name in rule.fields}
    speaking = tuple(rule for rule in rules if rule.fields and all(values[name] for name in rule.fields))
    return Watch(source, publish_at, values, speaking)


def fold(value: object) -> str:
    """The value normalised for comparison: casefolded, NFC, white space collapsed, invisible letters removed.

    "" for what is no scalar.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", " ".join(without(str(value)).casefold().split()))


def column(value: object) -> str:
    """The text stored in the columns ``game`` and ``window``."""
    return fold(value)[:LONGEST_COLUMN]


def _rules() -> list[Rule]:
    rows = _stored()
    if not rows:
        return [Rule(fields=COLUMNS, minutes=settings.COOLDOWN_MINUTES)]
    return [
        Rule(tuple(row.fields), row.minutes, sources=tuple(row.sources), per_account=row.per_account)
        for row in rows
        if row.active
    ]


@kept.rows
def _stored() -> QuerySet[CooldownRule]:
    return CooldownRule.objects.all()


def _stripe(parts: list[Any]) -> str:
    digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()
    return f"cooldown-{digest[0] % _STRIPES:02x}"
