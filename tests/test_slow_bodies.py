"""The thread that watches bodies costs those who send small ones nothing."""

import time

from autopost_site.slow_bodies import TimedBody, _watch


def test_while_small_bodies_come_the_watch_is_not_woken_for_each(monkeypatch):
    """A wait of its thread begins with each look: those that another thread had it wait for are not counted."""
    _come(1)
    sleeps, wait = [], _watch._begun.wait
    monkeypatch.setattr(_watch._begun, "wait", lambda *seconds: sleeps.append(seconds) or wait(*seconds))
    began = time.monotonic()
    _come(200)
    looks = (time.monotonic() - began) / 0.25
    assert len(sleeps) < 10 + 2 * looks


def _come(count: int) -> None:
    for _ in range(count):
        body = TimedBody(None, None, seconds=60, expected=1)
        _watch.begin(body)
        _watch.end(body)
        time.sleep(0.002)
