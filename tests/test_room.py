"""No call pays for standing where a chunk of Python's stack ends."""

import os
import resource
import threading
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.test import Client

from autopost_site.serving import room
from tests import factories
from tests.support.clusters import children_of
from tests.support.webserver import serving

CALLS, DEPTHS = 300, 300


def _nothing():
    pass


def _at_depth(depth):
    if depth:
        _at_depth(depth - 1)
        return
    for _ in range(CALLS):
        _nothing()


def _pages_taken():
    """So many fresh pages were taken for the same loop at all depths."""
    began = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for depth in range(DEPTHS):
        _at_depth(depth)
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - began


def test_a_loop_costs_the_same_at_every_depth():
    taken = {}
    thread = threading.Thread(target=lambda: taken.update(bare=_pages_taken(), room=room.call(_pages_taken)))
    thread.start()
    thread.join()
    # If it is no longer so without, then Python has learnt it, and the room is no longer needed.
    assert taken["bare"] >= CALLS
    assert taken["room"] < CALLS / 2


def test_what_is_called_in_the_room_is_told_all_and_returns_or_raises_as_ever():
    assert room.call(divmod, 17, 5) == (3, 2)
    assert room.call(sorted, [1, 3, 2], reverse=True) == [3, 2, 1]
    with pytest.raises(ZeroDivisionError):
        room.call(divmod, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_long_list_takes_no_fresh_pages_for_each_of_its_calls(django_user_model, telegram_account):
    for number in range(100):
        factories.make_item(telegram_account, title=f"Item {number}")
    client = Client()
    client.force_login(django_user_model.objects.create_superuser("editor", "editor@example.com", "let me in"))
    told = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    with serving(workers=1, threads=1) as port:

        def load() -> None:
            page = requests.get(f"http://127.0.0.1:{port}/admin/queue/queueitem/", cookies=told, timeout=120)
            assert page.status_code == 200 and page.text.count("Item ") >= 100

        load()  # what is made once, is made
        load()
        began = _faults_below(os.getpid())
        load()
        assert _faults_below(os.getpid()) - began < 2_000


def _faults_below(pid: int) -> int:
    """Of all processes that it has started, and they."""
    # The tenth field: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    own = [int(Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[7]) for one in children_of(pid)]
    return sum(own) + sum(_faults_below(one) for one in children_of(pid))
