"""A setting that is written down empty is as good as left out, or is refused by a sentence that names it."""

import json
import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from tests.support import children, environment

ROOT = environment.ROOT
#: Empty, these have a meaning of their own.
_MEANS_NONE = {"CARD_BRAND": "no name at the foot of the cards"}
_SERVER = {
    "DEBUG": "false",
    "SECRET_KEY": "s" * 50,
    "CREDENTIALS_KEY": Fernet.generate_key().decode(),
    "PUBLIC_BASE_URL": "https://post.example.com",
    "DATABASE_URL": "sqlite:////var/lib/autopost.sqlite3",
    "MEDIA_ROOT": "/srv/autopost/media",
}
#: Reads the settings anew for each of what it is given: the change that an empty value makes against none.
_READ_AGAIN = """
import json, os, sys
from pathlib import Path
from django.core.exceptions import ImproperlyConfigured

settings = Path("autopost_site/settings.py").resolve()
code = compile(settings.read_bytes(), str(settings), "exec")

def seen(given):
    for name in names:
        os.environ.pop(name, None)
    os.environ.update(given)
    found = {"__name__": "settings", "__file__": str(settings)}
    try:
        exec(code, found)
    except ImproperlyConfigured as fault:
        return str(fault)
    return {name: repr(value) for name, value in found.items() if name.isupper() and name != "UNFOLD"}

site, names, blank = json.load(sys.stdin)
told = {}
for name in names:
    others = {other: value for other, value in site.items() if other != name}
    without, empty = seen(others), seen(others | {name: blank})
    if empty == without or isinstance(empty, str):
        told[name] = empty if isinstance(empty, str) else "as without"
    else:
        told[name] = {key: empty[key] for key in empty if empty[key] != without[key]}
print(json.dumps(told))
"""


def _read_again(site: dict[str, str], blank: str) -> dict[str, str | dict[str, str]]:
    if (ROOT / ".env").exists():
        pytest.skip("a .env of this machine speaks for what is not given")
    names = sorted(environment.documented())
    given = json.dumps([site, names, blank])
    words = [sys.executable, "-c", _READ_AGAIN]
    done = subprocess.run(words, input=given, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("blank", ["", "  "], ids=["empty", "spaces"])
@pytest.mark.parametrize("site", [{}, {"SANDBOX": "true"}, _SERVER], ids=["laptop", "sandbox", "server"])
def test_an_empty_setting_is_its_default_or_is_refused_by_name(site, blank):
    wrong = {}
    for name, told in _read_again(site, blank).items():
        refused = isinstance(told, str) and f"{name} " in told and "literal" not in told and "convert" not in told
        if told != "as without" and not refused and name not in _MEANS_NONE:
            wrong[name] = told
    assert wrong == {}


def _in_force(name: str, **given: str) -> str:
    kept = {key: value for key, value in os.environ.items() if key not in environment.documented()}
    words = ["-c", f"from autopost_site import settings; print(settings.{name})"]
    done = children.run_anew(*words, told=kept | given)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_an_empty_media_root_publishes_no_other_folder():
    assert _in_force("MEDIA_ROOT", MEDIA_ROOT="") == str(ROOT / "media")


@pytest.mark.parametrize("name", ["FACEBOOK_API_URL", "INSTAGRAM_API_URL", "TELEGRAM_API_URL", "META_LOGIN_URL"])
def test_with_the_sandbox_on_an_empty_address_is_the_sandbox(name):
    assert _in_force(name, SANDBOX="true", **{name: ""}) == "http://127.0.0.1:9009"


def test_an_empty_address_of_the_site_makes_no_links_without_a_host():
    assert _in_force("PUBLIC_BASE_URL", PORT="8123", PUBLIC_BASE_URL=" ") == "http://127.0.0.1:8123"


def test_what_decides_over_secrets_or_rows_is_not_guessed():
    assert "DEBUG" in (told := _in_force("DEBUG", DEBUG="")) and "true or false" in told
    assert "DATABASE_URL" in (told := _in_force("DATABASES", DATABASE_URL="")) and "cockroach" not in told


def test_a_mark_at_the_beginning_of_the_file_hides_no_setting(tmp_path):
    """Editors on Windows write one."""
    for folder in ("autopost_site", "social_queue", "connectors", "metrics"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    kept = {key: value for key, value in os.environ.items() if key not in environment.documented()}
    (tmp_path / ".env").write_text("\ufeffTIME_ZONE=Asia/Jakarta\nLINK_MODE=plain\n", encoding="utf-8")
    words = [sys.executable, "-c", "from autopost_site import settings; print(settings.TIME_ZONE, settings.LINK_MODE)"]
    done = subprocess.run(words, env=kept, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["Asia/Jakarta", "plain"]
