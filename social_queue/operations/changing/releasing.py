"""Items that wait for an editor are let go, many in one transaction: approved, and given their posts."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _

from social_queue import approvals, states
from social_queue.accounts.channels import Remembered, UnknownChannels
from social_queue.approvals import Granted
from social_queue.intake import field_checks
from social_queue.intake import posts as item_posts
from social_queue.models import ItemStatus, PlatformAccount, Post, QueueItem
from social_queue.operations import evidence
from social_queue.operations.changing.ending import changed_meanwhile
from social_queue.operations.pressing import Pressing
from social_queue.timing import slots
from social_queue.wording import labels
from social_queue.wording.templates.finding import Shelf
from social_queue.workings import kick
from social_queue.workings.deadlocks import again, atomic

#: Items in one transaction: enough that its end costs little, few enough that nobody waits long for their rows.
_TOGETHER = 100

#: Why an item was left alone: it is not what was read, or it has nowhere to go. "" when it was let go.
Reason = str | UnknownChannels
Going = tuple[QueueItem, list[PlatformAccount]]


def release(
    items: Iterable[QueueItem], expected: str, press: Pressing, *, bound: bool = False
) -> Iterator[tuple[QueueItem, Reason]]:
    """Each item of status ``expected`` becomes ready and gets its posts; yields it with the reason where it did not.

    ``bound``: a person's approval, which holds for the item as it was read.
    """
    items = list(items)
    # Places in the week are chosen by those that ask for one, when no other post of the same press is still to come.
    for ask in (False, True):
        rest = (item for item in items if item.next_slot is ask)
        while together := list(islice(rest, _TOGETHER)):
            yield from _release(together, expected, press, bound=bound)


def held_as_read(items: list[QueueItem]) -> tuple[dict[int, dict], dict[int, Reason]]:
    """Locks the items: {id: what is approved}, and {id: why not} of those that are not what was read, and shown."""
    rows = QueueItem.objects.select_for_update().filter(pk__in=[item.pk for item in items]).order_by("pk")
    held = {row.pk: row for row in rows}
    stored = dict(zip(held, approvals.contents(list(held.values())), strict=True))
    read = zip(items, approvals.contents(items), strict=True)
    changed = {item.pk: changed_meanwhile() for item, content in read if stored.get(item.pk) != content}
    return stored, dict[int, Reason](changed)


def _release(
    items: list[QueueItem], expected: str, press: Pressing, *, bound: bool
) -> Iterator[tuple[QueueItem, Reason]]:
    before = {item.pk: press.look_at_item(item) for item in items}
    going, left = _accounts_of(items)
    slots.lay_locks({account.pk for item, accounts in going if item.next_slot for account in accounts})
    made, reasons = _let_go(going, expected, press, bound=bound)
    for item, _accounts in going:
        if item.pk in made:
            press.took_item(item, before[item.pk], made[item.pk])
    if made:
        kick.kick_if_due(min(item.publish_at for item in items if item.pk in made), now=press.now)
    reasons |= left
    return ((item, reasons.get(item.pk, "")) for item in items)


@again
def _let_go(
    going: list[Going], expected: str, press: Pressing, *, bound: bool
) -> tuple[dict[int, list[Post]], dict[int, Reason]]:
    """In one transaction: {item id: its posts}, and {item id: why not}."""
    items = [item for item, _accounts in going]
    with atomic(*items):
        approved = bool(bound and press.person)
        content, reasons = held_as_read(items) if approved else ({}, dict[int, Reason]())
        going = [(item, accounts) for item, accounts in going if item.pk not in reasons]
        words = approvals.words_of(item for item, _accounts in going)
        going = _marked(going, expected, press, content=content, reasons=reasons)
        made = item_posts.create_all(going, now=press.now, at_once=press.due, words=words)
        if approved:
            shelf = Shelf()
            granted = [
                Granted(
                    item,
                    content[item.pk],
                    words.get(item.pk, {}),
                    evidence.of_posts(item, made[item.pk], shelf),
                )
                for item, _ in going
            ]
            approvals.keep(granted, person=press.person, now=press.now)
    return made, reasons


def _marked(
    going: list[Going], expected: str, press: Pressing, *, content: dict[int, dict], reasons: dict[int, Reason]
) -> list[Going]:
    """Those that are ready now; why the others are not is added to ``reasons``."""
    wanted = [(item, _columns(item, press.moment(item.publish_at), content)) for item, _accounts in going]
    marked = states.mark_items(wanted, ItemStatus.READY, expected=expected)
    for (item, _accounts), done in zip(going, marked, strict=True):
        if not done:
            reasons[item.pk] = _("is not %(status)s any more") % {"status": ItemStatus(expected).label}
    return [one for one, done in zip(going, marked, strict=True) if done]


def _columns(item: QueueItem, moment: datetime, content: dict[int, dict]) -> dict[str, object]:
    bound_to = approvals.columns(content[item.pk]) if item.pk in content else {}
    return {"publish_at": moment, "skip_reason": "", **bound_to}


def _accounts_of(items: list[QueueItem]) -> tuple[list[Going], dict[int, Reason]]:
    """Where each goes, but for accounts on which it was cancelled; each list of channels is looked up once."""
    places, going, left = Remembered(), list[Going](), dict[int, Reason]()
    over = item_posts.cancelled_on(items)
    for item in items:
        try:
            named = [] if labels.is_missing(item) else places.select(item.channels)
        except UnknownChannels as fault:
            left[item.pk] = fault
            continue
        if accounts := [account for account in named if account.pk not in over[item.pk]]:
            going.append((item, accounts))
        elif labels.is_missing(item):
            left[item.pk] = _("does not say whether a machine made it")
        else:
            nowhere = UnknownChannels(field_checks.NO_ACCOUNT)
            left[item.pk] = _("all its posts were cancelled: duplicate it instead") if named else nowhere
    return going, left
