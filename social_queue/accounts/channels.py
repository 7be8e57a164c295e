"""Which accounts a list of channels names."""

from collections.abc import Iterable

from django.db.models import QuerySet

import connectors
from social_queue import kept
from social_queue.models import AccountStatus, PlatformAccount
from social_queue.sentences import said
from social_queue.workings import group_commit

_MOST_LISTED = 50
_TO_BE_MENDED = (AccountStatus.NEEDS_TOKEN, AccountStatus.BLOCKED)


class UnknownChannels(ValueError):
    """Names in ``channels`` that are neither a platform nor an account; the sentence lists the known ones."""


def select(channels: Iterable[str]) -> list[PlatformAccount]:
    """The accounts that a ``channels`` list names, each once; an empty list means every active account.

    A platform's name or alias means its active accounts. Where none is active, those that wait for a token or to be
    freed stand in: their posts wait with them, and nothing is turned away at night because a token died. A slug means
    that account whatever its state, unless it is archived. Raises UnknownChannels.
    """
    words = tuple(channels)
    return list(group_commit.once(("channels", words), lambda: _select(words)))


def _select(words: tuple[str, ...]) -> list[PlatformAccount]:
    if not words:
        return _active() or _waiting()
    chosen: dict[int, PlatformAccount] = {}
    unknown = []
    for word in words:
        found = _named(word)
        if not found:
            unknown.append(word)
        chosen |= {account.pk: account for account in found}
    if unknown:
        raise UnknownChannels(_what_is_known(unknown))
    return list(chosen.values())


class Remembered:
    """``select`` that asks once for each list of channels: for many items that are judged in one go."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], list[PlatformAccount] | UnknownChannels] = {}

    def select(self, channels: Iterable[str]) -> list[PlatformAccount]:
        """As the function of that name."""
        words = tuple(channels)
        if words not in self._known:
            try:
                self._known[words] = select(words)
            except UnknownChannels as fault:
                self._known[words] = fault
        found = self._known[words]
        if isinstance(found, UnknownChannels):
            raise found
        return list(found)


def _named(word: str) -> list[PlatformAccount]:
    platform = connectors.resolve_alias(word)
    if platform:
        return _active_on(platform=platform) or _waiting_on(platform=platform)
    return _of_slug(slug=word)


@kept.rows
def _active() -> QuerySet[PlatformAccount]:
    return PlatformAccount.objects.filter(status=AccountStatus.ACTIVE)


@kept.rows
def _active_on(*, platform: str) -> QuerySet[PlatformAccount]:
    return PlatformAccount.objects.filter(status=AccountStatus.ACTIVE, platform=platform)


@kept.rows
def _waiting() -> QuerySet[PlatformAccount]:
    """Those that only wait for a human to mend them; never one that an editor paused."""
    return PlatformAccount.objects.filter(status__in=_TO_BE_MENDED)


@kept.rows
def _waiting_on(*, platform: str) -> QuerySet[PlatformAccount]:
    return PlatformAccount.objects.filter(status__in=_TO_BE_MENDED, platform=platform)


@kept.rows
def _of_slug(*, slug: str) -> QuerySet[PlatformAccount]:
    return PlatformAccount.objects.filter(slug=slug, archived_at=None)


def _what_is_known(unknown: list[str]) -> str:
    """What could have been named: a platform only if it has an account that its name stands for."""
    names = ", ".join(map(repr, unknown))
    rows = PlatformAccount.objects.filter(archived_at=None).order_by("slug").values_list("slug", "platform", "status")
    accounts = list(rows)
    taken = {platform for _, platform, status in accounts if status in (AccountStatus.ACTIVE, *_TO_BE_MENDED)}
    if not accounts:
        return said(
            "No active account for %(names)s, nor for anything else: connect one in the desk, or add one with "
            "`manage.py add_account`.",
            names=names,
        )
    listed = [name for name in connectors.names() if name in taken] + [slug for slug, _, _ in accounts[:_MOST_LISTED]]
    return said("No active account for %(names)s. Known: %(known)s.", names=names, known=", ".join(listed))
