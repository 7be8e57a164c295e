"""What the files at the top of the project promise."""

import ast
import json
import os
import re
import subprocess
import sys
from importlib import metadata

import pytest
from django.conf import settings
from django.db import connection

from tests.support import environment
from tests.support.source import FLOORS, modules, none

ROOT = environment.ROOT
#: Named in settings or on a command line, never imported by us.
_USED_WITHOUT_AN_IMPORT = {
    "concurrent-log-handler": "a handler named in LOGGING",
    "django-csp": "a middleware",
    "django-unfold": "an app",
    "drf-spectacular-sidecar": "an app",
    "gunicorn": "the Procfile",
    "twitter-text-parser": "its patterns, found by importlib",
}
_PRINT_SETTINGS = """
import json
from autopost_site import settings
names = [name for name in vars(settings) if name.isupper() and name != "UNFOLD"]  # whose words are translated later
print(json.dumps({name: repr(getattr(settings, name)) for name in names}))
"""


def _settings_read() -> set[str]:
    """The names handed to settings.read and settings.platform_address."""
    tree = ast.parse((ROOT / "autopost_site" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    named = [call.args[0] for call in calls if call.func.id in ("read", "platform_address")]
    return {name.value for name in named if isinstance(name, ast.Constant)}


def test_the_example_file_names_exactly_the_settings_that_are_read():
    assert set(environment.documented()) == _settings_read()


def test_every_setting_of_the_example_file_stands_under_a_comment():
    lines = environment.EXAMPLE.read_text().splitlines()
    assert [line for before, line in zip(lines, lines[1:], strict=False) if "=" in line and not before] == []


def test_a_copy_of_the_example_file_changes_no_default():
    off = environment.switched_off()
    in_force = {name: value for name, value in environment.documented().items() if name not in off}
    assert _settings_under(in_force) == _settings_under({})


def _settings_under(given: dict[str, str]) -> dict[str, str]:
    """Every setting's value in a process that sees these settings and no others; skips where a .env would be read."""
    if (ROOT / ".env").exists():
        pytest.skip("a .env of this machine speaks for what is not given")
    kept = {name: value for name, value in os.environ.items() if name not in environment.documented()}
    told = subprocess.run(
        [sys.executable, "-c", _PRINT_SETTINGS], env=kept | given, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(told.stdout)


def test_the_tests_see_neither_the_developers_settings_nor_a_real_platform():
    addresses = [settings.FACEBOOK_API_URL, settings.INSTAGRAM_API_URL, settings.TELEGRAM_API_URL, settings.X_API_URL]
    assert set(addresses) == {environment.NOWHERE}
    assert settings.TELEGRAM_ALERT_BOT_TOKEN == ""


def test_every_setting_is_given_to_the_tests_and_their_children():
    assert all(name in os.environ for name in environment.documented())


@pytest.mark.django_db
def test_the_database_of_the_tests_is_not_the_developers():
    name = str(connection.settings_dict["NAME"])
    assert "test" in name and str(ROOT) not in name


def _pinned(*files: str) -> set[str]:
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines()]
    return {_plain(line.split("==")[0]) for line in lines if re.match(r"[\w.-]+==[\w.]+$", line)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(*tops: str) -> dict[str, str]:
    """Distribution -> one place that imports it."""
    ours = {*FLOORS, "tests", "benchmarks", "scripts", *sys.stdlib_module_names}
    owners = metadata.packages_distributions()
    found = {}
    for module in modules(*tops):
        for name, line in module.imports():
            top = name.split(".")[0]
            if top not in ours:
                found[_plain(owners.get(top, [top])[0])] = module.at(line, name)
    return found


def test_whatever_the_product_imports_is_pinned():
    imported = _imported(*FLOORS, "scripts")
    # What speaks to a bucket, or to MySQL, is imported only where somebody has one.
    pinned = _pinned("requirements.txt", "requirements-s3.txt", "requirements-mysql.txt")
    none(f"{place} is not in requirements.txt ({name})" for name, place in imported.items() if name not in pinned)


def test_whatever_is_pinned_is_used():
    imported = _imported(*FLOORS, "scripts")
    unused = _pinned("requirements.txt", "requirements-s3.txt") - set(imported) - set(_USED_WITHOUT_AN_IMPORT)
    assert unused == set()


def test_the_mysql_driver_is_asked_for_by_its_own_file_only():
    assert "mysqlclient" in _pinned("requirements-mysql.txt")
    assert "mysqlclient" not in _pinned("requirements.txt", "requirements-dev.txt")


def test_the_postgresql_driver_is_asked_for_by_its_own_file_only():
    assert {"psycopg", "psycopg-binary"} <= _pinned("requirements-postgres.txt")
    assert not {"psycopg", "psycopg-binary"} & _pinned("requirements.txt", "requirements-dev.txt")


def test_every_requirement_is_pinned_exactly():
    lines = [line for file in ROOT.glob("requirements*.txt") for line in file.read_text().splitlines()]
    assert [line for line in lines if line and not re.match(r"#|[\w.-]+==[\w.]+$", line)] == []


def test_the_help_lists_every_target_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    assert targets == set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
