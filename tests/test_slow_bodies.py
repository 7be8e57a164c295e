"""The thread that watches bodies costs those who send small ones nothing."""

import threading
import time
from pathlib import Path

from autopost_site.slow_bodies import TimedBody, _watch


def test_while_small_bodies_come_the_watch_is_not_woken_for_each():
    _come(1)
    watch = next(thread for thread in threading.enumerate() if thread.name == "bodies")
    before, began = _sleeps(watch), time.monotonic()
    _come(200)
    looks = (time.monotonic() - began) / 0.25
    assert _sleeps(watch) - before < 10 + 2 * looks


def _come(count: int) -> None:
    for _ in range(count):
        body = TimedBody(None, None, seconds=60, expected=1)
        _watch.begin(body)
        _watch.end(body)
        time.sleep(0.002)


def _sleeps(thread: threading.Thread) -> int:
    told = Path(f"/proc/self/task/{thread.native_id}/status").read_text()
    return int(told.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
