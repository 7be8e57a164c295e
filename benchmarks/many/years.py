"""A site of two years beside one of a week: its lists through the API, /metrics, the doctor, and what `prune` takes.

`python -m benchmarks.many.years`: 200,000 items, one every five minutes, with 600,000 posts, 1,500,000 attempts,
1,200,000 clicks and their sums, 800,000 events, and with what webhooks brought and people did.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.ground import DATABASES, table
from benchmarks.many import pages, rows

#: Between two items.
MINUTES = 5
_ITEMS, _POSTS = "/api/autopost/queue", "/api/autopost/posts"
#: By the name of what is asked; {month} is the day a month ago, in the middle of what a site of years has.
DOORS = {
    "items": _ITEMS,
    "items, oldest": f"{_ITEMS}?ordering=publish_at",
    "items, as they came": f"{_ITEMS}?ordering=-created_at",
    "items, by status": f"{_ITEMS}?ordering=status",
    "items, status": f"{_ITEMS}?status=failed,draft",
    "items, source": f"{_ITEMS}?source=generator",
    "items, source of none": f"{_ITEMS}?source=nobody",
    "items, game": f"{_ITEMS}?game=Game+7",
    "items, platform": f"{_ITEMS}?platform={{platform}}",
    "items, account": f"{_ITEMS}?account=a1",
    "items, after": f"{_ITEMS}?after={{month}}T00:00:00Z",
    "items, before": f"{_ITEMS}?before={{month}}T00:00:00Z",
    "items, reference": f"{_ITEMS}?reference=R-15",
    "items, 200 a page": f"{_ITEMS}?page_size=200",
    "an item": f"{_ITEMS}/{{item}}",
    "posts": _POSTS,
    "posts, oldest": f"{_POSTS}?ordering=created_at",
    "posts, by time of item": f"{_POSTS}?ordering=-publish_at",
    "posts, by status": f"{_POSTS}?ordering=status",
    "posts, status": f"{_POSTS}?status=failed,unknown",
    "posts, published": f"{_POSTS}?status=published",
    "posts, account and status": f"{_POSTS}?account=a1&status=published",
    "posts, platform": f"{_POSTS}?platform={{platform}}",
    "posts, item": f"{_POSTS}?item={{item}}",
    "posts, source": f"{_POSTS}?source=generator",
    "posts, game": f"{_POSTS}?game=Game+7",
    "posts, before": f"{_POSTS}?before={{month}}T00:00:00Z",
    "posts, reference": f"{_POSTS}?reference=R-15",
    "a post": f"{_POSTS}/{{post}}",
    "accounts": "/api/autopost/accounts",
    "events, first": "/api/autopost/events",
    "events, last": "/api/autopost/events?after={event}&limit=1000",
    "metrics": "/metrics",
    "health": "/health",
}


def main() -> None:
    """Ask each door of both sizes in turn; then let the large one be pruned, kind by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--sizes", type=int, nargs=2, default=[2_000, 200_000], help="items of the two sites")
    parser.add_argument(
        "--keep", type=Path, help="a folder where SQLite's files stay; what is pruned is gone from them"
    )
    parser.add_argument("--only", nargs="+", default=[""], help="doors whose names begin so")
    parser.add_argument("--no-prune", action="store_true")
    parser.add_argument("--prune-here", action="store_true", help="(a child) prune the database of DATABASE_URL")
    asked = parser.parse_args()
    if asked.prune_here:
        _prune()
        return
    small, large = asked.sizes
    with (
        rows.kept(small, asked.keep, database=asked.database, minutes=MINUTES) as few,
        rows.kept(large, asked.keep, database=asked.database, minutes=MINUTES) as many,
    ):
        print(f"{asked.database}, items: {small:,} and {large:,}\n", flush=True)
        pages.measure(asked.database, [small, large], grounds=[few, many], only=tuple(asked.only), names=DOORS)
        if not asked.no_prune:
            print(flush=True)
            rows.run("-m", "benchmarks.many.years", "--prune-here", env={**many, **_KEPT_BRIEFLY})


#: A site that kept everything for two years decides to keep a year.
_KEPT_BRIEFLY = {"KEEP_ITEMS_DAYS": "365", "KEEP_CLICKS_DAYS": "365", "KEEP_LOGS_DAYS": "90"}


def _prune() -> None:
    import django

    django.setup()
    print(table(list(_pruned()), ["what", "gone", "seconds", "own CPU, s"]))


def _pruned() -> Iterator[Mapping[str, object]]:
    """Each kind as the daily task takes it, one after the other."""
    import time

    from django.utils import timezone

    from social_queue.upkeep import prune

    now = timezone.now()
    for name, prune_some in prune.kinds():
        began, own = time.perf_counter(), time.process_time()
        gone = prune_some(now)
        took, used = time.perf_counter() - began, time.process_time() - own
        print(json.dumps([name, gone, round(took, 1)]), file=sys.stderr, flush=True)
        if gone:
            yield {"what": name, "gone": f"{gone:,}", "seconds": f"{took:.1f}", "own CPU, s": f"{used:.1f}"}


if __name__ == "__main__":
    main()
