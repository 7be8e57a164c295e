"""A post that says of itself that it is a test, to one account."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from social_queue.intake import ingest
from social_queue.intake.field_checks import OUR_OWN_TEST
from social_queue.models import PlatformAccount, Post, QueueItem

SOURCE = OUR_OWN_TEST


def send(account: PlatformAccount, *, now: datetime) -> Post | None:
    """Queue a test post for the account; it is published like any other. None when ingest refused it."""
    body = {
        "title": _("Test post, please ignore"),
        "summary": _("This is a test of Autopost at %(when)s UTC.") % {"when": f"{now:%Y-%m-%d %H:%M:%S}"},
        "link": settings.PUBLIC_BASE_URL,
        "channels": [account.slug],
    }
    receipt = ingest.receive(body, source=SOURCE, now=now)
    number = receipt.body.get("id")
    return Post.objects.filter(item=number, account=account).first() if number else None


def is_test(item: QueueItem) -> bool:
    """Was this item made by the button?"""
    return item.source == SOURCE
