"""`manage.py dispatch` that is told to stop, that finds others at work, or whose output nobody takes."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import Attempt, Post, PostStatus
from tests import factories
from tests.commands.test_working import said
from tests.support import children
from tests.support.environment import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


#: Begun by a shell in the background, a program inherits that Ctrl-C is ignored, and so do those that it begins.
_HEEDING_ALL = """
import runpy, signal, sys
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
sys.argv = ["manage.py", "dispatch"]
runpy.run_path("manage.py", run_name="__main__")
"""


def _due(account, number: int = 1) -> list[Post]:
    moment = timezone.now()
    return [factories.make_post(factories.make_item(publish_at=moment), account) for _ in range(number)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_one_that_is_told_to_stop_finishes_what_it_has_in_hand_and_takes_no_more(sandbox, number, answers):
    account = factories.make_account("telegram")
    answers.hold()
    first, second = _due(account, 2)
    worker = children.start("-c", _HEEDING_ALL)
    until = time.monotonic() + 60
    while not Attempt.objects.filter(sent_at__isnull=False).exists():
        assert time.monotonic() < until and worker.poll() is None
        time.sleep(0.05)
    os.kill(worker.pid, number)
    time.sleep(3)  # it looks up from the answer that it waits for, five times a second
    answers.go()
    out, err = worker.communicate(timeout=60)
    assert (worker.returncode, "Traceback" in err) == (0, False)
    assert [Post.objects.get(pk=post.pk).status for post in (first, second)] == ["published", "pending"]
    assert len(sandbox.wall) == 1
    assert out.splitlines()[-1] == "Stopped: 1 posts are due and were left."


def test_a_hang_up_that_was_to_be_ignored_still_is(sandbox, facebook_account):
    """As under nohup."""
    script = (
        "import os, signal, django; django.setup(); signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from social_queue.delivery import dispatch\n"
        "from django.core.management import call_command\n"
        "real = dispatch.drain\n"
        "def drain(**named):\n    os.kill(os.getpid(), signal.SIGHUP); return real(**named)\n"
        "dispatch.drain = drain\n"
        "call_command('dispatch')"
    )
    _due(facebook_account)
    assert children.run("-c", script).stdout.splitlines()[-1] == "1 published"


def test_what_others_hold_up_is_said_to_be_due(sandbox, facebook_account):
    until = timezone.now() + timedelta(minutes=3)
    held = {"status": PostStatus.PUBLISHING, "in_flight_account": facebook_account.pk}
    factories.make_post(account=facebook_account, lease_until=until, **held)
    _due(facebook_account, 2)
    [sentence] = said("dispatch")
    assert sentence == f"2 posts are due, but another holds their accounts until {until:%Y-%m-%d %H:%M:%S} UTC at most."


def _published_into(output: int) -> None:
    words = [sys.executable, "manage.py", "dispatch"]
    told = children.environment()
    done = subprocess.run(words, cwd=ROOT, env=told, stdout=output, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0 and not re.search("Traceback|Exception ignored", done.stderr), done.stderr
    assert set(Post.objects.values_list("status", flat=True)) == {"published"}


def test_it_goes_on_when_nobody_reads_what_it_says(sandbox, facebook_account):
    _due(facebook_account, 3)
    reader, writer = os.pipe()
    os.close(reader)
    _published_into(writer)
    os.close(writer)


def test_it_goes_on_when_the_disk_is_full_that_it_writes_to(sandbox, facebook_account):
    _due(facebook_account, 3)
    with open("/dev/full", "w") as full:
        _published_into(full.fileno())


def test_it_goes_on_when_it_has_no_output_at_all(sandbox, facebook_account):
    _due(facebook_account, 3)
    words = ["sh", "-c", f"exec {sys.executable} manage.py dispatch >&-"]
    done = subprocess.run(words, cwd=ROOT, env=children.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not re.search("Traceback|Exception ignored", done.stderr), done.stderr
    assert set(Post.objects.values_list("status", flat=True)) == {"published"}


@pytest.mark.parametrize("words", [("preview", "rows.jsonl"), ("help",)], ids=" ".join)
def test_a_command_whose_reader_has_gone_ends_without_a_traceback(tmp_path, facebook_account, words):
    (tmp_path / "rows.jsonl").write_text(
        '{"title": "One", "link": "https://example.com/1", "channels": ["facebook"]}\n'
    )
    reader, writer = os.pipe()
    os.close(reader)
    told = [sys.executable, str(ROOT / "manage.py"), *words]
    env = children.environment() | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(told, cwd=tmp_path, env=env, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")
