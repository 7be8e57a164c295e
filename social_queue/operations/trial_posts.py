"""A post that says of itself that it is a test, to one account."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from social_queue.intake import ingest
from social_queue.intake.field_checks import OUR_OWN_TEST
from social_queue.models import PlatformAccount, Post, QueueItem

SOURCE = OUR_OWN_TEST


def send(account: PlatformAccount, *, now: datetime, key: str | None = None) -> Post | None:
    """Queue a test post for the account; it is published like any other. None when ingest refused it.

    ``key`` stands for one test post of the account: pressed again, it is the same.
    """
    key = f"{account.pk}:{key}" if key else None
    if key and (earlier := _earlier(account, key)):
        return earlier
    body = {
        "title": _("Test post, please ignore"),
        "summary": _("This is a test of Autopost at %(when)s UTC.") % {"when": f"{now:%Y-%m-%d %H:%M:%S}"},
        "link": settings.PUBLIC_BASE_URL,
        "channels": [account.slug],
    }
    receipt = ingest.receive(body, source=SOURCE, now=now, idempotency_key=key)
    number = receipt.body.get("id")
    if number:
        return Post.objects.filter(item=number, account=account).first()
    # The other press of the two may have been a moment faster; its text says another second.
    return _earlier(account, key) if key else None


def _earlier(account: PlatformAccount, key: str) -> Post | None:
    return Post.objects.filter(account=account, item__source=SOURCE, item__idempotency_key=key).first()


def is_test(item: QueueItem) -> bool:
    """Was this item made by the button?"""
    return item.source == SOURCE
