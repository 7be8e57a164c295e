"""Webhook sources: found by their slug, and what one may be set to, whoever sets it."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from social_queue import kept
from social_queue.accounts import channels as account_channels
from social_queue.intake.incoming import RULES, cleaned
from social_queue.models import WebhookSource
from social_queue.webhooks import map_rules

#: A name that every web server lets through: many drop headers with an underscore.
_HEADER = re.compile(r"[A-Za-z0-9-]{1,100}")


def faults_of(source: WebhookSource) -> dict[str, list[str]]:
    """{field: sentences} about a source that is not saved yet, those of the model included; {} when it may be saved."""
    found: dict[str, list[str]] = {}
    try:
        source.full_clean()
    except ValidationError as fault:
        found = dict(fault.message_dict)
    if not _HEADER.fullmatch(source.header):
        found["header"] = ["must be a header's name: letters, digits and hyphens."]
    if sentences := map_rules.faults_of(source.field_map):
        found["field_map"] = sentences
    if sentences := faults_of_channels(source.default_channels):
        found["default_channels"] = sentences
    return found


def find(slug: str) -> WebhookSource | None:
    """The source of exactly this slug."""
    source = WebhookSource.objects.filter(slug=slug).first()
    # MySQL and MariaDB find a slug in whatever case.
    return source if source and source.slug == slug else None


def find_all(slugs: Iterable[str]) -> dict[str, WebhookSource]:
    """{slug: source} of exactly these slugs, as far as there are any."""
    asked = set(slugs)
    return {source.slug: source for source in _called(slugs=sorted(asked)) if source.slug in asked}


@kept.rows
def _called(*, slugs: list[str]) -> QuerySet[WebhookSource]:
    return WebhookSource.objects.filter(slug__in=slugs).order_by()


def faults_of_channels(channels: object) -> list[str]:
    """Sentences about default channels; [] when they may be set."""
    if channels == []:
        return []
    values, faults = cleaned({"channels": channels}, {"channels": RULES["channels"]})
    if faults or not values:
        return faults.get("channels", ["must be a list of texts."])
    try:
        account_channels.select(values["channels"])
    except account_channels.UnknownChannels as fault:
        return [str(fault)]
    return []
