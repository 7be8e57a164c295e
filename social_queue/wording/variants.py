"""Decides which wording, A or B, each post of an item gets.

``meta.variant`` says how: ``A`` and ``B`` outright; ``rotate`` takes turns, account by account; ``split`` gives the
platforms of one item different wordings; ``auto`` asks whoever registered to know, by clicks, and else rotates. Without
a word it is ``rotate``. A platform that has no wording B always gets A, whatever was asked, so that what a post says
of its variant is true.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F, QuerySet

from social_queue import kept
from social_queue.models import PlatformAccount, QueueItem, VariantCounter
from social_queue.wording.templates.finding import FIRST, SECOND, platforms_with_second
from social_queue.workings import upserts

#: (item, account) -> "A" or "B"; anything else means "I can't tell".
Chooser = Callable[[QueueItem, PlatformAccount], str]

ROTATE, SPLIT, AUTO = "rotate", "split", "auto"
MODES = (FIRST, SECOND, ROTATE, SPLIT, AUTO)

_auto_choosers: list[Chooser] = []


def register_auto_chooser(chooser: Chooser) -> None:
    """Make this the one who decides for ``auto``; the last to register is asked. For an app's ``ready()``."""
    _auto_choosers.append(chooser)


def mode_of(meta: Mapping[str, object]) -> str:
    """One of MODES; in any case, missing or blank means ``rotate``. Raises ValueError naming the field."""
    given = meta.get("variant")
    if given is None or given == "":
        return ROTATE
    known = {mode.casefold(): mode for mode in MODES}
    if not isinstance(given, str) or given.strip().casefold() not in known:
        raise ValueError(f"meta.variant: must be one of {', '.join(MODES)}.")
    return known[given.strip().casefold()]


def choose_variants(
    item: QueueItem, accounts: Iterable[PlatformAccount], *, chooser: Chooser | None = None
) -> dict[int, str]:
    """{account id: "A" or "B"} for the posts of one item, and takes the turns; the counters stay locked until the
    caller's transaction ends, so that turns alternate however many come at once.
    """
    with transaction.atomic():
        return _choose(item, list(accounts), chooser, _take_turn)


def choose_together(asked: Sequence[tuple[QueueItem, Sequence[PlatformAccount]]]) -> list[dict[int, str]]:
    """As ``choose_variants`` for each item and its accounts, in the order given; every counter is asked for once.

    In the caller's transaction. None of the items may ask for ``split``, which looks at more than its own turns.
    """
    every = {account.pk: account for _, accounts in asked for account in accounts}
    have_both = platforms_with_second(account.platform for account in every.values())
    turns = _Turns(f"rotate:{pk}" for pk in sorted(every) if every[pk].platform in have_both)
    chosen = [_choose(item, list(accounts), None, turns.take) for item, accounts in asked]
    turns.note()
    return chosen


def foresee_variants(item: QueueItem, accounts: Iterable[PlatformAccount]) -> dict[int, str]:
    """What ``choose_variants`` would say now, for previews: takes no turn. ``auto`` is shown as ``rotate`` would be."""
    # All counters at once: there are hardly more of them than accounts, and a page shows dozens of these.
    used = Counter(dict(VariantCounter.objects.values_list("key", "value")))
    return _choose(item, list(accounts), lambda item, account: "", used.__getitem__)


def choose_variant(item: QueueItem, account: PlatformAccount, *, chooser: Chooser | None = None) -> str:
    """As ``choose_variants`` for one account. An item's accounts are better asked for together: ``split`` needs it."""
    return choose_variants(item, [account], chooser=chooser)[account.pk]


def _choose(
    item: QueueItem, accounts: list[PlatformAccount], chooser: Chooser | None, turn: Callable[[str], int]
) -> dict[int, str]:
    mode = mode_of(item.meta)
    have_both = platforms_with_second(account.platform for account in accounts)
    chosen = {account.pk: FIRST for account in accounts}
    # In one order, so that two transactions can't wait for each other in a circle.
    free = sorted((account for account in accounts if account.platform in have_both), key=lambda account: account.pk)
    if mode in (FIRST, SECOND):
        return chosen | {account.pk: mode for account in free}
    if mode == SPLIT and free:
        by_platform = _split({account.platform for account in free}, turn)
        return chosen | {account.pk: by_platform[account.platform] for account in free}
    known = (chooser or _registered()) if mode == AUTO else None
    return chosen | {account.pk: _one(item, account, known, turn) for account in free}


def _one(item: QueueItem, account: PlatformAccount, chooser: Chooser | None, turn: Callable[[str], int]) -> str:
    wanted = chooser(item, account) if chooser else ""
    return wanted if wanted in (FIRST, SECOND) else (FIRST, SECOND)[turn(f"rotate:{account.pk}") % 2]


def _registered() -> Chooser | None:
    return _auto_choosers[-1] if _auto_choosers else None


def _split(platforms: set[str], turn: Callable[[str], int]) -> dict[str, str]:
    """Half of the platforms get A, half B; those that had more of A so far get B.

    Whoever splits holds the first counter and is alone with the others. With an odd number the one in the middle gets
    what it had less of, so every platform comes out even over time whatever company it keeps.
    """
    ties = 1 if turn("split") % 2 else -1
    lead = {platform: _uses(platform, FIRST) - _uses(platform, SECOND) for platform in platforms}
    names = sorted(platforms)[::ties]
    ranked = sorted(names, key=lambda platform: -lead[platform])
    half = len(ranked) // 2
    chosen = {platform: SECOND if place < half else FIRST for place, platform in enumerate(ranked)}
    if len(ranked) % 2:
        middle = ranked[half]
        chosen[middle] = SECOND if (lead[middle], ties) > (0, 0) else FIRST
    for platform in names:
        turn(_split_key(platform, chosen[platform]))
    return chosen


def _split_key(platform: str, variant: str) -> str:
    return f"split:{platform}:{variant}"


def _uses(platform: str, variant: str) -> int:
    return _next_turn(_split_key(platform, variant))


def _next_turn(key: str) -> int:
    return VariantCounter.objects.filter(key=key).values_list("value", flat=True).first() or 0


class _Turns:
    """The turns of several items: counters that stay locked until the caller's transaction ends."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._before = {key: _locked(key) for key in keys}
        self._taken: Counter[str] = Counter()

    def take(self, key: str) -> int:
        """As ``_take_turn``."""
        self._taken[key] += 1
        return self._before[key] + self._taken[key] - 1

    def note(self) -> None:
        """Count them all."""
        for key, count in self._taken.items():
            _add(key=key, count=count)


def _locked(key: str) -> int:
    found = _held(key=key)
    if not found:
        upserts.lay([VariantCounter(key=key)], unique=["key"], update=["key"])
        found = _held(key=key)
    return found[0]


@kept.rows
def _held(*, key: str) -> "QuerySet[VariantCounter, int]":
    return VariantCounter.objects.select_for_update().filter(key=key).values_list("value", flat=True)


@kept.change
def _add(*, key: str, count: int) -> kept.Change:
    return kept.Change(VariantCounter.objects.filter(key=key), value=F("value") + count)


def _take_turn(key: str) -> int:
    """How often the counter was used before; counts this use. The row is locked until the transaction ends."""
    rows = VariantCounter.objects.filter(key=key)
    if not rows.update(value=F("value") + 1):
        upserts.lay([VariantCounter(key=key)], unique=["key"], update=["key"])
        rows.update(value=F("value") + 1)
    return rows.values_list("value", flat=True).get() - 1
