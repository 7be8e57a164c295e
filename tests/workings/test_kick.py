"""Workers are woken at once, and whoever brings content never waits long for a broker that says nothing."""

import json

import pytest

from tests.support import children
from tests.support.cable import cable
from tests.support.fake_redis import fake_redis

_KICKS = """
import django; django.setup()
import json, sys, time
from django.utils import timezone
from social_queue.workings.kick import kick
times, hosts = map(int, sys.argv[1:])
told = []
for _ in range(times):
    began = time.monotonic()
    told.append([kick(timezone.now(), hosts=hosts), time.monotonic() - began])
print(json.dumps(told))
"""


@pytest.fixture
def broker():
    """``(server, cable to it)``"""
    with fake_redis() as server, cable(server.server_address[1]) as laid:
        yield server, laid


def _kicks(port: int, *, times: int = 4, hosts: int = 1) -> list:
    """``[woken, seconds]`` of each, on a site whose hosts have two workers."""
    told = {"Q_BROKER": f"redis://127.0.0.1:{port}/0", "Q_WORKERS": "2"}
    done = children.run("-c", _KICKS, str(times), str(hosts), seconds=100, **told)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.django_db
def test_a_broker_that_says_nothing_holds_nobody_up_for_long(broker):
    server, laid = broker
    laid.cut()
    first, *others = _kicks(laid.port)
    assert not any(woken for woken, _ in [first, *others])
    # Two tries to connect; then it is left alone.
    assert first[1] < 30
    assert sum(took for _, took in others) < first[1] / 4


@pytest.mark.django_db
def test_tasks_go_through_a_broker_that_answers(broker):
    server, laid = broker
    assert _kicks(laid.port)[0][0] is True
    assert sum(map(len, server.lists.values())) > 0


@pytest.mark.django_db
@pytest.mark.parametrize(("hosts", "woken"), [(1, 3), (3, 7)])
def test_no_more_are_called_than_can_come(broker, hosts, woken):
    _, laid = broker
    assert sum(one for one, _ in _kicks(laid.port, times=10, hosts=hosts)) == woken
