"""Files of tests that the first database is enough for: what they prove lies above the ORM, and they take long.

What locks, races, counts, searches, migrates or is killed runs on every database, and so does all that is not named.
"""

from tests.support.environment import ROOT

_FILES = {
    # Pages: forms, words, rights and what stands where. Lists, acts on many and undo run everywhere.
    "tests/admin": (
        "connecting", "edges", "indonesian", "inviting", "item_pages", "mending", "other_pages", "people",
        "reconnecting", "roles", "second_factor",
    ),
    # Files, pictures and buckets.
    "tests/media": ("bucket", "illustrations", "own_copies"),
    # Processes, sockets and brokers; what a kill does to albums and videos lies with the platforms.
    "tests": ("crash_album", "crash_video", "fifth_platform", "large_videos", "logs", "stopping"),
    "tests/api": ("slow_callers",),
    "tests/commands": ("working",),
    "tests/deploy": ("restart",),
    "tests/python_client": ("mcp", "mcp_http", "recipes"),
    "tests/workings": ("kick",),
    # Words and the clock.
    "tests/accounts": ("tokens",),
    "tests/alerts": ("bundles",),
    "tests/intake": ("ai",),
    "tests/webhooks": ("field_map",),
    "tests/wording": ("labels", "links"),
}  # fmt: skip

PATHS = frozenset(ROOT / folder / f"test_{name}.py" for folder, names in _FILES.items() for name in names)

if missing := sorted(str(path) for path in PATHS if not path.is_file()):
    raise FileNotFoundError(f"tests/support/once.py names files that are not there: {', '.join(missing)}")
