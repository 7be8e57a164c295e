"""What may be done with many items at once, and what each of it would do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from social_queue import approvals
from social_queue.access import roles
from social_queue.admin.acts import effects
from social_queue.admin.acts.acting import Act, WithActs, in_lists, together
from social_queue.admin.acts.effects import Effect
from social_queue.admin.acts.shared import Acts
from social_queue.admin.pieces.typed import person
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem
from social_queue.operations import items as operations
from social_queue.operations import posts
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.operations.recalling import asking


def _posts_of(items: list[QueueItem]) -> QuerySet:
    posts = Post.objects.filter(item__in=[item.pk for item in items]).select_related("account")
    return posts.only("status", "attempts_made", "not_before", "account__slug")


def _wait(items: list[QueueItem]) -> set[int]:
    """Drafts and skipped ones, also those of which a post was cancelled while they were ready."""
    return {item.pk for item in items if item.status in (ItemStatus.DRAFT, ItemStatus.SKIPPED)}


def _have_no_posts(items: list[QueueItem]) -> set[int]:
    having = set(Post.objects.filter(item__in=items).values_list("item", flat=True))
    return {item.pk for item in items if item.pk not in having}


def _on_posts(
    operation: Callable[..., Done],
    *,
    alone: Callable | None = None,
    whole: Callable[[list[QueueItem]], set[int]] = _wait,
) -> Callable:
    """Run an operation of ``posts`` on the posts of all items; ``alone`` takes the items that are ``whole``."""

    def run(rows: list[QueueItem], press: Pressing, when: datetime | None) -> tuple[Done, list[QueueItem]]:
        by_itself = whole(rows) if alone else set()
        apart, joined = [[row for row in rows if (row.pk in by_itself) is so] for so in (True, False)]
        done, taken = alone(apart, now=press.now, press=press) if alone else (Done(), [])
        done += operations.many(joined, operation, now=press.now, press=press)
        touched = {post["item"] for post in press.posts.values()}
        return done, [*taken, *(row for row in joined if row.pk in touched)]

    return run


def _cancelled(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    whole = _wait(items)
    posts_of_others = _posts_of([item for item in items if item.pk not in whole])
    effect = effects.cancelled(posts_of_others, now=now, but=[PostStatus.UNKNOWN])
    effect.items = len(whole)
    return effect


def _recalled(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    # Whole rows: whether a platform lets us delete one depends on its age, its place and the account's log-in.
    whole = _wait(items)
    rows = Post.objects.filter(item__in=[item.pk for item in items if item.pk not in whole]).select_related("account")
    effect = effects.recalled(rows, now=now)
    effect.items = len(whole)
    return effect


def _restored(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    rows = Post.objects.filter(item__in=[item.pk for item in items]).select_related("account", "item")
    effect, having = effects.restored(rows, now=now), set(rows.values_list("item", flat=True))
    effect.items = sum(item.status == ItemStatus.CANCELLED and item.pk not in having for item in items)
    return effect


def _approved(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    anew = approvals.overtaken(item for item in items if item.status != ItemStatus.DRAFT)
    effect = effects.released([item for item in items if item.pk not in anew], ItemStatus.DRAFT, now=now)
    for post in _posts_of([item for item in items if item.pk in anew]).filter(status=PostStatus.FAILED):
        effect.add(post.account.slug, now, now=now)
    return effect


def _sent_anyway(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.released(items, ItemStatus.SKIPPED, now=now)


def _moved(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.moved(_posts_of(items), now=now, to=when)


_SHARED = Acts.of(
    _posts_of,
    retry=_on_posts(posts.retry),
    send_now=_on_posts(posts.requeue_now),
    cancel=_on_posts(posts.cancel_what_is_not_out, alone=operations.cancel_waiting),
    recall=_on_posts(asking.recall, alone=operations.cancel_waiting),
    restore=_on_posts(posts.restore, alone=operations.restore_drafts, whole=_have_no_posts),
    rows="items",
)


ACTS = replace(
    _SHARED,
    cancel=replace(_SHARED.cancel, weigh=_cancelled),
    recall=replace(_SHARED.recall, weigh=_recalled),
    restore=replace(_SHARED.restore, weigh=_restored),
)
APPROVE = Act(
    "approve",
    _("Approve"),
    together(operations.approve_all),
    _approved,
    "approve",
    _("Approve drafts"),
    permission="approve",
)
#: The same for an item that was just written: its own writer's word, which no later change has to ask for again.
_OWN = replace(APPROVE, run=together(partial(operations.approve_all, bound=False)))
SCHEDULE, SEND_NOW = replace(_OWN, label=_("Schedule")), replace(_OWN, label=_("Send now"))
SEND_ANYWAY = Act(
    "send-anyway",
    _("Send anyway"),
    together(operations.send_all_anyway),
    _sent_anyway,
    "send_anyway",
    _("Send skipped anyway"),
    permission="approve",
)


def _move(items: list[QueueItem], press: Pressing, when: datetime | None) -> tuple[Done, list[QueueItem]]:
    return operations.reschedule_all(items, when or press.now, now=press.now, press=press)


RESCHEDULE = Act("reschedule", _("Reschedule"), _move, _moved, "reschedule", _("Reschedule…"), when=True)


class ItemActions(WithActs):
    """Bulk actions on items; each first shows what it would do."""

    acts = (*ACTS.all(), APPROVE, SEND_ANYWAY, RESCHEDULE)
    actions = in_lists(acts)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Letting go out what waits for a human, or what was held back."""
        return person(request).has_perm(roles.APPROVE)
