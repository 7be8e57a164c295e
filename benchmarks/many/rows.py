"""A database of a thousand items or a million with three posts each, laid down by SQL: through models it takes hours.

Of a large one as many rows wait, fail and ask for a human as of a small one; the rest is history, an item a minute.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ground import ROOT, ground
from benchmarks.many.statements import DIALECTS, statements
from benchmarks.many.traces import traces

#: The tables are filled as an earlier version had them, so that the migrations since can be measured on them.
BEFORE = {"queue": "0024_approvals", "metrics": "0005_kept_posts"}
#: Who looks at the pages.
PERSON = "bench"
#: Nothing would be lost but what is made again, and what is laid down refers only to what is there.
_FASTER = {
    "sqlite": ["PRAGMA synchronous = OFF", "PRAGMA cache_size = -1000000"],
    "mysql": [
        "SET SESSION sql_mode = 'PIPES_AS_CONCAT,STRICT_TRANS_TABLES', time_zone = '+00:00'",
        "SET SESSION unique_checks = 0, foreign_key_checks = 0",
        "SET GLOBAL innodb_buffer_pool_size = 2147483648",
    ],
    "postgresql": ["SET session_replication_role = replica", "SET work_mem = '256MB'"],
}


@contextmanager
def kept(
    items: int, folder: Path | None = None, *, database: str = "sqlite", minutes: int = 0
) -> Iterator[dict[str, str]]:
    """The environment of a database with so many items and today's tables; ``minutes`` as of ``fill``.

    A file of SQLite's that lies in ``folder`` is used again; the others are filled, on a server of their own.
    """
    with ground(database) as env:
        if database != "sqlite":
            run("-m", "benchmarks.many.rows", "--fill", str(items), "--minutes", str(minutes), env=env)
            yield env
            return
        home = folder or Path(env["MEDIA_ROOT"]).parent
        env["DATABASE_URL"] = f"sqlite:///{file(items, home, env, minutes=minutes)}"
        run("manage.py", "migrate", "--verbosity", "0", env=env)
        yield env


def file(items: int, home: Path, env: Mapping[str, str], *, before: bool = False, minutes: int = 0) -> Path:
    """A SQLite file with today's tables, or with those of ``BEFORE``; made where there is none."""
    home.mkdir(parents=True, exist_ok=True)
    found = home / f"{items}{'-before' if before else ''}{f'-{minutes}-minutes' if minutes else ''}.sqlite3"
    if not found.exists():
        growing = found.with_suffix(".growing")
        growing.unlink(missing_ok=True)
        at = {"DATABASE_URL": f"sqlite:///{growing}"}
        words = ["--fill", str(items), "--minutes", str(minutes), *(["--before"] if before else [])]
        run("-m", "benchmarks.many.rows", *words, env={**env, **at})
        growing.rename(found)
    return found


def run(*words: str, env: Mapping[str, str]) -> None:
    """A Python process at the project's root that has to succeed."""
    subprocess.run([sys.executable, *words], cwd=ROOT, env=env, check=True)


def fill(items: int, *, before: bool = False, minutes: int = 0) -> None:
    """The tables, eight accounts, the rows, and what the planner wants to know of them.

    ``minutes``: so many between two items, and everything else that a site leaves behind with them.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from autopost_site.databases import wait_as_long_as_it_takes

    wait_as_long_as_it_takes(connection)
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    if before:
        targets = [*((app, name) for app, name in targets if app not in BEFORE), *BEFORE.items()]
    executor.migrate(targets)
    _lay_people_and_accounts(targets)
    says, faster = DIALECTS[connection.vendor], _FASTER[connection.vendor]
    laid = [*statements(says, items, minutes=minutes), *traces(says, items, minutes=minutes)] if minutes else None
    with connection.cursor() as cursor:
        for statement in (*faster, *(laid or statements(says, items))):
            cursor.execute(statement)
    if minutes:
        _add_up()
    _go_on_counting()
    analyse()


def analyse() -> None:
    """Let the planner count."""
    from django.db import connection

    with connection.cursor() as cursor:
        tables = "TABLE " + ", ".join(connection.introspection.table_names(cursor))
        cursor.execute({"mysql": f"ANALYZE {tables}", "postgresql": "VACUUM ANALYZE"}.get(connection.vendor, "ANALYZE"))


def _lay_people_and_accounts(targets: list[tuple[str, str]]) -> None:
    """In tables that may know less than today's models."""
    from django.contrib.auth.models import User
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    import connectors
    from social_queue.models import QueueItem

    User.objects.create_superuser(PERSON)
    ContentType.objects.get_for_model(QueueItem)
    state = MigrationExecutor(connection).loader.project_state(targets)
    accounts = state.apps.get_model("queue", "PlatformAccount").objects
    names = connectors.names()
    for number in range(8):
        accounts.create(platform=names[number % len(names)], slug=f"a{number}", address=f"a{number}")


def _add_up() -> None:
    """The counters stand where a site has them that has always counted."""
    from django.utils import timezone

    from metrics import watermarks
    from metrics.models import Watermark
    from metrics.sums import tallies, totals

    watermarks.lay(totals.MARK)
    Watermark.objects.filter(name=totals.MARK).update(added_until=timezone.now())
    tallies.add_up(timezone.now())


def _go_on_counting() -> None:
    """PostgreSQL's sequences know nothing of numbers that were given by hand."""
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    names = ("QueueItem", "Post", "Attempt", "Alert", "WebhookLog", "Event", "EventSending")
    tables = [*(apps.get_model("queue", name) for name in names), apps.get_model("admin", "LogEntry")]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


if __name__ == "__main__":
    import django

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fill", type=int, required=True, help="so many items, into the database of DATABASE_URL")
    parser.add_argument("--before", action="store_true", help="as an earlier version had its tables")
    parser.add_argument("--minutes", type=int, default=0, help="so many between two items, with all that comes of them")
    asked = parser.parse_args()
    django.setup()
    fill(asked.fill, before=asked.before, minutes=asked.minutes)
