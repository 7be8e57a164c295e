"""How statuses, moments and links are drawn in lists and on pages."""

import json
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Model
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

import connectors
from social_queue.admin.pieces import times
from social_queue.models import Attempt, ItemStatus, PlatformAccount, Post, QueueItem

_P, _Q, _A, _O = Post.Status, QueueItem.Status, PlatformAccount.Status, Attempt.Outcome
#: The colour of a chip: ``good``, ``busy``, ``wait``, ``care``, ``bad`` or ``quiet``.
TONES: dict[type, dict[str, str]] = {
    Post: {
        _P.PENDING: "wait",
        _P.PUBLISHING: "busy",
        _P.PUBLISHED: "good",
        _P.FAILED: "bad",
        _P.UNKNOWN: "care",
        _P.CANCELLED: "quiet",
        _P.RECALLED: "quiet",
    },
    QueueItem: {
        _Q.DRAFT: "care",
        _Q.READY: "wait",
        _Q.POSTING: "busy",
        _Q.POSTED: "good",
        _Q.PARTIAL: "care",
        _Q.FAILED: "bad",
        _Q.SKIPPED: "quiet",
        _Q.CANCELLED: "quiet",
    },
    PlatformAccount: {_A.ACTIVE: "good", _A.PAUSED: "quiet", _A.NEEDS_TOKEN: "bad", _A.BLOCKED: "bad"},
}
#: {model: {status: its word}}. For each word that it gives, Django's get_status_display puts all of them together.
_WORDS: dict[type, dict[str, object]] = {
    Post: dict(_P.choices),
    QueueItem: dict(_Q.choices),
    PlatformAccount: dict(_A.choices),
}
GOOD_OUTCOMES = {_O.PUBLISHED, _O.RECALLED, _O.CORRECTED}
WAITING_OUTCOMES = {_O.RATE_LIMITED, _O.NOT_READY, _O.ADDRESS_MOVED, _O.LEASE_ENDED, _O.SITE_FAULT}


def chip(text: str, tone: str, *, title: str = "") -> str:
    """A small coloured label."""
    return format_html('<span class="ap-chip ap-{}" title="{}">{}</span>', tone, title, text)


def status_word(row: Post | QueueItem | PlatformAccount) -> str:
    """The row's status in its reader's language."""
    return str(_WORDS[type(row)].get(row.status, row.status))


def status_chip(row: Post | QueueItem | PlatformAccount) -> str:
    """The row's status in its colour."""
    return chip(status_word(row), TONES[type(row)].get(row.status, "quiet"))


#: The sign of a post's status, which says without colour what the chip's word says; names of Material Symbols.
_SIGNS = {
    _P.PENDING: "schedule",
    _P.PUBLISHING: "sync",
    _P.PUBLISHED: "check",
    _P.FAILED: "close",
    _P.UNKNOWN: "question_mark",
    _P.CANCELLED: "block",
    _P.RECALLED: "undo",
}


def account_chip(post: Post) -> str:
    """An account, and what became of the post there: a sign, and a word for who does not see it."""
    platform, word = platform_label(post.platform), status_word(post)
    return format_html(
        '<span class="ap-chip ap-signed ap-{}" title="{} · {}"><span class="material-symbols-outlined" '
        'aria-hidden="true">{}</span><span class="ap-slug" data-short="{}">{}</span>'
        '<span class="visually-hidden">: {}</span></span>',
        TONES[Post][post.status],
        platform,
        word,
        _SIGNS[Post.Status(post.status)],
        platform[:1],
        post.account.slug,
        word,
    )


def outcome_tone(attempt: Attempt) -> str:
    """The colour of an attempt's end; no end yet is ``busy``."""
    if not attempt.outcome:
        return "busy"
    if attempt.outcome in GOOD_OUTCOMES:
        return "good"
    if attempt.outcome in (_O.OUTCOME_UNKNOWN, _O.REPEAT_REFUSED):
        return "care"
    return "wait" if attempt.outcome in WAITING_OUTCOMES else "bad"


def platform_label(name: str) -> str:
    """What people call the platform; a name whose module is gone stands for itself."""
    return connectors.get(name).label if name in connectors.names() else name


def moment(when: datetime | None) -> str:
    """A moment as people write it, with its distance from now as a hint."""
    if when is None:
        return "–"
    shown = times.written(when)
    return format_html('<time class="ap-time" datetime="{}" title="{}">{}</time>', when, distance(when), shown)


def planned(item: QueueItem) -> str:
    """When an item goes; one that waits for somebody's word finds its slots only then."""
    return _("in the next free slot") if finds_slots(item) else moment(item.publish_at)


def finds_slots(item: QueueItem) -> bool:
    """Does it take the next slots once it is let go?"""
    return item.next_slot and item.status in (ItemStatus.DRAFT, ItemStatus.SKIPPED)


def moment_in_list(row: Model, shown: str) -> str:
    """The moment of a row as it is shown; above the first row that is over stands where now is."""
    if not getattr(row, "begins_the_past", False):
        return shown
    return format_html('<span class="ap-now" data-now>{}</span>{}', _("until now"), shown)


def distance(when: datetime) -> str:
    """“in 3 hours” or “2 days ago”."""
    now = timezone.now()
    if when > now:
        return _("in %(time)s") % {"time": timeuntil(when, now)}
    return _("%(time)s ago") % {"time": timesince(when, now)}


def address(row: Model) -> str:
    """Where the row's own page is."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def link(row: Model, text: str = "") -> str:
    """A link to the row's own page."""
    return format_html('<a class="ap-link" href="{}">{}</a>', address(row), text or str(row))


def is_outside(place: str) -> bool:
    """May a page of ours lead there? What a platform calls the address of a post may be anything."""
    return place.startswith(("http://", "https://"))


def outside(place: str, text: str = "") -> str:
    """A link out of the desk; anything but http(s) is shown, not linked."""
    shown = truncatechars(text or place, 80)
    if not is_outside(place):
        return shown
    template = '<a class="ap-link" href="{}" target="_blank" rel="noopener noreferrer">{} ↗</a>'
    return format_html(template, place, shown)


def short(text: str, most: int = 90) -> str:
    """The beginning of a longer text, all of it as a hint."""
    return format_html('<span class="ap-short" title="{}">{}</span>', text, truncatechars(text, most)) if text else "–"


def preserved(text: str) -> str:
    """A text with its line breaks."""
    return format_html('<div class="ap-caption">{}</div>', text) if text else "–"


def raw(text: str) -> str:
    """Text of a machine, letter for letter."""
    return format_html('<pre class="ap-body">{}</pre>', text) if text else "–"


def as_json(value: object) -> str:
    """A JSON value, indented."""
    return raw(json.dumps(value, indent=2, ensure_ascii=False)) if value is not None else ""


def listed(model: str, text: str, **query: str) -> str:
    """A link to a list, filtered."""
    where = reverse(f"admin:queue_{model}_changelist")
    return format_html('<a class="ap-link" href="{}?{}">{}</a>', where, urlencode(query), text)
