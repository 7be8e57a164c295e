"""An entry of the calendar as its page draws it: signs beside words, and why it can't be moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from social_queue.admin.pieces import looks, times
from social_queue.admin.pieces.typed import Label
from social_queue.calendar.agenda import UNDECIDED, Entry
from social_queue.models import ItemStatus, PlatformAccount, Post, PostStatus, QueueItem

_I = ItemStatus
#: A sign (a name of Material Symbols) for each state, which says without colour what the word says.
SIGNS: dict[str, str] = {
    _I.DRAFT: "edit_note",
    _I.READY: "schedule",
    _I.POSTING: "sync",
    _I.POSTED: "check",
    _I.PARTIAL: "rule",
    _I.FAILED: "error",
    _I.SKIPPED: "content_copy",
    _I.CANCELLED: "block",
    UNDECIDED: "question_mark",
}
_WHY: dict[str, Label] = {
    _I.POSTING: gettext_lazy("It does not move: a worker has begun with it."),
    _I.POSTED: gettext_lazy("It does not move: it is out."),
    _I.PARTIAL: gettext_lazy("It does not move: some of it is out."),
    _I.FAILED: gettext_lazy("It does not move: it failed. Open it, put it right and retry."),
    _I.CANCELLED: gettext_lazy("It does not move: it is cancelled."),
    UNDECIDED: gettext_lazy("It does not move: nobody can tell yet whether it is out."),
}


@dataclass(frozen=True)
class Card:
    """What a template needs of an entry."""

    item: int
    title: str
    address: str
    clock: str
    when: str
    day: date
    #: The time on the reader's clock, as the browser's own field takes it.
    time: str
    planned: str
    state: str
    word: str
    sign: str
    tone: str
    chips: list[str]
    #: Why it stays; empty when it can be moved.
    locked: str


def state_word(state: str) -> str:
    """What people call a state."""
    return str(PostStatus.UNKNOWN.label if state == UNDECIDED else ItemStatus(state).label)


class Chips:
    """An account and what became of a post there, each drawn once for all cards of a page."""

    def __init__(self, accounts: Mapping[int, PlatformAccount]) -> None:
        self._accounts = accounts
        self._drawn: dict[tuple[int, str], str] = {}

    def of(self, entry: Entry) -> list[str]:
        """By the accounts' names."""
        known = [post for post in entry.posts if post.account in self._accounts]
        return [
            self._drawn.get((post.account, post.status)) or self._draw(post.account, post.status)
            for post in sorted(known, key=lambda post: self._accounts[post.account].slug)
        ]

    def _draw(self, number: int, status: str) -> str:
        account = self._accounts[number]
        drawn = looks.account_chip(Post(account=account, platform=account.platform, status=status))
        return self._drawn.setdefault((number, status), drawn)


def card(entry: Entry, chips: Chips) -> Card:
    """One entry; ``agenda.details`` has filled it in."""
    local = timezone.localtime(entry.at)
    return Card(
        item=entry.item,
        title=entry.title,
        address=looks.address(QueueItem(pk=entry.item)),
        clock=clock(entry.at),
        when=times.written(entry.at),
        day=local.date(),
        time=f"{local:%H:%M}",
        planned=entry.planned.isoformat() if entry.planned else "",
        state=entry.state,
        word=state_word(entry.state),
        sign=SIGNS[entry.state],
        tone="care" if entry.state == UNDECIDED else looks.TONES[QueueItem][entry.state],
        chips=chips.of(entry),
        locked=""
        if entry.movable
        else str(_WHY.get(entry.state) or _("It does not move: a worker has begun with it.")),
    )


def clock(moment: datetime) -> str:
    """“19:30” on the reader's clock."""
    return date_format(timezone.localtime(moment), "H:i")
