"""A video of 200 MiB, from upload to the platform: no process ever holds much of it."""

import re
import sys
from pathlib import Path

import pytest
from autopost_client import Autopost

from social_queue.access import keys
from social_queue.models import MediaFile, Post
from tests import factories
from tests.support import children, webserver
from tests.support.videos import large

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc"),
]
MIB = 1024 * 1024
#: Beside what a process needs by itself; the file is more than ten times as large.
_A_LITTLE = 48 * MIB
_WORKER = """
import django; django.setup()
from django.core.management import call_command
call_command("dispatch")
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def highest(port: int) -> int:
    """The most memory that any process of the web server on that port has had."""
    marks = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"127.0.0.1:{port}" in (status.parent / "cmdline").read_text():
                marks += [int(kib) * 1024 for kib in re.findall(r"VmHWM:\s+(\d+)", status.read_text())]
        except OSError:
            continue  # it has ended meanwhile
    return max(marks)


def worked() -> int:
    """The most memory of a worker that sends what is due."""
    done = children.run("-c", _WORKER, seconds=240)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


@pytest.mark.slow
def test_two_hundred_mebibytes_pass_through_web_and_worker_piece_by_piece(sandbox, media_root, tmp_path):
    factories.make_account("facebook", slug="fb-page")
    key = keys.issue("bot", keys.SCOPES)[1]
    with webserver.serving(workers=1, threads=2, MEDIA_ROOT=str(media_root), API_RATE_LIMIT="0") as port:
        desk = Autopost(f"http://127.0.0.1:{port}", key, timeout=240)

        def send(size: int, seconds: float) -> dict:
            told = desk.upload(large(tmp_path / f"{size}.mp4", size, seconds=seconds))
            return desk.enqueue(title="Gates", link=f"https://example.com/{size}", media=[{"upload": told["id"]}])

        send(MIB, 12)
        web, worker = highest(port), worked()
        send(200 * MIB, 120)
        assert highest(port) - web < _A_LITTLE
    grown = worked() - worker
    print(f"web {web / MIB:.0f} MiB, worker {worker / MIB:.0f} MiB; the large one took {grown / MIB:.0f} MiB more")
    assert grown < _A_LITTLE
    assert MediaFile.objects.get(seconds=120).bytes == 200 * MIB
    assert set(Post.objects.values_list("status", flat=True)) <= {"published", "pending"}
    assert not Post.objects.exclude(error_kind__in=("", "not_ready")).exists()
