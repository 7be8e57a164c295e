"""How long the desk's lists take with a million rows: `python -m benchmarks.admin_lists [--rows N]`.

Fills a SQLite file of its own in a temporary folder, asks each list three times and prints the median in milliseconds.
The database's share is that until the first row of each answer: SQLite reads on while rows are fetched.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

LISTS = (
    ("items", "queueitem/"),
    ("items, status", "queueitem/?status__exact=failed"),
    ("items, from–to", "queueitem/?publish_at_from=2026-01-10&publish_at_to=2026-01-12"),
    ("items, source", "queueitem/?source=generator"),
    ("items, title", "queueitem/?q=item+777777"),
    ("items, page 100", "queueitem/?p=100"),
    ("items, platform", "queueitem/?platform={platform}"),
    ("items, account", "queueitem/?account=1"),
    ("items, account of none", "queueitem/?account=999"),
    ("items, game", "queueitem/?game=gates"),
    ("items, trouble", "queueitem/?trouble=any"),
    ("posts", "post/"),
    ("posts, failed", "post/?status__exact=failed"),
    ("posts, published", "post/?status__exact=published"),
    ("posts, platform", "post/?platform__exact={platform}"),
    ("posts, account", "post/?account=1"),
    ("posts, account and status", "post/?account=1&status__exact=published"),
    ("posts, published from–to", "post/?published_at_from=2026-01-10&published_at_to=2026-01-12"),
    ("posts, title", "post/?q=item+777777"),
    ("attempts", "attempt/"),
    ("attempts, outcome", "attempt/?outcome__exact=rejected"),
    ("deliveries", "webhooklog/"),
    ("alerts", "alert/"),
    ("review", "review/"),
    ("first page", None),
)


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="autopost-lists-") as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'lists.sqlite3'}"
        os.environ["LOG_LEVEL"] = "error"
        os.environ["DJANGO_SETTINGS_MODULE"] = "autopost_site.settings"
        platform = _fill(rows)
        for name, milliseconds, in_database, queries in _measured(platform):
            print(f"{name:28} {milliseconds:8.0f} ms, {in_database:6.0f} ms of it in {queries} queries")


def _fill(rows: int) -> str:
    """A million items, posts and attempts, by SQL: through models it would take an hour. Returns a platform's name."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    import connectors
    from social_queue.models import PlatformAccount

    call_command("migrate", verbosity=0)
    names = connectors.names()
    for number in range(8):
        PlatformAccount.objects.create(platform=names[number % len(names)], slug=f"a{number}", address=f"a{number}")
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, {"rows": rows})
        cursor.execute("ANALYZE")
    return names[0]


_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(rows)s)"
_MOMENT = "strftime('%%Y-%%m-%%d %%H:%%M:%%S', 1767225600 + i * 30, 'unixepoch')"
_ITEM = "CASE WHEN i %% 1000 = 0 THEN 'failed' WHEN i %% 999 = 0 THEN 'draft' ELSE 'posted' END"
_POST = "CASE WHEN i %% 1000 = 0 THEN 'failed' WHEN i %% 5000 = 1 THEN 'unknown' ELSE 'published' END"
_STATEMENTS = (
    "INSERT INTO social_queue (id, title, summary, link, image_url, alt_text, image, hashtags, data, meta, channels, "
    "game, window, source, body_hash, receipt, publish_at, status, skip_reason, created_at, updated_at) "
    f"{_SERIES} SELECT i, 'A longer title of item ' || i, 'Summary', 'https://example.com/' || i, '', '', '', '[]', "
    f"'{{}}', '{{}}', '[]', '', '', 'generator', '', '{{}}', {_MOMENT}, {_ITEM}, '', {_MOMENT}, {_MOMENT} FROM n",
    "INSERT INTO social_posts (id, item_id, account_id, platform, code, status, not_before, attempts_made, "
    "failures_in_row, variant, caption, caption_edited, short_link, tracked_url, draft_ref, external_id, permalink, "
    "published_at, error_kind, error, clicks, created_at) "
    f"{_SERIES} SELECT i, i, 1 + i %% 8, a.platform, printf('%%08d', i), {_POST}, {_MOMENT}, 1, 0, 'A', "
    f"'A caption of some length, as captions are, number ' || i, 0, '', '', '', 'x' || i, '', {_MOMENT}, '', '', 0, "
    f"{_MOMENT} FROM n JOIN platform_accounts a ON a.id = 1 + i %% 8",
    "INSERT INTO social_attempts (id, post_id, number, worker, started_at, ended_at, outcome, error) "
    f"{_SERIES} SELECT i, i, 1, 'bench', {_MOMENT}, {_MOMENT}, "
    "CASE WHEN i %% 1000 = 0 THEN 'rejected' ELSE 'published' END, '' FROM n",
)


def _measured(platform: str):
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model().objects.create_superuser("bench"))
    for name, path in LISTS:
        address = "/admin/" if path is None else f"/admin/queue/{path.format(platform=platform)}"
        client.get(address)
        took = []
        for _ in range(3):
            with CaptureQueriesContext(connection) as queries:
                start = time.perf_counter()
                answer = client.get(address)
                took.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        in_database = sum(float(query["time"]) for query in queries.captured_queries) * 1000
        yield name, statistics.median(took), in_database, len(queries)


if __name__ == "__main__":
    main()
