"""An entry of the calendar as its page draws it: signs beside words, and why it can't be moved.

A page draws hundreds of them, so each is one text with its places filled in: a template takes six times as long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from social_queue.admin.pieces import looks
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


#: Of an item that can be moved, for who may move it.
_TICK = '<input type="checkbox" name="item" value="{}" form="ap-spread" class="ap-small" tabindex="-1" aria-label="{}">'
_MOVE = (
    '<button type="button" class="ap-cal-move" data-act="move" tabindex="-1"><span class="material-symbols-outlined" '
    'aria-hidden="true">event</span><span class="ap-cal-move-words">{}</span>'
    '<span class="visually-hidden"> “{}”</span></button>'
)
_REPEATS = (
    '<span class="ap-cal-state ap-cal-repeats" title="{}"><span class="material-symbols-outlined" aria-hidden="true">'
    'event_repeat</span><span class="visually-hidden">{}</span></span>'
)
_CARD = (
    '<li class="ap-cal-card ap-{tone}{locked}" data-item="{item}" data-state="{state}" data-date="{day}" '
    'data-time="{clock}" data-seen="{planned}"{why} tabindex="0"{keys}>'
    '<span class="ap-cal-line"><span class="ap-cal-clock">{clock}</span>{word}{repeats}{tick}</span>'
    '<a class="ap-cal-title" href="{address}" tabindex="-1" draggable="false">{title}</a>{chips}{move}</li>'
)


@dataclass(frozen=True)
class Card:
    """A drawn entry, and the time by which it stands among others."""

    clock: str
    drawn: SafeString


def state_word(state: str) -> str:
    """What people call a state."""
    return str(PostStatus.UNKNOWN.label if state == UNDECIDED else ItemStatus(state).label)


class Pen:
    """Draws the cards of one page; what many of them have in common it draws once."""

    def __init__(self, accounts: Mapping[int, PlatformAccount], *, may_move: bool) -> None:
        self._accounts, self._may_move = accounts, may_move
        self._chips: dict[tuple[int, str], str] = {}
        self._of_states: dict[tuple[str, bool], dict[str, str]] = {}
        self._address = looks.address(QueueItem(pk=0))
        self._choose, self._move = _("Choose “%(title)s”"), _("Move to…")

    def card(self, entry: Entry) -> Card:
        """One entry; ``agenda.details`` has filled it in."""
        local = timezone.localtime(entry.at)
        parts = self._of_states.get((entry.state, entry.movable)) or self._draw_state(entry.state, entry.movable)
        free, title = self._may_move and entry.movable, entry.title
        drawn = format_html(
            _CARD,
            **parts,
            item=entry.item,
            day=local.date(),
            clock=f"{local:%H:%M}",
            planned=entry.planned.isoformat() if entry.planned else "",
            address=self._address.replace("/0/", f"/{entry.item}/"),
            title=title,
            tick=format_html(_TICK, entry.item, self._choose % {"title": title}) if free else "",
            repeats=format_html(_REPEATS, entry.repeats, entry.repeats) if entry.repeats else "",
            chips=self._draw_chips(entry),
            move=format_html(_MOVE, self._move, title) if free else "",
        )
        return Card(f"{local:%H:%M}", drawn)

    def _draw_state(self, state: str, movable: bool) -> dict[str, str]:
        why = "" if movable else str(_WHY.get(state) or _("It does not move: a worker has begun with it."))
        sign = (
            '<span class="ap-cal-state"><span class="material-symbols-outlined" aria-hidden="true">{}</span>{}</span>'
        )
        drawn = {
            "state": state,
            "tone": "care" if state == UNDECIDED else looks.TONES[QueueItem][state],
            "word": format_html(sign, SIGNS[state], state_word(state)),
            "locked": " ap-locked" if why else "",
            "why": format_html(' data-locked="{}"', why) if why else "",
            "keys": SafeString(' aria-describedby="ap-keys"') if self._may_move else "",
        }
        return self._of_states.setdefault((state, movable), drawn)

    def _draw_chips(self, entry: Entry) -> str:
        """By the accounts' names: each, and what became of the post there."""
        known = [post for post in entry.posts if post.account in self._accounts]
        if not known:
            return ""
        known.sort(key=lambda post: self._accounts[post.account].slug)
        chips = format_html_join("", "{}", ((self._chip(post.account, post.status),) for post in known))
        return format_html('<span class="ap-chips ap-cal-chips">{}</span>', chips)

    def _chip(self, number: int, status: str) -> str:
        if (number, status) not in self._chips:
            account = self._accounts[number]
            post = Post(account=account, platform=account.platform, status=status)
            self._chips[number, status] = looks.account_chip(post)
        return self._chips[number, status]


def clock(moment: datetime) -> str:
    """“19:30” on the reader's clock."""
    return f"{timezone.localtime(moment):%H:%M}"
