"""The processes that tests start: one that was forked can't be told from one that Python was started for."""

import json
import os
import signal
import subprocess

import pytest

from tests.support import children, clusters, forked

pytestmark = pytest.mark.only_on("sqlite")

#: What a program can find out about itself.
_SELF = """
import json, os, re, sys
from pathlib import Path
import django; django.setup()
from django.conf import settings
from django.db import connection
from django.core.files.storage import default_storage
print(json.dumps({
    "database": repr(connection.settings_dict),
    "settings": {
        name: re.sub(" at 0x[0-9a-f]+", "", repr(getattr(settings, name))) for name in dir(settings) if name.isupper()
    },
    "environment": dict(os.environ),
    "media": default_storage.path("x"),
    "words": sys.argv, "name": __name__, "main": sys.modules["__main__"].__dict__ is globals(),
    "folder": os.getcwd(), "umask": os.umask(0o22), "group": os.getpgrp(),
    "descriptors": sorted(path.name for path in Path("/proc/self/fd").iterdir()),
    "buffered": [sys.stdout.line_buffering, sys.stderr.line_buffering, sys.stdout.encoding],
    "signals": [str(signal) for signal in map(__import__("signal").getsignal, (1, 2, 13, 15, 17))],
}))
"""


@pytest.fixture
def as_usual(monkeypatch):
    """Call it: from now on children are started as anybody starts Python."""
    return lambda: monkeypatch.setattr(forked, "POSSIBLE", False)


@pytest.mark.django_db
def test_a_forked_program_finds_itself_as_a_started_one_does(sandbox, media_root, settings, as_usual):
    settings.PUBLIC_BASE_URL = "https://desk.test"
    with children.start("-c", _SELF, "a", "b c") as child:
        out, err = child.communicate(timeout=60)
    assert isinstance(child, forked.Program)
    assert err == ""
    as_usual()
    started = children.run("-c", _SELF, "a", "b c")
    assert json.loads(out) == json.loads(started.stdout)
    assert json.loads(out)["words"] == ["-c", "a", "b c"]
    assert sandbox.url in json.loads(out)["settings"]["X_API_URL"]


ENDS = {
    "print('said')": ("said\n", "", 0),
    "import sys; sys.exit(3)": ("", "", 3),
    "import sys; sys.exit('a reason')": ("", "a reason\n", 1),
    "import os; os.kill(os.getpid(), 9)": ("", "", -9),
    "import os; os._exit(4)": ("", "", 4),
    "import atexit; atexit.register(print, 'bye'); print('hello')": ("hello\nbye\n", "", 0),
    "import threading; threading.Timer(0.1, print, ['late']).start()": ("late\n", "", 0),
}


@pytest.mark.django_db
@pytest.mark.parametrize("text", ENDS)
def test_it_ends_as_a_started_one_does(text, as_usual):
    forks = children.run("-c", text)
    as_usual()
    starts = children.run("-c", text)
    assert (forks.stdout, forks.stderr, forks.returncode) == ENDS[text]
    assert (starts.stdout, starts.stderr, starts.returncode) == ENDS[text]


@pytest.mark.django_db
def test_a_fault_is_told_with_its_traceback():
    done = children.run("-c", "1 / 0")
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.django_db
def test_modules_and_scripts_run_as_main():
    assert "January 2031" in children.run("-m", "calendar", "2031", "1").stdout
    assert children.run("manage.py", "check").stdout == "System check identified no issues (0 silenced).\n"
    assert "No module named" in children.run("-m", "tests.support.no_such").stderr


@pytest.mark.django_db
def test_it_is_waited_for_and_ended_like_any_process():
    with children.start("-c", "print('in', flush=True); input(); print('never')") as child:
        assert child.wait(timeout=60) == 1, "it has no standard input"
    with children.start("-c", "import time; print('in', flush=True); time.sleep(60)") as child:
        assert child.stdout.readline() == "in\n"
        assert child.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=0.05)
        with pytest.raises(subprocess.TimeoutExpired):
            child.communicate(timeout=0.05)
        child.terminate()
        assert child.communicate(timeout=60) == ("", "")
        assert child.returncode == child.poll() == -signal.SIGTERM
        child.kill()


@pytest.mark.django_db
def test_many_at_once_are_told_apart():
    running = [children.start("-c", f"import sys; print({number}); sys.exit({number})") for number in range(20)]
    assert [child.communicate(timeout=60)[0] for child in running] == [f"{number}\n" for number in range(20)]
    assert [child.returncode for child in running] == list(range(20))
    assert len({child.pid for child in running}) == 20


@pytest.mark.django_db
def test_no_two_think_of_the_same_numbers():
    text = "import random, uuid; print(random.random(), uuid.uuid4())"
    assert len({word for _ in range(3) for word in children.run("-c", text).stdout.split()}) == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    "told", [{"Q_BROKER": "redis://127.0.0.1:1/0"}, {"DATABASE_URL": "postgres://somebody@127.0.0.1:1/desk"}]
)
def test_whatever_might_import_something_else_is_started(told):
    with children.start("-c", "print('in')", **told) as child:
        assert child.communicate(timeout=60) == ("in\n", "")
    assert isinstance(child, subprocess.Popen)


@pytest.mark.parametrize(
    "told", [{"Q_BROKER": "redis://127.0.0.1:1/0"}, {"DATABASE_URL": "postgres://somebody@127.0.0.1:1/desk"}]
)
def test_one_that_reads_every_setting_itself_finds_itself_as_a_started_one_does(told, as_usual):
    with children.start_anew("-c", _SELF, "a", told=os.environ | told) as child:
        out, err = child.communicate(timeout=200)
    assert isinstance(child, forked.Program)
    assert err == ""
    as_usual()
    assert json.loads(out) == json.loads(children.run_anew("-c", _SELF, "a", told=os.environ | told).stdout)


def test_nothing_of_autopost_and_no_setting_is_there_before_it_asks():
    ours = ("autopost_site", "connectors", "metrics", "social_queue")
    text = "import sys; from django.conf import settings; "
    text += f"print(settings.configured, [name for name in sys.modules if name.partition('.')[0] in {ours}])"
    assert children.run_anew("-c", text, told=dict(os.environ)).stdout == "False []\n"


def test_a_wrong_setting_ends_it_as_it_ends_a_started_one(as_usual):
    told = os.environ | {"LEASE_SECONDS": "100"}
    forks = children.run_anew("manage.py", "check", told=told)
    as_usual()
    starts = children.run_anew("manage.py", "check", told=told)
    assert (forks.returncode, forks.stdout) == (starts.returncode, starts.stdout) == (1, "")
    # Above it stands who called whom, which the fork can't hide.
    [said, as_ever] = [ended.stderr.splitlines()[-1] for ended in (forks, starts)]
    assert said == as_ever and "(100 s)" in said


def test_with_what_a_library_might_have_read_it_is_started():
    with children.start_anew("-c", "print('in')", told=os.environ | {"TZ": "Asia/Jakarta"}) as child:
        assert child.communicate(timeout=200) == ("in\n", "")
    assert isinstance(child, subprocess.Popen)


#: As a run of tests that is killed: prints what its children are forked from.
_KILLED = """
import os
from tests.support import forked
server = forked.Server(dict(os.environ))
server.start(["-c", ""], dict(os.environ)).wait(60)
print(server.process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.django_db
def test_what_they_are_forked_from_does_not_outlive_tests_that_are_killed():
    done = children.run("-c", _KILLED)
    assert done.returncode == -signal.SIGKILL, done.stderr
    clusters.until(lambda: clusters.is_over(int(done.stdout)), seconds=60, what="it is still there")
