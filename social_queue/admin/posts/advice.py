"""What happened to a post, and what to press next, in sentences."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

import connectors
from social_queue.admin.pieces import looks, times
from social_queue.models import Attempt, PlatformAccount, Post
from social_queue.operations.correcting import asking as correcting
from social_queue.operations.recalling import asking
from social_queue.timing import outlook

_P, _A = Post.Status, PlatformAccount.Status


def sentences(post: Post, *, now: datetime) -> list[str]:
    """First what is the matter, then what to do; empty for a post that needs nobody."""
    return [*_account_in_the_way(post, now), *_ADVICE.get(post.status, _nothing)(post, now)]


def where_to_look(platform: str) -> str:
    """Where a human looks for a post that the platform can't be asked about."""
    return _(connectors.get(platform).where_to_look) if platform in connectors.names() else ""


def _account_in_the_way(post: Post, now: datetime) -> list[str]:
    account = post.account
    if post.status != _P.PENDING:
        return []
    if account.status == _A.NEEDS_TOKEN:
        return [_("The account needs a token: put a new one in on its page. This post then goes out by itself.")]
    if account.status == _A.BLOCKED:
        return [_("The platform has blocked the account. Free it there, then press Resume on the account's page.")]
    if account.status == _A.PAUSED:
        return [_("The account is paused. Its posts wait until somebody presses Resume on the account's page.")]
    if account.paused_until and account.paused_until > now:
        return [_("The platform asked us to wait %(when)s.") % {"when": looks.distance(account.paused_until)}]
    return _its_turn(post)


def _its_turn(post: Post) -> list[str]:
    expected = outlook.of(post)
    values = {"when": times.written(expected.not_before)}
    if expected.waits_for == outlook.QUIET_HOURS:
        return [_("Its account has quiet hours until %(when)s. It goes out after them.") % values]
    if expected.waits_for == outlook.SLOT:
        return [_("It has the slot of %(when)s.") % values]
    return []


def _nothing(post: Post, now: datetime) -> list[str]:
    return []


def _pending(post: Post, now: datetime) -> list[str]:
    if not post.error or not post.attempts_made:
        return []
    when = _then(post.not_before, now)
    return [_("The last try ended badly; the next one comes by itself %(when)s.") % {"when": when}]


def _failed(post: Post, now: datetime) -> list[str]:
    return [
        _("It was not published and will not be tried again by itself."),
        _(
            "Put right what the sentence above names (caption, template, picture, account), "
            "then press Retry; or press Cancel."
        ),
    ]


def _unknown(post: Post, now: datetime) -> list[str]:
    return [
        _("It may be out already: the platform did not answer after it had been sent."),
        _("%(where)s Look for the text or the link shown below.") % {"where": where_to_look(post.platform)},
        _("If it is there, press “I can see it”. Only if it is surely not there, press “It is not there, send it”."),
    ]


def _publishing(post: Post, now: datetime) -> list[str]:
    return [_("A worker is at it right now.")]


def _published(post: Post, now: datetime) -> list[str]:
    return _taken_back(post, now) or _corrected(post, now)


def _taken_back(post: Post, now: datetime) -> list[str]:
    begins = asking.waits_until([post]).get(post.pk)
    if begins and post.error:
        return [_("It could not be deleted yet; the next try comes by itself %(when)s.") % {"when": _then(begins, now)}]
    if begins:
        return [_("It is being taken back: it is deleted on the platform %(when)s.") % {"when": _then(begins, now)}]
    if post.error_kind == Attempt.Outcome.NOT_RECALLABLE:
        where = post.permalink or where_to_look(post.platform)
        return [_("It is out still. Delete it on the platform yourself: %(where)s") % {"where": where}]
    return []


def _corrected(post: Post, now: datetime) -> list[str]:
    waits = correcting.waiting([post]).get(post.pk)
    if waits and post.error:
        values = {"when": _then(waits.not_before, now)}
        return [_("Its text could not be changed yet; the next try comes by itself %(when)s.") % values]
    if waits:
        values = {"when": _then(waits.not_before, now)}
        return [_("It gets another text: it is changed on the platform %(when)s.") % values]
    if post.error_kind == Attempt.Outcome.NOT_CORRECTABLE:
        where = post.permalink or where_to_look(post.platform)
        return [_("It reads as before. Change its text on the platform yourself: %(where)s") % {"where": where}]
    return []


def _then(moment: datetime, now: datetime) -> str:
    return looks.distance(moment) if moment > now else _("as soon as a worker is free")


_ADVICE: dict[str, Callable[[Post, datetime], list[str]]] = {
    _P.PENDING: _pending,
    _P.FAILED: _failed,
    _P.UNKNOWN: _unknown,
    _P.PUBLISHING: _publishing,
    _P.PUBLISHED: _published,
}
