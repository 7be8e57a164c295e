"""The ground measurements stand on: a database and folders of their own, and processes with short patience."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: The databases that measurements run on.
DATABASES = ("sqlite", "mariadb", "postgres")
METRICS_TOKEN = "only-for-measurements"
#: Short times, in the order the settings' check demands, so that a dead worker's posts come back within seconds.
IMPATIENT = {
    "TICK_BUDGET": "1",
    "PREPARE_BUDGET": "1",
    "CONNECT_TIMEOUT": "1",
    "READ_TIMEOUT": "2",
    "Q_TIMEOUT": "6",
    "LEASE_SECONDS": "7",
    "Q_RETRY": "8",
    "RECONCILE_AFTER": "3",
    "UNDECIDED_AFTER": "30",
}
#: One account on each of the sandbox's platforms.
ACCOUNTS = {
    "facebook": ("1029384756", {"access_token": "sandbox-page"}),
    "instagram": ("17841400001234567", {"access_token": "sandbox-ig"}),
    "telegram": ("-1001234567890", {"bot_token": "4242:sandbox-bot"}),
    "twitter": (
        "kabarmain",
        {
            "api_key": "sandbox-key",
            "api_secret": "sandbox-secret",
            "access_token": "sandbox-kabarmain",
            "access_token_secret": "sandbox-token-secret",
        },
    ),
}


@contextlib.contextmanager
def ground(database: str, **more: str) -> Iterator[dict[str, str]]:
    """The environment for every process of a measurement on one of DATABASES; all is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="autopost-bench-"))
    try:
        with _address(database, home) as address:
            yield environment(address, home) | more
    finally:
        shutil.rmtree(home, ignore_errors=True)


def environment(address: str, home: Path = Path("/nonexistent")) -> dict[str, str]:
    """What a process is told that works on the database of this address, with its files in ``home``."""
    told = {
        "DATABASE_URL": address,
        "MEDIA_ROOT": str(home / "media"),
        "CLICK_SPOOL": str(home / "clicks.jsonl"),
        "SECRET_KEY": "only-for-measurements",
        "DEBUG": "false",
        "CREDENTIALS_KEY": "bWVhc3VyZW1lbnRzLW9ubHktMzItYnl0ZXMtbG9uZyE=",
        "PUBLIC_BASE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1",
        "METRICS_TOKEN": METRICS_TOKEN,
        # Nobody who measures is told to wait.
        "API_RATE_LIMIT": "1000000",
        "LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "autopost_site.settings",
    }
    return os.environ | told


@contextlib.contextmanager
def _address(database: str, home: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{home / 'bench.sqlite3'}"
        return
    from tests.support import mariadb, postgres

    with {"mariadb": mariadb, "postgres": postgres}[database].private_server() as address:
        {"mariadb": create_in_mariadb, "postgres": create_in_postgres}[database](address)
        yield address


def create_in_mariadb(address: str) -> None:
    """Create the database that the address names, on a server that is there."""
    import MySQLdb
    from dj_database_url import parse

    told = parse(address)
    server = MySQLdb.connect(host=told["HOST"], port=told["PORT"], user=told["USER"], passwd=told["PASSWORD"])
    with contextlib.closing(server), server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{told['NAME']}` CHARACTER SET utf8mb4")


def create_in_postgres(address: str) -> None:
    """The same on PostgreSQL."""
    import psycopg

    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as held:
        held.execute(f'CREATE DATABASE "{name}"')


def child(*words: str, env: dict[str, str]) -> subprocess.Popen:
    """A Python process at the project's root, in a group of its own; its output goes nowhere."""
    return subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=None, start_new_session=True
    )


def table(rows: list[dict], columns: list[str]) -> str:
    """Rows as a Markdown table."""
    shown = [columns, *([str(row.get(column, "")) for column in columns] for row in rows)]
    widths = [max(len(row[place]) for row in shown) for place in range(len(columns))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in shown
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
