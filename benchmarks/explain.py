"""`python -m benchmarks.explain DATABASE`: how the database finds what a claim takes, among 200,000 posts.

100,000 posts of a paused account are overdue, 100,000 others are waiting for their time, and each of 40 accounts has
ten that are due.
"""

import argparse
import os
import sys
from datetime import timedelta

from benchmarks import seed
from benchmarks.ground import DATABASES, ground

POSTS = 100_000


def main() -> int:
    """Load the rows, let one worker claim, and print each of its queries with the plan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", choices=DATABASES)
    parser.add_argument("--posts", type=int, default=POSTS)
    asked = parser.parse_args()
    with ground(asked.database) as env:
        os.environ.update(env)
        seed.prepare()
        for statement in _claimed(asked.posts):
            print(f"\n{_short(statement)}\n" + "\n".join(f"    {line}" for line in _plan(statement)), flush=True)
    return 0


def _claimed(posts: int) -> list[str]:
    """The SELECTs of one claim with its values in place."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from social_queue.delivery.claim import claim
    from social_queue.delivery.claims.choosing import next_due

    now = timezone.now()
    places, paused = seed.accounts(), seed.accounts(1, status="paused")
    seed.posts(paused, posts, due=now - timedelta(hours=1))
    seed.posts(places, posts, due=now + timedelta(days=1))
    seed.posts(places, 10 * len(places), due=now - timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE social_posts, platform_accounts" if connection.vendor == "mysql" else "ANALYZE")
    with CaptureQueriesContext(
        connection,
    ) as heard:
        taken = claim(now=now, worker="explained", limit=20)
        next_due(now)
    print(f"{len(taken.attempts)} posts claimed with {len(heard)} statements", file=sys.stderr)
    return [query["sql"] for query in heard if query["sql"].startswith("SELECT")]


def _short(statement: str) -> str:
    """The statement without its list of columns, which tells nothing here."""
    columns, source, rest = statement.partition(" FROM ")
    return (columns if len(columns) < 200 else "SELECT …") + source + rest


def _plan(statement: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("EXPLAIN QUERY PLAN " + statement.replace("%", "%%"))
            return [row[-1] for row in cursor.fetchall()]
        cursor.execute("EXPLAIN " + statement.replace("%", "%%"))
        if connection.vendor == "postgresql":
            return [row[0] for row in cursor.fetchall()]
        names = [column[0] for column in cursor.description]
        wanted = ("select_type", "table", "type", "key", "rows", "Extra")
        return [" | ".join(str(row[names.index(name)]) for name in wanted) for row in cursor.fetchall()]


if __name__ == "__main__":
    sys.exit(main())
