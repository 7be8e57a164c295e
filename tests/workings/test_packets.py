"""What lies between the processes of one cluster: tasks whole or not at all, whoever is killed or stopped over them."""

import contextlib
import errno
import multiprocessing
import os
import random
import resource
import signal
import threading
import time
from queue import Empty, Full

import pytest

from social_queue.workings.cluster import locks, pulse, seats
from social_queue.workings.cluster.packets import PacketQueue

forked = multiprocessing.get_context("fork")


@pytest.fixture
def begin():
    """``begin(function, *args)``: a forked process, gone after the test."""
    begun = []

    def start(*told):
        function, *args = told
        begun.append(forked.Process(target=function, args=args, daemon=True))
        begun[-1].start()
        return begun[-1]

    yield start
    for process in begun:
        if process.is_alive():
            process.kill()
        process.join()


def _drain(queue) -> list:
    taken = []
    while not queue.empty():
        taken.append(queue.get(timeout=60))
    return taken


def _fill(queue) -> None:
    with contextlib.suppress(Full):
        for number in range(100_000):
            queue.put(number, block=False)
    with pytest.raises(Full):
        queue.put("one more", block=False)


def test_tasks_of_any_size_come_out_in_their_order_and_are_counted():
    queue = PacketQueue()
    tasks = [{"name": "pulse"}, "x" * 5_000_000, "STOP"]
    for number, task in enumerate(tasks, 1):
        queue.put(task)
        assert queue.qsize() == number
    assert _drain(queue) == tasks
    assert queue.empty()


def test_whoever_takes_a_part_of_a_task_takes_all_of_it():
    queue = PacketQueue()
    for task in ("first", "second"):
        queue.put(task)
    os.read(queue._outlet.fileno(), 1)
    assert (queue.qsize(), queue.get(timeout=60)) == (1, "second")


def test_an_empty_queue_is_waited_for_and_no_longer_than_told(begin):
    queue = PacketQueue()
    with pytest.raises(Empty):
        queue.get(block=False)
    began = time.monotonic()
    with pytest.raises(Empty):
        queue.get(timeout=0.3)
    assert time.monotonic() - began >= 0.3
    begin(lambda: (time.sleep(0.3), queue.put("late")))
    assert queue.get() == "late"


def test_a_full_queue_says_so_waits_for_room_or_gives_up_with_a_reason(caplog):
    queue = PacketQueue(patience=0.2)
    _fill(queue)
    lying = queue.qsize()
    queue.put({"name": "nobody reads this"})
    assert "nobody reads this" in caplog.text
    assert queue.qsize() == lying

    waiting = PacketQueue()
    _fill(waiting)
    threading.Timer(0.3, waiting.get).start()
    waiting.put("there is room again")
    assert _drain(waiting)[-1] == "there is room again"


def test_what_cant_be_pickled_is_dropped_with_its_reason_and_the_next_goes_through(caplog):
    queue = PacketQueue()
    queue.put({"result": threading.Lock()})
    queue.put("next")
    assert _drain(queue) == ["next"]
    assert "can't be handed to another process" in caplog.text


def test_a_process_without_a_free_descriptor_says_what_it_lost(caplog, begin):
    queue, told = PacketQueue(), PacketQueue()
    queue.put("lost")

    def take():
        taken = [os.dup(0)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        try:
            queue.get(block=False)
        except Empty:
            os.close(taken[0])
            told.put("nothing")

    begin(take)
    assert told.get(timeout=60) == "nothing"
    assert queue.empty()


def _read_for_ever(queue, out) -> None:
    while True:
        out.put(queue.get())


def test_readers_killed_and_stopped_at_any_moment_leave_the_next_whole_tasks(begin):
    """Each task is read once at most; one that is missing was in a killed reader's hands."""
    queue, out, dice = PacketQueue(), PacketQueue(), random.Random(11)
    got, killed = [], 0
    readers = [begin(_read_for_ever, queue, out) for _ in range(2)]
    for number in range(1200):
        victim = readers[number % 2]
        queue.put(("task", number))
        ends = time.perf_counter() + dice.random() * 0.0006
        while time.perf_counter() < ends:
            pass  # a sleep would be longer than what is to be hit
        if number % 4 == 3:
            os.kill(victim.pid, signal.SIGSTOP)
            last = dice.choice([signal.SIGKILL, signal.SIGCONT])
            os.kill(victim.pid, last)
            if last == signal.SIGKILL:
                victim.join()
                killed += 1
                readers[number % 2] = begin(_read_for_ever, queue, out)
        got += _drain(out)
    ends = time.monotonic() + 60
    while len(got) < 1200 - killed and time.monotonic() < ends:
        got += _drain(out)
    assert killed > 100
    assert len(set(got)) == len(got) >= 1200 - killed
    assert set(got) <= {("task", number) for number in range(1200)}
    queue.put(("task", "last"))
    while got[-1] != ("task", "last"):
        got.append(out.get(timeout=60))


class _Worker:
    """As the guard keeps it: one that has nothing to do."""

    def __init__(self, pid: int, seat: int) -> None:
        self.pid, self.seat, self.timer = pid, seat, locks.Timer()


class _Clock:
    """The machine's own clock, which stands still unless it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch, settings):
    """``clock.now``, in seconds; a beat is ten."""
    settings.PULSE_SECONDS = 10
    told = _Clock()
    for module in (pulse, seats):
        monkeypatch.setattr(module, "time", told)
    return told


@pytest.fixture
def guard(clock, monkeypatch):
    """``guard(*pids)``: five seconds later, one look at workers that wait; ``guard.sent`` are the signals."""
    monkeypatch.setattr(pulse._felt, "value", clock.now)
    queue, seen, sent = PacketQueue(), seats.Seats(2), []
    watch = pulse.Watch(queue, seen)
    monkeypatch.setattr(pulse, "_send", lambda number, pid: sent.append((number, pid)))

    def look(*pids: int, silent: tuple[int, ...] = ()) -> None:
        clock.now += 5
        workers = [_Worker(pid, seat) for seat, pid in enumerate(pids)]
        for worker in workers:
            if worker.pid not in silent:
                seen.mark(worker.seat, waits=True)
        watch.look(workers)

    look.queue, look.sent = queue, sent
    return look


def test_a_pulse_taken_along_by_a_killed_worker_is_laid_again_for_whoever_comes_next(guard):
    guard(1, 2)
    guard.queue.get(timeout=60)
    guard(1, 2)
    assert guard.queue.empty(), "one of them has it in hand"
    guard(1, 3)
    assert guard.queue.empty(), "the first may still have it"
    guard(4, 3)
    assert guard.queue.qsize() == 1
    guard.queue.get(timeout=60)
    pulse.feel()
    guard(4, 3)
    assert guard.sent == []


def test_a_pulse_that_cant_be_laid_ends_nothing(guard, monkeypatch, caplog):
    def no_more(*_told):
        raise OSError(errno.ENFILE, os.strerror(errno.ENFILE))

    with monkeypatch.context() as full:
        full.setattr(os, "memfd_create", no_more)
        for _ in range(12):
            guard(1, 2)
    assert "no pulse could be laid" in caplog.text and guard.queue.empty()
    guard(1, 2)
    assert guard.queue.qsize() == 1 and guard.sent == []


def test_one_worker_that_says_nothing_is_replaced_though_the_others_take_tasks(guard):
    guard(1, 2)
    for _ in range(10):
        pulse.feel()
        guard(1, 2, silent=(2,))
    assert set(guard.sent) == {(signal.SIGTERM, 2), (signal.SIGKILL, 2)}
    assert guard.sent.count((signal.SIGTERM, 2)) == 1


def test_a_worker_that_says_nothing_is_not_counted_as_waiting(clock):
    seen, queue = seats.Seats(2), PacketQueue()
    for seat in (0, 1):
        seen.mark(seat, waits=True)
    clock.now += 25
    seen.mark(0, waits=True)
    assert seen.free(queue) == 1


def test_a_waiting_worker_says_so_at_every_beat(settings, begin):
    settings.PULSE_SECONDS = 0.1
    seen, queue = seats.Seats(1), PacketQueue()
    begin(seats.LocalQueue(queue, seen, 0).get)
    said, ends = set(), time.monotonic() + 60
    while len(said) < 4:
        said.add(seen._waits[0])
        assert time.monotonic() < ends, "it says nothing while it waits"
        time.sleep(0.05)


def test_a_lock_whose_holder_stands_still_is_waited_for_and_not_for_ever(monkeypatch, caplog, begin):
    monkeypatch.setattr(locks, "_PATIENCE_S", 0.3)
    timer, held = locks.Timer(), PacketQueue()

    def hold():
        with timer.get_lock():
            held.put("held")
            time.sleep(600)

    holder = begin(hold)
    held.get(timeout=60)
    os.kill(holder.pid, signal.SIGSTOP)
    with timer.get_lock():
        assert "held for" in caplog.text
    caplog.clear()
    holder.kill()
    holder.join()
    with timer.get_lock():
        assert not caplog.text
