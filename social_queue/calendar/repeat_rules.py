"""The rule by which an item repeats, as somebody asks for it and as its series has it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from social_queue.intake import when
from social_queue.intake.incoming import RULES, Malformed, cleaned
from social_queue.models import Post, QueueItem, Series
from social_queue.reading import moments
from social_queue.sentences import said
from social_queue.timing import rules, zones

BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Rule:
    """The text of a rule, the name of the zone it is read in, and its last possible moment."""

    text: str
    zone: str
    until: datetime | None


def zone_of(item: QueueItem) -> str:
    """The name of the zone that a rule without one is read in."""
    posts = Post.objects.filter(item=item).select_related("account").order_by("pk")
    return str(zones.shared(post.account for post in posts))


def same(old: Series | None, item: QueueItem) -> Rule:
    """The rule of its series, less what of its COUNT is over. Raises Malformed when nothing of it goes on."""
    if old is None or item.series_at is None or old.cancelled_at is not None:
        raise Malformed({"repeat": [said("It does not repeat.")]})
    zone = zones.named(old.zone)
    before = rules.moments(old.rule, zone, begins=old.begins_at, until=item.series_at - BEFORE)
    text = rules.rest(old.rule, over=sum(1 for _moment in before)) if "COUNT" in old.rule else old.rule
    return Rule(text, old.zone, old.until)


def read(repeat: object, changes: object) -> tuple[dict[str, str], dict[str, list[str]]]:
    """What is asked for as ingest reads it, beside other changes of the item; and what is wrong with it, by field."""
    values, faults = cleaned({"repeat": repeat}, {"repeat": RULES["repeat"]})
    planned = changes.get("publish_at") if isinstance(changes, dict) else None
    if not faults and when.is_next_slot(planned):
        faults = {"repeat": [when.NEEDS_A_MOMENT]}
    return values.get("repeat", {}), faults


def asked(given: Mapping[str, str], item: QueueItem) -> Rule:
    """What was read as a rule for this item. Raises Malformed."""
    try:
        zone = given["zone"] or zone_of(item)
        until = moments.parse_last(given["until"], zones.named(zone)) if given["until"] else None
    except ValueError as fault:
        raise Malformed({"repeat": [str(fault)]}) from fault
    return Rule(given["rrule"], zone, until)


def begun(changes: object, item: QueueItem) -> datetime:
    """From when on it is to repeat: the moment that was asked for, even one that is over, else the item's own."""
    planned = changes.get("publish_at") if isinstance(changes, dict) else None
    return moments.parse(planned, zones.named(zone_of(item))) if planned else item.publish_at


def first(rule: Rule, *, begins: datetime, now: datetime) -> tuple[datetime, Rule]:
    """The first moment that is still to come, and what is left of the rule then. Raises Malformed."""
    zone = zones.named(rule.zone)
    try:
        found: datetime | None = rules.first(rule.text, zone, begins=begins, until=rule.until)
    except ValueError as fault:
        raise Malformed({"repeat": [str(fault)]}) from fault
    if found is not None and found < now:
        found = rules.following(rule.text, zone, begins=begins, until=rule.until, after=now - BEFORE)
    if found is None:
        raise Malformed({"repeat": [when.NOTHING_TO_COME]})
    if begins >= now or "COUNT" not in rule.text:
        return found, rule
    over = sum(1 for _moment in rules.moments(rule.text, zone, begins=begins, until=found - BEFORE))
    return found, replace(rule, text=rules.rest(rule.text, over=over))
