"""Rows for tests: each function saves one row with sensible values; pass whatever the test is about."""

import itertools
from datetime import UTC, datetime

from social_queue.models import Attempt, PlatformAccount, Post, QueueItem

#: The moment at which tests take place unless they say otherwise.
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
#: An address and credentials that the sandbox accepts, per platform.
SANDBOX_ACCOUNTS = {
    "facebook": ("1029384756", {"access_token": "sandbox-page-token"}),
    "instagram": ("17841400000000001", {"access_token": "sandbox-ig-token"}),
    "telegram": ("-1001234567890", {"bot_token": "4242:sandbox-bot"}),
    "twitter": (
        "autopost_news",
        {
            "api_key": "sandbox-key",
            "api_secret": "sandbox-secret",
            "access_token": "sandbox-autopost_news",
            "access_token_secret": "sandbox-token-secret",
        },
    ),
}

_numbers = itertools.count(1)


def make_account(platform: str = "facebook", **fields) -> PlatformAccount:
    """An active account with credentials that the sandbox accepts. A second one of a platform gets its own address."""
    address, credentials = SANDBOX_ACCOUNTS.get(platform, ("somewhere", {"access_token": "sandbox-token"}))
    if "address" not in fields and PlatformAccount.objects.filter(platform=platform, address=address).exists():
        address = f"{address}{next(_numbers)}"
    values = {"slug": f"{platform}-{next(_numbers)}", "name": f"Our {platform}", "address": address}
    return PlatformAccount.objects.create(platform=platform, **(values | {"credentials": credentials} | fields))


def make_item(*accounts: PlatformAccount, **fields) -> QueueItem:
    """A queue item due at NOW, with one pending post on each of ``accounts``."""
    number = next(_numbers)
    values = {
        "title": f"Gates of Olympus {number}",
        "summary": "The gates are open between seven and nine.",
        "link": f"https://example.com/gates/{number}",
        "data": {"game": "Gates of Olympus", "rtp": 97.2, "window": "19:00-21:00", "pattern": "A-B-A", "jam": "19:00"},
        "source": "tests",
        "publish_at": NOW,
    }
    item = QueueItem.objects.create(**(values | fields))
    for account in accounts:
        make_post(item, account)
    return item


def make_post(item: QueueItem | None = None, account: PlatformAccount | None = None, **fields) -> Post:
    """A pending post, due when its item is."""
    item = item or make_item()
    account = account or make_account()
    values = {"platform": account.platform, "not_before": item.publish_at}
    return Post.objects.create(item=item, account=account, **(values | fields))


def make_attempt(post: Post, **fields) -> Attempt:
    """The post's next attempt by a worker named "tests"; ``post.attempts_made`` stays as it is."""
    number = post.attempts.count() + 1
    return Attempt.objects.create(post=post, **({"number": number, "worker": "tests", "started_at": NOW} | fields))
