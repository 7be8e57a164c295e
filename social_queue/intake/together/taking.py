"""Takes several ingest bodies in one transaction, at a fraction of what each would cost alone.

Only what is plain: whatever needs a look of its own (a fault, an earlier answer, a series, a slot, media, what follows
a post, a rule account by account) is left out here, and for ``ingest.receive`` to take. Both make the same rows and
give the same answers.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from social_queue import statements
from social_queue.intake import cooldown, posts, receipts, replays
from social_queue.intake.incoming import Incoming, finish, read
from social_queue.intake.together import rows
from social_queue.media import carried
from social_queue.models import ItemStatus, QueueItem
from social_queue.wording import variants
from social_queue.workings import named_locks
from social_queue.workings.kick import kick_if_due


@dataclass(frozen=True)
class Asked:
    """One body, with all that ``ingest.receive`` is told of it.

    ``key_is_new``: nobody can have used the key before, or next to never; then nobody is asked, and the database
    refuses all of a transaction that holds one which was.
    """

    payload: object
    source: str
    now: datetime
    idempotency_key: str | None = None
    draft: bool = False
    key_is_new: bool = False


@dataclass(frozen=True)
class Plain:
    """A body that can be laid down together with others, and the cooldown that watches it."""

    asked: Asked
    incoming: Incoming
    watch: cooldown.Watch

    def names(self) -> set[Hashable]:
        """What no other item may ever have."""
        source, key, reference = self.asked.source, self.incoming.idempotency_key, self.incoming.reference
        own = {("idempotency_key", source, key)} if key else set()
        return {*own, ("reference", source, reference)} if reference else {*own}

    def marks(self) -> set[Hashable]:
        """Where two have none of these in common, neither can repeat the other."""
        values = self.watch.values
        return self.names() | {(rule.fields, *(values[name] for name in rule.fields)) for rule in self.watch.rules}

    def clashes(self, other: "Plain") -> bool:
        """Would one of the two be refused, answered or skipped for the sake of the other? Both of one source."""
        return bool(self.names() & other.names()) or self.watch.repeats(other.watch)


def admit(asked: Mapping[int, Asked]) -> dict[int, Plain]:
    """Those of the bodies, by their places, that can be laid down together. Call it before the transaction."""
    found = {place: plain for place, one in asked.items() if (plain := read_plain(one))}
    taken, admitted = used(found.values()), dict[int, Plain]()
    for place, plain in found.items():
        marks = plain.marks()
        if not marks & taken:
            admitted[place] = plain
        taken |= marks
    lay_locks(admitted.values())
    return admitted


def lay_locks(plain: Collection[Plain]) -> None:
    """Create the lock rows; call it before the transaction that calls ``lay_down``."""
    named_locks.lay(_locks(plain))


def lay_down(admitted: Mapping[int, Plain]) -> dict[int, QueueItem]:
    """Store them in the caller's transaction. Returns the items by place; there is none for what repeats another."""
    named_locks.hold(_locks(admitted.values()))
    fresh = {place: plain for place, plain in admitted.items() if not plain.watch.repeated()}
    items = {place: rows.new_item(plain.incoming, draft=plain.asked.draft) for place, plain in fresh.items()}
    statements.insert_all(list(items.values()))
    replays.refuse_further_keys(items[place] for place in items if not fresh[place].asked.key_is_new)
    ready = [place for place, item in items.items() if item.status == ItemStatus.READY]
    made = posts.create_together([(items[place], fresh[place].asked.now) for place in ready])
    for place, item in items.items():
        own = made.get(item.pk, [])
        notes = [*fresh[place].incoming.notes, *posts.notes(item, own)]
        item.receipt = receipts.queued(item, own, notes=notes)
    statements.update_each(QueueItem, {item.pk: {"receipt": item.receipt} for item in items.values()})
    _kick([fresh[place] for place in ready])
    return items


def read_plain(asked: Asked) -> Plain | None:
    """None for what can't be laid down together with others."""
    reading = read(asked.payload)
    try:
        named = {"idempotency_key": replays.key_of(reading, asked.idempotency_key)}
        reading = replace(reading, values={**reading.values, **named})
        incoming = finish(reading, now=asked.now, source=asked.source, to_look=asked.draft)
    except receipts.REFUSALS:
        return None
    watch = cooldown.watch(incoming.data, source=asked.source, publish_at=incoming.publish_at)
    if watch.is_per_account or _is_special(incoming):
        return None
    return Plain(asked, incoming, watch)


def _is_special(incoming: Incoming) -> bool:
    """Does it need more rows or locks than an item and its posts?"""
    several = carried.takes_rows(incoming.media) or incoming.follow_ups or incoming.next_slot or incoming.repeat
    return bool(several) or variants.mode_of(incoming.meta) == variants.SPLIT


def used(found: Collection[Plain]) -> set[Hashable]:
    """The names among theirs that stored items have; keys that are new are not asked for."""
    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for plain in found:
        for field in ("reference",) if plain.asked.key_is_new else ("idempotency_key", "reference"):
            if value := getattr(plain.incoming, field):
                asked[field, plain.asked.source].add(value)
    return {
        (field, source, value)
        for (field, source), values in asked.items()
        for value in replays.used(source, field, values)
    }


def _locks(plain: Collection[Plain]) -> set[str]:
    return {name for one in plain for name in one.watch.lock_names()}


def _kick(ready: Collection[Plain]) -> None:
    """Wake a worker once, if anything of it is due."""
    due = next((plain for plain in ready if plain.incoming.publish_at <= plain.asked.now), None)
    if due:
        kick_if_due(due.incoming.publish_at, now=due.asked.now)
