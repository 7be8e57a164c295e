"""Files of tests that the first database is enough for: what they prove lies above the ORM, and they take long.

What locks, races, counts, searches, migrates or is killed runs on every database, and so does all that is not named.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.environment import ROOT

_FILES = {
    # Pages: forms, words, rights and what stands where. Lists, acts on many and undo run everywhere.
    "tests/admin": (
        "composer", "composing_faults", "connecting", "connecting_safely", "edges", "inbound_pages", "indonesian",
        "inviting", "item_pages", "log_in", "mending", "only_our_pages", "other_pages", "people", "previews",
        "reconnecting", "roles", "second_factor", "wordings",
    ),
    # Files, pictures and buckets.
    "tests/media": ("bucket", "illustrations", "own_copies"),
    # Processes, sockets and brokers; what a kill does to albums and videos lies with the platforms.
    "tests": (
        "crash_album", "crash_video", "fifth_platform", "headers", "large_videos", "logs", "static_files", "stopping",
    ),
    "tests/api": ("over_a_socket", "slow_callers"),
    "tests/commands": ("working",),
    "tests/deploy": ("restart",),
    "tests/python_client": ("mcp", "mcp_http", "recipes"),
    "tests/workings": ("kick",),
    # Words and the clock.
    "tests/accounts": ("tokens",),
    "tests/alerts": ("bundles",),
    "tests/intake": ("ai",),
    "tests/webhooks": ("field_map",),
    "tests/wording": ("captions", "labels", "links"),
}  # fmt: skip

#: Folders and files of which no test asks for a database.
_WITHOUT = tuple(
    ROOT / "tests" / name
    for name in (
        "connectors", "reading", "test_architecture.py", "test_docs.py", "test_manners.py",
        "test_mutants.py", "test_requirements.py", "test_sentences.py", "test_setup.py", "test_workflow.py",
    )
)  # fmt: skip
_SERVERS = ("mysql", "postgresql")
PATHS = frozenset(ROOT / folder / f"test_{name}.py" for folder, names in _FILES.items() for name in names)

if missing := sorted(str(path) for path in PATHS.union(_WITHOUT) if not path.exists()):
    raise FileNotFoundError(f"tests/support/once.py names files that are not there: {', '.join(missing)}")


def belongs_elsewhere(item: pytest.Item, vendor: str) -> bool:
    """Whether another part of the suite runs it: one of another database, or the first for all."""
    mark = item.get_closest_marker("only_on")
    if mark is not None:
        return vendor not in mark.args
    return vendor != "sqlite" and (item.path in PATHS or not _uses_a_database(item))


def _uses_a_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db", "live_server", "client", "admin_client"} & set(item.fixturenames)
    return bool(asked) or item.get_closest_marker("django_db") is not None


def holds_nothing_for(path: Path, vendor: str) -> bool:
    """Whether no test of that file or folder runs there, so that it need not be imported: every worker does that anew.

    It may say no where it is so; that it never says yes where it is not is looked at by ``check``.
    """
    return vendor != "sqlite" and (path in PATHS or any(path.is_relative_to(place) for place in _WITHOUT))


def check(items: Iterable[pytest.Item]) -> None:
    """Raises UsageError for a test that would run on a server, in a file that is not imported there."""
    missed = [
        item.nodeid
        for item in items
        for vendor in _SERVERS
        if holds_nothing_for(item.path, vendor) and not belongs_elsewhere(item, vendor)
    ]
    if missed:
        raise pytest.UsageError(f"tests/support/once.py keeps these from the servers: {', '.join(missed)}")
