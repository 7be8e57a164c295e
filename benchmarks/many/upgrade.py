"""How long each migration since BEFORE takes with a million items, and who waits: `python -m benchmarks.many.upgrade`.

Beside it one process reads a row of each large table every 20 ms and another changes one, as a running site does: their
longest wait during a migration says whether that site would have had to stop.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.ground import DATABASES, ROOT, ground, table
from benchmarks.many import rows

_TABLES = ("social_queue", "social_posts", "social_attempts")
_PAUSE_S = 0.02
_COLUMNS = ["migration", "seconds", "longest read", "longest write", "refused"]


def main() -> None:
    """One database; SQLite's file before the upgrade may lie in a folder from an earlier run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", nargs="?", choices=DATABASES, default="sqlite")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a folder where SQLite's file lies, or is laid")
    parser.add_argument("--visit", choices=_ACTS, help="(a child) read or write until told to end")
    asked = parser.parse_args()
    if asked.visit:
        _visit(asked.visit)
        return
    with ground(asked.database) as env, tempfile.TemporaryDirectory(prefix="autopost-upgrade-") as folder:
        if asked.database == "sqlite":
            file = Path(folder) / "upgraded.sqlite3"
            shutil.copyfile(rows.file(asked.items, asked.keep or Path(folder), env, before=True), file)
            env["DATABASE_URL"] = f"sqlite:///{file}"
        os.environ.update(env)
        import django

        django.setup()
        if asked.database != "sqlite":
            rows.fill(asked.items, before=True)
        print(f"{asked.items:,} items on {asked.database}\n\n" + table(_measured(env), _COLUMNS))


def _measured(env: dict[str, str]) -> list[dict[str, str]]:
    with _visitor("read", env) as reads, _visitor("write", env) as writes:
        time.sleep(2)
        spans = _migrated()
    waits = {"longest read": json.loads(reads[0]), "longest write": json.loads(writes[0])}
    return [_row(name, begin, end, waits) for name, begin, end in [("all", spans[0][1], spans[-1][2]), *spans]]


def _row(name: str, begin: float, end: float, waits: dict[str, list[list[Any]]]) -> dict[str, str]:
    row, refused = {"migration": name, "seconds": f"{end - begin:.1f}"}, []
    for column, found in waits.items():
        mine = [one for one in found if one[0] < end and one[1] > begin]
        longest = max(mine, key=lambda one: one[1] - one[0], default=None)
        row[column] = f"{longest[1] - longest[0]:.1f} s" if longest else "–"
        refused += [one[2] for one in mine if one[2]]
    return row | {"refused": f"{len(refused)} × {refused[0]}" if refused else "0"}


def _migrated() -> list[tuple[str, float, float]]:
    """(name, begin, end) of each, as `migrate` carries them out."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from autopost_site.databases import wait_as_long_as_it_takes

    began: dict[str, float] = {}
    found = []

    def told(act: str, migration: Any = None, fake: bool = False) -> None:
        if act == "apply_start":
            began[str(migration)] = time.time()
        elif act == "apply_success":
            found.append((str(migration), began[str(migration)], time.time()))

    wait_as_long_as_it_takes(connection)
    executor = MigrationExecutor(connection, told)
    executor.migrate(executor.loader.graph.leaf_nodes())
    return found


@contextmanager
def _visitor(act: str, env: dict[str, str]) -> Iterator[list[str]]:
    """Its answer stands in the list afterwards."""
    words = [sys.executable, "-m", "benchmarks.many.upgrade", "--visit", act]
    child = subprocess.Popen(words, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    heard: list[str] = []
    try:
        yield heard
    finally:
        heard.append(child.communicate()[0])


_ACTS = {"read": "SELECT id FROM {} WHERE id = 1", "write": "UPDATE {} SET {} = {} WHERE id = 1"}
_WRITTEN = {"social_queue": "skip_reason", "social_posts": "error", "social_attempts": "error"}


def _visit(act: str) -> None:
    """Touch the tables in turn until standard input ends; prints [begin, end, what was refused] of every long wait."""
    import select

    import django

    django.setup()
    from django.db import DatabaseError, connection

    def touched(name: str) -> str:
        column = _WRITTEN[name]
        try:
            with connection.cursor() as cursor:
                cursor.execute(_ACTS[act].format(name, column, column))
        except DatabaseError as fault:
            connection.close()
            return str(fault)[:60]
        return ""

    waits: list[tuple[float, float, str]] = []
    while not select.select([sys.stdin], [], [], _PAUSE_S)[0]:
        for name in _TABLES:
            begin = time.time()
            refused = touched(name)
            if time.time() - begin > 0.1 or refused:
                waits.append((begin, time.time(), refused))
    print(json.dumps(waits))


if __name__ == "__main__":
    main()
