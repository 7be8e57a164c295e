"""`python -m benchmarks.chaos.outage`: nobody publishes for two days, and 500 posts come due; when does each go out?

The clock is pretended, so two days take no time; claims, policies and rows are the real ones. Accounts differ in what
they do with what was missed. The table stands in docs/reliability.md.
"""

import argparse
import itertools
import os
import sys
from datetime import UTC, datetime, timedelta

from benchmarks.ground import ground, table

BACK = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
OUTAGE = timedelta(hours=48)
#: {what is shown: columns of the account}
ACCOUNTS = {
    "send, 60 s between posts": {"late_policy": "send", "min_interval_s": 60},
    "skip": {"late_policy": "skip"},
    "spread": {"late_policy": "spread"},
    "spread, quiet 22:00-07:00": {"late_policy": "spread", "quiet_hours": "22:00-07:00"},
    "spread, a slot an hour": {
        "late_policy": "spread",
        "slots": "mon-sun " + " ".join(f"{hour:02d}:00" for hour in range(24)),
    },
}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--database", default="sqlite")
    asked = parser.parse_args()
    with ground(asked.database) as env:
        os.environ.update(env)
        os.environ["DJANGO_SETTINGS_MODULE"] = "autopost_site.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        accounts = lay_down(asked.posts)
        publish(accounts.values())
        found = rows(accounts)
        print(table(found, list(found[0])))
    return 0


def lay_down(posts: int) -> dict:
    """Accounts that published last before the outage, and posts that came due all through it."""
    from social_queue.models import PlatformAccount, Post, QueueItem

    made = {}
    for number, (name, columns) in enumerate(ACCOUNTS.items()):
        account = PlatformAccount.objects.create(
            platform="telegram",
            slug=f"account-{number}",
            address=f"-100{number}",
            last_served_at=BACK - OUTAGE,
            **columns,
        )
        items = QueueItem.objects.bulk_create(
            QueueItem(
                title=f"News {place}",
                link="https://example.com/news",
                source="outage",
                publish_at=BACK - OUTAGE + (place + 1) * OUTAGE / posts,
            )
            for place in range(posts)
        )
        Post.objects.bulk_create(
            Post(item=item, account=account, platform="telegram", not_before=item.publish_at) for item in items
        )
        made[name] = account
    return made


def publish(accounts) -> None:
    """A worker is back: it takes what it gets, each post is out a second later, and it waits for the next."""
    from connectors.base import Published
    from social_queue.delivery import claim, outcomes
    from social_queue.delivery.claims import choosing

    numbers, now = itertools.count(1), BACK
    while True:
        taken = claim.claim(now=now, worker="outage", limit=20)
        for attempt in taken.attempts:
            outcomes.record(attempt, Published(str(next(numbers)), ""), now=now + timedelta(seconds=1))
        if taken.attempts:
            now += timedelta(seconds=1)
        elif not taken.contended:
            due = choosing.next_due(now)
            if due is None:
                return
            now = max(due, now + timedelta(seconds=1))


def rows(accounts: dict) -> list[dict]:
    """A line an account: how many went, when the first, the half and the last, and how close two of them were."""
    from social_queue.models import Post

    return [
        _row(name, list(Post.objects.filter(account=account).order_by("published_at")))
        for name, account in accounts.items()
    ]


def _row(name: str, posts: list) -> dict:
    times = [post.published_at for post in posts if post.published_at]
    steps = [later - earlier for earlier, later in itertools.pairwise(times)]
    in_order = [post.item_id for post in posts if post.published_at]
    return {
        "what was missed": name,
        "sent": len(times),
        "left out": sum(post.error_kind == "missed" for post in posts),
        "first after": _shown(times[0] - BACK),
        "half after": _shown(times[len(times) // 2] - BACK),
        "last after": _shown(times[-1] - BACK),
        "closest two": _shown(min(steps, default=timedelta(0))),
        "most in an hour": max(
            sum(start <= moment < start + timedelta(hours=1) for moment in times) for start in times
        ),
        "in order": "yes" if in_order == sorted(in_order) else "no",
    }


def _shown(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 600:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    sys.exit(main())
