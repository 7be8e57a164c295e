"""The environment of every test run: fixed, and blind to the developer's own .env and exported settings."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / ".env.example"
#: Nothing listens here: a test that forgets the sandbox is refused at once and never reaches a real platform.
NOWHERE = "http://127.0.0.1:9"
#: Set by the process that makes the run's folder; workers of the same run inherit it.
HOME = "AUTOPOST_TESTS_HOME"
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")

#: Certificates that a developer's machine vouches for: with them a test passes that wants a stranger's to be refused.
_TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_SETTING = re.compile(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
_FIXED = {
    "SECRET_KEY": "only-for-the-tests-of-this-project-and-nothing-else",
    "PUBLIC_BASE_URL": "http://autopost.test",
    "FACEBOOK_API_URL": NOWHERE,
    "INSTAGRAM_API_URL": NOWHERE,
    "TELEGRAM_API_URL": NOWHERE,
    "X_API_URL": NOWHERE,
    "BITLY_API_URL": NOWHERE,
    "META_LOGIN_URL": NOWHERE,
    "INSTAGRAM_LOGIN_URL": NOWHERE,
    "INSTAGRAM_TOKEN_URL": NOWHERE,
}


def documented() -> dict[str, str]:
    """Every setting named in .env.example with the value that stands there."""
    return {name: value for _, name, value in _SETTING.findall(EXAMPLE.read_text())}


def switched_off() -> set[str]:
    """The settings that .env.example names behind a #, since their default depends on others."""
    return {name for mark, name, _ in _SETTING.findall(EXAMPLE.read_text()) if mark}


def prepare() -> Path | None:
    """Give every setting its value for tests, in this process and its children.

    Returns the run's new folder, which the caller removes at the end; None in a worker that shares its parent's.
    DATABASE_URL is the one setting that may come from outside: it chooses the database the suite runs on.
    """
    keep_bytecode(os.environ)
    sys.dont_write_bytecode = False
    os.environ["DJANGO_SETTINGS_MODULE"] = "autopost_site.settings"
    if HOME in os.environ:
        return None
    home = Path(tempfile.mkdtemp(prefix="autopost-tests-"))
    elsewhere = {"DATABASE_URL": f"sqlite:///{home / 'autopost.sqlite3'}"} | {
        name: value for name, value in os.environ.items() if name == "DATABASE_URL" and value
    }
    for name in _TRUST:
        os.environ.pop(name, None)
    os.environ.update(documented() | _FIXED | {"MEDIA_ROOT": str(home / "media"), HOME: str(home)} | elsewhere)
    return home


def keep_bytecode(told: MutableMapping[str, str]) -> None:
    """Let Python keep what it compiles, beside the sources as everywhere, for processes with this environment.

    Containers often tell it not to, since they start once. Here every one of some hundred processes would compile all
    of Autopost anew, and pytest rewrite all tests.
    """
    told.pop("PYTHONDONTWRITEBYTECODE", None)


def remove(home: Path) -> None:
    """Remove the run's folder and forget it."""
    shutil.rmtree(home, ignore_errors=True)
    os.environ.pop(HOME, None)
