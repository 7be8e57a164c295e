"""How long the desk's pages take with a million items beside a thousand: `python -m benchmarks.admin_lists`.

Fills a SQLite file of its own for each size, three posts an item, of which as many wait, fail and ask for a human in
one as in the other; asks each page five times and prints the median in milliseconds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

LISTS = (
    ("items", "queueitem/"),
    ("items, status", "queueitem/?status__exact=failed"),
    ("items, from–to", "queueitem/?publish_at_from={day}&publish_at_to={day}"),
    ("items, source", "queueitem/?source=generator"),
    ("items, title", "queueitem/?q=item+777"),
    ("items, page 100", "queueitem/?p=100"),
    ("items, platform", "queueitem/?platform={platform}"),
    ("items, account", "queueitem/?account=1"),
    ("items, account of none", "queueitem/?account=999"),
    ("items, game", "queueitem/?game=game+7"),
    ("items, trouble", "queueitem/?trouble=any"),
    ("posts", "post/"),
    ("posts, failed", "post/?status__exact=failed"),
    ("posts, published", "post/?status__exact=published"),
    ("posts, platform", "post/?platform__exact={platform}"),
    ("posts, account", "post/?account=1"),
    ("posts, account and status", "post/?account=1&status__exact=published"),
    ("posts, published from–to", "post/?published_at_from={day}&published_at_to={day}"),
    ("posts, title", "post/?q=item+777"),
    ("attempts", "attempt/"),
    ("attempts, outcome", "attempt/?outcome__exact=rejected"),
    ("deliveries", "webhooklog/"),
    ("alerts", "alert/"),
    ("activity", "activity/"),
    ("calendar, week", "calendar/"),
    ("calendar, month", "calendar/?view=month"),
    ("review", "review/"),
    ("composer", "queueitem/add/"),
    ("an item", "queueitem/1/change/"),
    ("today", None),
)
_TIMES = 5


def main() -> None:
    """Each size in a process of its own, then all of them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--alone", type=int, help="measure this size alone and print JSON")
    asked = parser.parse_args()
    if asked.alone:
        print(json.dumps(_of_one_size(asked.alone)))
        return
    found = []
    for size in asked.sizes:
        words = [sys.executable, "-m", "benchmarks.admin_lists", "--alone", str(size)]
        told = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout
        found.append(json.loads(told.splitlines()[-1]))
    print(f"{'page':28}" + "".join(f"{size:>12,}" for size in asked.sizes) + "   ratio  queries")
    for name in found[0]:
        times = [one[name][0] for one in found]
        shown = "".join(f"{milliseconds:9.0f} ms" for milliseconds in times)
        print(f"{name:28}{shown}  {times[-1] / times[0]:6.1f}  {found[-1][name][1]:7}")


def _of_one_size(rows: int) -> dict[str, tuple[float, int]]:
    with tempfile.TemporaryDirectory(prefix="autopost-lists-") as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'lists.sqlite3'}"
        os.environ["LOG_LEVEL"] = "error"
        os.environ["DJANGO_SETTINGS_MODULE"] = "autopost_site.settings"
        platform = _fill(rows)
        return {name: (milliseconds, queries) for name, milliseconds, queries in _measured(platform)}


def _fill(rows: int) -> str:
    """By SQL: through models it would take an hour. Returns a platform's name."""
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
            cursor.execute(statement, {"rows": rows, "posts": _POSTS * rows, "now": int(time.time())})
        cursor.execute("ANALYZE")
    return names[0]


#: Posts an item; items that wait for their time, and the share of the newest in which some fail.
_POSTS, _WAIT = 3, 500
_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(rows)s)"
_SERIES_OF_POSTS = (
    "WITH RECURSIVE m(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM m WHERE j < %(posts)s), "
    f"n(j, i) AS (SELECT j, 1 + (j - 1) / {_POSTS} FROM m)"
)
_MOMENT = f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', %(now)s + (i - %(rows)s + {_WAIT}) * 60, 'unixepoch')"
_NEW = f"i > %(rows)s - {_WAIT}"
_RECENT = "i > %(rows)s - 1000"
_ITEM = f"CASE WHEN {_NEW} AND i %% 25 = 0 THEN 'draft' WHEN {_NEW} THEN 'ready' " + (
    f"WHEN {_RECENT} AND i %% 50 = 1 THEN 'failed' ELSE 'posted' END"
)
_POST = f"CASE WHEN {_NEW} THEN 'pending' WHEN {_RECENT} AND i %% 50 = 1 THEN 'failed' " + (
    f"WHEN {_RECENT} AND j %% 100 = 7 THEN 'unknown' ELSE 'published' END"
)
_STATEMENTS = (
    "INSERT INTO social_queue (id, title, summary, link, image_url, alt_text, image, hashtags, data, meta, channels, "
    "game, window, source, body_hash, receipt, publish_at, status, skip_reason, created_at, updated_at) "
    f"{_SERIES} SELECT i, 'A longer title of item ' || i, 'Summary', 'https://example.com/' || i, '', '', '', '[]', "
    "json_object('game', 'Game ' || i %% 40, 'rtp', 95 + i %% 30 / 10.0), '{}', '[]', 'game ' || i %% 40, '', "
    f"'generator', '', '{{}}', {_MOMENT}, {_ITEM}, '', {_MOMENT}, {_MOMENT} FROM n",
    "INSERT INTO social_posts (id, item_id, account_id, platform, code, status, not_before, attempts_made, "
    "failures_in_row, variant, caption, caption_edited, short_link, tracked_url, draft_ref, external_id, permalink, "
    "published_at, error_kind, error, clicks, created_at) "
    f"{_SERIES_OF_POSTS} SELECT j, i, 1 + j %% 8, a.platform, printf('%%08d', j), {_POST}, {_MOMENT}, "
    f"CASE WHEN {_NEW} THEN 0 ELSE 1 END, 0, 'A', 'A caption of some length, as captions are, number ' || j, 0, '', "
    f"'', '', CASE WHEN {_NEW} THEN '' ELSE 'x' || j END, '', CASE WHEN {_NEW} THEN NULL ELSE {_MOMENT} END, "
    f"CASE WHEN {_RECENT} AND i %% 50 = 1 THEN 'rejected' ELSE '' END, '', 0, {_MOMENT} "
    "FROM n JOIN platform_accounts a ON a.id = 1 + j %% 8",
    "DELETE FROM social_posts WHERE item_id IN (SELECT id FROM social_queue WHERE status = 'draft')",
    "INSERT INTO social_attempts (id, post_id, number, worker, started_at, ended_at, outcome, error) "
    f"{_SERIES_OF_POSTS} SELECT j, j, 1, 'bench', {_MOMENT}, {_MOMENT}, "
    f"CASE WHEN {_RECENT} AND i %% 50 = 1 THEN 'rejected' ELSE 'published' END, '' FROM n "
    f"WHERE i <= %(rows)s - {_WAIT}",
)


def _measured(platform: str):
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    day = datetime.now(UTC).date().isoformat()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model().objects.create_superuser("bench"))
    for name, path in LISTS:
        address = "/admin/" if path is None else f"/admin/queue/{path.format(platform=platform, day=day)}"
        client.get(address)
        took = []
        for _ in range(_TIMES):
            with CaptureQueriesContext(connection) as queries:
                start = time.perf_counter()
                answer = client.get(address)
                took.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        yield name, statistics.median(took), len(queries)


if __name__ == "__main__":
    main()
