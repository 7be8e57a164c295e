"""What a feed may be set to, whoever sets it."""

from django.core.exceptions import ValidationError

from social_queue.access import senders
from social_queue.intake.incoming import RULES, cleaned
from social_queue.models import Feed
from social_queue.webhooks import map_rules
from social_queue.webhooks.sources import faults_of_channels

#: What decides how its entries read: when one of these changes, the whole feed is looked at again.
_READ_BY = ("url", "field_map", "default_channels")


def faults_of(feed: Feed) -> dict[str, list[str]]:
    """{field: sentences} about a feed that is not saved yet, those of the model included; {} when it may be saved."""
    found: dict[str, list[str]] = {}
    try:
        feed.full_clean()
    except ValidationError as fault:
        found = dict(fault.message_dict)
    if feed.url and (sentences := cleaned({"link": feed.url}, {"link": RULES["link"]})[1].get("link")):
        found["url"] = sentences
    if sentences := map_rules.faults_of(feed.field_map):
        found["field_map"] = sentences
    if sentences := faults_of_channels(feed.default_channels):
        found["default_channels"] = sentences
    if feed.pk is None and (sentence := senders.fault(feed.slug, Feed)):
        found["slug"] = [sentence]
    return found


def look_anew(feed: Feed, before: Feed | None) -> None:
    """It was changed: it is due, and asked without conditions if its entries may read otherwise.

    At another address it begins anew: of what is not known there, only the newest become items.
    """
    feed.next_look_at = None
    if before is not None and feed.url != before.url:
        feed.begun_at = None
    if before is not None and any(getattr(feed, name) != getattr(before, name) for name in _READ_BY):
        feed.etag = feed.last_modified = ""
