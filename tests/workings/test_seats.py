"""Who counts as a worker that waits for a task; what becomes of it in real clusters is told in test_busy_clusters."""

import multiprocessing

import pytest

from social_queue.workings.cluster.packets import PacketQueue
from social_queue.workings.cluster.seats import Broker, LocalQueue, Seats


@pytest.fixture
def queue():
    made = multiprocessing.Queue()
    yield made
    made.close()


@pytest.fixture
def broker():
    """One that always has something, and counts how often it was asked."""

    class Full:
        list_key = "autopost"
        asked = 0

        def dequeue(self):
            self.asked += 1
            return [(self.asked, "task")]

    return Full()


def test_only_workers_that_wait_are_free_and_what_lies_there_is_theirs(queue):
    seats = Seats(3)
    assert seats.free(queue) == 0
    for seat in range(3):
        seats.mark(seat, waits=True)
    assert seats.free(queue) == 3
    queue.put("a task")
    assert seats.free(queue) == 2
    seats.mark(2, waits=False)
    assert seats.free(queue) == 1


def test_a_worker_waits_from_its_asking_until_it_has_a_task(queue):
    seats = Seats(1)
    queue.put("a task")
    local = LocalQueue(queue, seats, 0)
    assert local.get() == "a task"
    assert seats.free(queue) == 0


def test_whoever_takes_a_killed_workers_seat_has_not_asked_yet(queue):
    seats = Seats(2)
    for seat in (0, 1):
        seats.mark(seat, waits=True)
    assert seats.vacant({0}) == 1
    assert seats.free(queue) == 1


def test_the_broker_is_asked_only_for_a_worker_that_waits(broker, queue):
    seats = Seats(1)
    seen = Broker(broker, seats, queue)
    assert (seen.dequeue(), broker.asked) == (None, 0)
    seats.mark(0, waits=True)
    assert (seen.dequeue(), broker.asked) == ([(1, "task")], 1)
    queue.put("what was fetched")
    assert (seen.dequeue(), broker.asked) == (None, 1)
    assert seen.list_key == "autopost"


def test_a_worker_waits_no_more_once_its_task_has_left_the_queue(monkeypatch):
    """Else another is fetched for it at once, and lies there for as long as the first takes."""
    queue, seats, free = PacketQueue(), Seats(1), []
    queue.put("a task")
    take = queue._taken

    def taken():
        task = take()
        free.append(seats.free(queue))
        return task

    monkeypatch.setattr(queue, "_taken", taken)
    assert LocalQueue(queue, seats, 0).get() == "a task"
    assert free == [0]


def test_whoever_was_not_the_first_at_a_task_waits_on(settings, monkeypatch):
    settings.PULSE_SECONDS = 0.1
    queue, seats = PacketQueue(), Seats(1)
    came = iter([True, False])

    def comes(seconds):
        if next(came):
            return True
        assert seats.free(queue) == 1
        queue.put("the next")
        return True

    monkeypatch.setattr(queue, "comes", comes)
    assert LocalQueue(queue, seats, 0).get() == "the next"
