"""What a press would do, counted before it is done: how many posts, on how many accounts, and when."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from social_queue.accounts import channels
from social_queue.admin.pieces import times
from social_queue.intake import posts as item_posts
from social_queue.models import PlatformAccount, Post, PostStatus, QueueItem
from social_queue.operations import posts
from social_queue.operations.recalling import asking
from social_queue.timing import slots
from social_queue.wording import labels


@dataclass
class Effect:
    """The posts that a press would touch, by account, and what is to be known of them."""

    now: Counter = field(default_factory=Counter)
    later: Counter = field(default_factory=Counter)
    stopped: Counter = field(default_factory=Counter)
    #: Out, or perhaps out, and deleted on its platform.
    gone: Counter = field(default_factory=Counter)
    #: Of the posts that go out now those that were planned for later; of the stopped ones those that may be out.
    planned: int = 0
    undecided: int = 0
    #: Of those that are deleted the ones nobody knows to be out; and posts that their platforms keep.
    unsure: int = 0
    staying: int = 0
    #: Rows without posts of their own that the press changes, and rows of which the press would take nothing.
    items: int = 0
    left: int = 0
    #: When the first of those goes out that wait for their time.
    first: datetime | None = None

    @property
    def accounts(self) -> Counter:
        """How many posts on each account."""
        return self.now + self.later + self.stopped + self.gone

    @property
    def posts(self) -> int:
        """How many posts in all."""
        return self.accounts.total()

    @property
    def counted(self) -> str:
        """“8 posts”, for the button: “Cancel” alone would read as a way out of the page that asks."""
        return _posts(self.posts) if self.posts else ""

    @property
    def at_once(self) -> int:
        """How many of them go out now; a template would look for a Counter's ``total`` among its keys."""
        return self.now.total()

    @property
    def shares(self) -> list[tuple[str, int]]:
        """Each account with its posts, the most first."""
        return self.accounts.most_common()

    def add(self, account: str, when: datetime, *, now: datetime, planned: datetime | None = None) -> None:
        """One post that goes out at ``when`` and was ``planned`` for another time."""
        if when <= now:
            self.now[account] += 1
            self.planned += bool(planned and planned > now)
        else:
            self.later[account] += 1
            self.first = min(self.first or when, when)


def sent_now(rows: Iterable[Post], *, now: datetime) -> Effect:
    """Pending posts and failed ones go out at once."""
    effect = Effect()
    for post in rows:
        if post.status in (PostStatus.PENDING, PostStatus.FAILED):
            effect.add(
                post.account.slug, now, now=now, planned=post.not_before if post.status == PostStatus.PENDING else None
            )
        else:
            effect.left += 1
    return effect


def retried(rows: Iterable[Post], *, now: datetime) -> Effect:
    """Failed posts go out at once."""
    rows = list(rows)
    failed = [post for post in rows if post.status == PostStatus.FAILED]
    effect = sent_now(failed, now=now)
    effect.left = len(rows) - len(failed)
    return effect


def cancelled(rows: Iterable[Post], *, now: datetime, but: Collection[str] = ()) -> Effect:
    """Whatever is not out will not go out; posts ``but`` of these statuses stay as they are."""
    effect, may = Effect(), {PostStatus.PENDING, PostStatus.FAILED, PostStatus.UNKNOWN} - set(but)
    for post in rows:
        if post.status in may:
            effect.stopped[post.account.slug] += 1
            effect.undecided += post.status == PostStatus.UNKNOWN
        else:
            effect.left += 1
    return effect


def recalled(rows: Iterable[Post], *, now: datetime) -> Effect:
    """What is not out never goes out, what is out is deleted on its platform where that lets us."""
    effect, waiting = Effect(), asking.waiting()
    for post in rows:
        if post.status in asking.NOT_OUT:
            effect.stopped[post.account.slug] += 1
        elif post.status not in asking.PERHAPS_OUT or post.pk in waiting:
            effect.left += 1
        elif post.status == PostStatus.PUBLISHED and asking.why_it_stays(post, now=now):
            effect.staying += 1
        else:
            effect.gone[post.account.slug] += 1
            effect.unsure += post.status == PostStatus.UNKNOWN
    return effect


def restored(rows: Iterable[Post], *, now: datetime) -> Effect:
    """Cancelled posts go out at their time after all, where nothing of them was tried and it is still to come."""
    effect = Effect()
    for post in rows:
        if posts.may_be_restored(post, now=now):
            effect.add(post.account.slug, post.not_before, now=now)
        else:
            effect.left += 1
    return effect


def moved(rows: Iterable[Post], *, now: datetime, to: datetime | None) -> Effect:
    """What nobody has claimed yet goes out at another time, which may not be chosen yet."""
    effect = Effect()
    for post in rows:
        if post.status != PostStatus.PENDING or post.attempts_made:
            effect.left += 1
        elif to:
            effect.add(post.account.slug, to, now=now, planned=post.not_before)
        else:
            effect.later[post.account.slug] += 1
    return effect


def released(items: Iterable[QueueItem], status: str, *, now: datetime) -> Effect:
    """Items that wait for an editor get their posts, which go out at their time or, where that is over, at once."""
    items = list(items)
    effect, free, places = Effect(), _FreeSlots(now), channels.Remembered()
    over = item_posts.cancelled_on(items)
    for item in items:
        try:
            chosen = places.select(item.channels) if item.status == status and not labels.is_missing(item) else []
        except channels.UnknownChannels:
            chosen = []
        chosen = [account for account in chosen if account.pk not in over[item.pk]]
        effect.left += not chosen
        for account in chosen:
            effect.add(account.slug, free.next(account) if item.next_slot else item.publish_at, now=now)
    return effect


class _FreeSlots:
    """The free slots of accounts, one after the other."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._of: dict[int, Iterator[datetime]] = {}

    def next(self, account: PlatformAccount) -> datetime:
        """Without slots that is now."""
        return next(self._of.setdefault(account.pk, slots.free(account, after=self._now)), self._now)


def sentences(effect: Effect, *, stops: bool = False) -> list[str]:
    """The same in words; ``stops``: it does not go out at all."""
    return complete(_stopped(effect) if stops else _goes(effect), effect)


def complete(said: list[str], effect: Effect) -> list[str]:
    """What happens, or that nothing does, and then how many rows stay as they are."""
    said = said or [_("There is nothing to do.")]
    return said + _how_many(
        effect.left,
        ngettext_lazy("%(count)d row is left as it is.", "%(count)d rows are left as they are.", "count"),
    )


def _goes(effect: Effect) -> list[str]:
    said = _where(effect.now, _("%(posts)s on %(accounts)s: out now."))
    said += _how_many(
        effect.planned,
        ngettext_lazy("%(count)d of them was planned for later.", "%(count)d of them were planned for later.", "count"),
    )
    if effect.later and effect.first:
        sentence = _("%(posts)s on %(accounts)s: out at their time, the first %(when)s.")
        said.append(sentence % (_counts(effect.later) | {"when": times.written(effect.first)}))
    else:
        said += _where(effect.later, _("%(posts)s on %(accounts)s: moved to another time."))
    return said + _how_many(
        effect.items,
        ngettext_lazy(
            "%(count)d item waits for an editor again.", "%(count)d items wait for an editor again.", "count"
        ),
    )


def _stopped(effect: Effect) -> list[str]:
    """What will not go out, what is deleted where it is out, and what can't be."""
    return [
        *_where(effect.stopped, _("%(posts)s on %(accounts)s: will not go out.")),
        *_how_many(effect.undecided, _UNDECIDED),
        *_where(effect.gone, _("%(posts)s on %(accounts)s: deleted on the platform.")),
        *_how_many(effect.unsure, _UNSURE),
        *_how_many(effect.staying, _STAYING),
        *_how_many(effect.items, _ENDING),
    ]


_COMING_BACK = ngettext_lazy(
    "%(count)d item waits for an editor again.", "%(count)d items wait for an editor again.", "count"
)
_UNDECIDED = ngettext_lazy(
    "%(count)d of them is undecided: it may be out already, and stays there.",
    "%(count)d of them are undecided: they may be out already, and stay there.",
    "count",
)
_UNSURE = ngettext_lazy(
    "%(count)d of them is undecided: its platform is asked first, then it is deleted where it is out.",
    "%(count)d of them are undecided: their platforms are asked first, then those are deleted that are out.",
    "count",
)
_STAYING = ngettext_lazy(
    "%(count)d post can't be deleted from here: delete it there, its address stands on its page.",
    "%(count)d posts can't be deleted from here: delete them there, their addresses stand on their pages.",
    "count",
)
_ENDING = ngettext_lazy(
    "%(count)d item that nobody has approved ends too.",
    "%(count)d items that nobody has approved end too.",
    "count",
)


def _how_many(count: int, sentence: Any) -> list[str]:
    return [sentence % {"count": count}] if count else []


def _where(posts: Counter, sentence: str) -> list[str]:
    return [sentence % _counts(posts)] if posts else []


def _posts(count: int) -> str:
    return ngettext("%(count)d post", "%(count)d posts", count) % {"count": count}


def _counts(posts: Counter) -> dict[str, str]:
    return {
        "posts": _posts(posts.total()),
        "accounts": ngettext("%(count)d account", "%(count)d accounts", len(posts)) % {"count": len(posts)},
    }
