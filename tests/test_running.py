"""`make test` says what did not run, and where CI=true lets nothing of it pass."""

import os
import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from tests.support import mariadb, once, run
from tests.support.environment import HOME, ROOT

SUITE = """
import pytest

def test_that_runs():
    assert True

@pytest.mark.skip(reason="no server here")
def test_that_is_skipped():
    assert True

@pytest.mark.xfail(reason="known", strict=True)
def test_that_is_known_to_fail():
    assert False

@pytest.mark.only_on("nowhere")
def test_that_another_database_runs():
    assert False
"""


@pytest.fixture
def outcome(tmp_path):
    """``outcome(ci)``: exit status and words of pytest over SUITE with our conftest and CI set to ``ci``."""
    (tmp_path / "test_suite.py").write_text(SUITE)

    def run_pytest(ci: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", str(tmp_path)]
        env = {name: value for name, value in os.environ.items() if name not in (HOME, "DATABASE_URL")} | {"CI": ci}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, done.stdout

    return run_pytest


def test_a_skipped_test_passes_on_a_laptop(outcome):
    status, words = outcome("")
    assert (status, "1 passed, 1 skipped, 1 deselected, 1 xfailed" in words) == (0, True), words


def test_a_skipped_test_fails_in_ci(outcome):
    status, words = outcome("true")
    assert (status, "1 passed, 1 deselected, 1 xfailed, 1 error" in words) == (1, True), words
    assert "was skipped although CI=true: Skipped: no server here" in words


def test_a_skipped_file_fails_in_ci_too(outcome, tmp_path):
    (tmp_path / "test_more.py").write_text("import pytest\npytest.importorskip('a_module_that_nobody_has')\n")
    status, words = outcome("true")
    assert (status, "test_more.py was skipped although CI=true" in words) == (2, True), words


@pytest.mark.parametrize(("in_ci", "good"), [(False, True), (True, False)])
def test_a_part_that_could_not_run_fails_in_ci_only(monkeypatch, in_ci, good):
    monkeypatch.setattr(run, "IN_CI", in_ci)
    part = run.Part("MariaDB", trouble="the server is missing", could_not_run=True)
    assert part.good is good
    assert str(part) == "MariaDB NOT RUN (the server is missing)"


@pytest.mark.parametrize("part", [run.Part("x", passed=5, failed=1), run.Part("x", trouble="pytest ended with 3")])
def test_a_part_that_failed_is_never_good(monkeypatch, part):
    monkeypatch.setattr(run, "IN_CI", False)
    assert not part.good


def test_a_machine_without_mariadb_says_what_to_install(monkeypatch):
    monkeypatch.setenv("NO_APT", "1")
    monkeypatch.setattr(mariadb.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(mariadb.importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(mariadb.subprocess, "run", lambda *_, **__: None)
    with pytest.raises(mariadb.Unavailable, match="apt-get install mariadb-server-core"), mariadb.private_server():
        pytest.fail("there is no server to run")


def test_need_debian_says_no_without_touching_anything_when_apt_is_out_of_bounds():
    asked = [ROOT / "scripts" / "need-debian", "a-package-that-nobody-has"]
    done = subprocess.run(asked, env=os.environ | {"NO_APT": "1"}, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, b"")


def test_no_test_trusts_certificates_that_its_machine_was_told_to_trust():
    """With them a test would pass that wants a stranger's certificate to be refused."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    script = (
        "import os; from tests.support import environment\n"
        "home = environment.prepare()\n"
        f"print([name for name in {names} if name in os.environ])\n"
        "environment.remove(home)\n"
    )
    outside = {name: value for name, value in os.environ.items() if name != HOME}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=outside | dict.fromkeys(names, "/etc/ssl/certs/a-company.pem"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("place", "fixtures", "marks", "missed"),
    [
        ("connectors/test_wire.py", [], [], False),
        ("connectors/test_wire.py", ["tmp_path", "db"], [], True),
        ("connectors/vendors/meta/test_errors.py", [], [pytest.mark.django_db], True),
        ("connectors/test_wire.py", [], [pytest.mark.only_on("mysql")], True),
        ("connectors/test_wire.py", ["db"], [pytest.mark.only_on("sqlite")], False),
        ("admin/test_edges.py", ["db"], [], False),
        ("admin/test_edges.py", ["db"], [pytest.mark.only_on("postgresql")], True),
        ("delivery/test_claim.py", ["db"], [], False),
    ],
)
def test_no_file_with_a_test_for_a_server_is_kept_from_it(place, fixtures, marks, missed):
    by_name = {mark.name: mark.mark for mark in marks}
    item = SimpleNamespace(path=ROOT / "tests" / place, nodeid=place, fixturenames=fixtures)
    item.get_closest_marker = by_name.get
    with pytest.raises(pytest.UsageError, match=place) if missed else nullcontext():
        once.check([item])
