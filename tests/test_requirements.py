"""What is installed: pinned with hashes, declared by whoever imports it, licensed so that anyone may host it."""

import re
import subprocess
import sys
from importlib import metadata

import pytest

from scripts import licences
from tests.support.environment import ROOT
from tests.support.source import FLOORS, modules, none

_LOCKS = {
    "requirements.lock": ("requirements.txt",),
    "requirements-dev.lock": ("requirements.txt", "requirements-dev.txt"),
    "requirements-mysql.lock": ("requirements-mysql.txt",),
    "requirements-postgres.lock": ("requirements-postgres.txt",),
    "requirements-s3.lock": ("requirements-s3.txt",),
    "requirements-clients.lock": ("requirements-clients.txt",),
    "requirements-bench.lock": ("requirements.txt", "requirements-bench.txt"),
}
#: Whoever may host Autopost may do it for money, change it, and keep the changes.
_PERMISSIVE = {
    *("Apache-2.0", "BSD 3-Clause", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "ISC", "MIT", "MIT-0", "MIT-CMU"),
    *("MPL-2.0", "PSF-2.0", "Unlicense"),
}
#: Not permissive, but no part of Autopost: installed beside it by whoever wants that database, and free to use.
_OTHERS = {
    "mysqlclient": "GPL-2.0-or-later",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
}


def _listed(file: str) -> dict[str, str]:
    """Name -> version of every line that pins something, names as package indexes compare them."""
    lines = (ROOT / file).read_text().splitlines()
    pins = [re.match(r"([\w.-]+)==([\w.]+)", line) for line in lines]
    return {re.sub(r"[-_.]+", "-", pin[1]).lower(): pin[2] for pin in pins if pin}


@pytest.mark.parametrize(("lock", "lists"), _LOCKS.items(), ids=_LOCKS)
def test_what_is_required_is_locked_at_that_version(lock, lists):
    locked = _listed(lock)
    wanted = {name: version for file in lists for name, version in _listed(file).items()}
    assert wanted
    assert {name: locked.get(name) for name in wanted} == wanted, "make lock"


@pytest.mark.parametrize("lock", _LOCKS)
def test_every_locked_package_has_the_hashes_of_its_files(lock):
    # A continued line ends with a backslash; one logical line is one package.
    packages = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    none(line.split()[0] for line in packages if not re.search(r"^#|--hash=sha256:[0-9a-f]{64}", line))


def test_the_locks_agree_with_each_other():
    production = _listed("requirements.lock")
    for other in ("requirements-dev.lock", "requirements-bench.lock"):
        locked = _listed(other)
        assert {name: locked.get(name) for name in production} == production, other
    for beside in ("requirements-postgres.lock", "requirements-s3.lock"):
        added = _listed(beside)
        assert {name: production.get(name, version) for name, version in added.items()} == added, beside


def test_no_lock_names_an_index():
    none(f"{lock} holds an address" for lock in _LOCKS if "://" in (ROOT / lock).read_text())


def test_whatever_is_installed_is_locked():
    """An import that only works because somebody once installed something fails on every other machine."""
    locked = {name for lock in _LOCKS for name in _listed(lock)}
    assert licences.installed() - locked - {"pip"} == set()


def test_the_product_starts_without_what_only_the_tests_need():
    """In a Python that finds none of the packages for development, as on a server."""
    only_for_tests = sorted(set(_listed("requirements-dev.lock")) - set(_listed("requirements.lock")))
    owned = {}
    for top, owners in metadata.packages_distributions().items():
        owned.setdefault(re.sub(r"[-_.]+", "-", owners[0]).lower(), []).append(top)
    hidden = sorted(top for name in only_for_tests for top in owned.get(name, []))
    assert {"pytest", "pkg_resources", "setuptools"} <= set(hidden)
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({hidden!r}))\n"
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('check')\n"
        "import autopost_site.wsgi, connectors.sandbox\n"
        "from connectors import names, get\n"
        "assert [get(name).limits.length('a. 😷 example.com') for name in names()]\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_every_licence_allows_hosting_for_money():
    for name in licences.installed() & set(licences.locked(*licences.LOCKS)):
        told = licences.licence_of(name)
        allowed = set(re.split(r" (?:OR|AND) ", told)) <= _PERMISSIVE or _OTHERS.get(name) == told
        assert allowed, f"{name}: {told}"


def test_the_page_of_licences_is_of_what_is_locked():
    rows = {name: version for name, version, _licence in licences.written()}
    locked = licences.locked(*licences.LOCKS)
    missing = (licences.installed() & set(locked)) - set(rows)
    assert (missing, {name: locked.get(name) for name in rows}) == (set(), rows), "make licences"


def test_whatever_the_tests_and_the_benchmarks_import_is_declared():
    declared = {name for lists in (*_LOCKS.values(), ("requirements.txt",)) for file in lists for name in _listed(file)}
    owners = metadata.packages_distributions()
    # The clients live in a virtual environment of their own, where nothing of ours can see who owns what.
    owners |= {"telegram": ["python-telegram-bot"], "facebook_business": ["facebook-business"], "celery": ["celery"]}
    ours = {*FLOORS, "tests", "benchmarks", "scripts", "autopost_client", *sys.stdlib_module_names}
    ours.add("autopost_api")  # made of our own description while the tests run
    none(
        module.at(line, f"{name} is in no requirements file")
        for module in modules("tests", "benchmarks", "scripts")
        for name, line in module.imports()
        if (top := name.split(".")[0]) not in ours
        and re.sub(r"[-_.]+", "-", owners.get(top, [top])[0]).lower() not in declared
    )
