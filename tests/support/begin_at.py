"""``pytest --begin-at 2026-12-31T23:59:30``: each test begins at that moment (UTC), and time goes on from there.

For finding tests that pass or fail by the time of day, the last day of a month, a leap day: a suite that CI runs at any
hour must not know the hour. Other processes (children, servers, Chromium) stay in real time, so a test that compares
theirs with its own may fail here alone.
"""

from datetime import UTC, datetime

import pytest
import time_machine


def pytest_addoption(parser):
    parser.addoption("--begin-at", type=_moment, help="each test begins at this moment, e.g. 2026-12-31T23:59:30 (UTC)")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    moment = item.config.getoption("--begin-at")
    if not moment:
        return (yield)
    with time_machine.travel(moment):
        return (yield)
