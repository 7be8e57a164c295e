"""What many threads write at the same moment becomes few transactions, and nobody gets another's answer or fault."""

import signal
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connections, transaction

from connectors.base import Published
from social_queue.delivery import claim, deliver, outcomes
from social_queue.intake import ingest
from social_queue.models import Attempt, Post
from social_queue.workings import deadlocks, group_commit, server_turns, turns
from tests import factories
from tests.support import children

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 24


class Ledger:
    """Doubles numbers, a group at a time; refuses a group that holds one of ``bad``, as a transaction would."""

    def __init__(self, *bad: int, fault: type[Exception] = ValueError) -> None:
        self.bad, self.groups, self.fault = set(bad), [], fault
        self.open = threading.Event()

    def __call__(self, numbers: list[int]) -> list[int]:
        self.open.wait(60)
        self.groups.append(list(numbers))
        if found := self.bad.intersection(numbers):
            raise self.fault(f"{found} can't be written")
        return [2 * number for number in numbers]


def open_when_all_wait(ledger: Ledger, act: group_commit.Together) -> None:
    """Let the first begin to write once everybody else stands behind it."""

    def wait() -> None:
        ends = time.monotonic() + 60
        while len(act._waiting) < CROWD - 1 and time.monotonic() < ends:
            time.sleep(0.01)
        ledger.open.set()

    threading.Thread(target=wait).start()


def crowd(act, asked):
    """Every thread's answer or fault, in order; all ask while the first is still at work."""

    def ask(one):
        try:
            return act(one)
        except (ValueError, OperationalError) as fault:
            return fault
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CROWD) as threads:
        return list(threads.map(ask, asked))


def test_everybody_gets_his_own_answer_out_of_few_transactions():
    ledger = Ledger()
    act = group_commit.Together(ledger)
    open_when_all_wait(ledger, act)
    assert crowd(act, range(CROWD)) == [2 * number for number in range(CROWD)]
    assert sorted(number for group in ledger.groups for number in group) == list(range(CROWD))
    assert len(ledger.groups) <= 3


def test_a_fault_reaches_only_whoever_caused_it():
    ledger = Ledger(7)
    act = group_commit.Together(ledger)
    open_when_all_wait(ledger, act)
    answers = crowd(act, range(CROWD))
    assert [number for number, answer in enumerate(answers) if isinstance(answer, ValueError)] == [7]
    assert all(answer == 2 * number for number, answer in enumerate(answers) if number != 7)


def test_within_a_transaction_one_acts_alone_and_is_rolled_back_with_it(now):
    account = factories.make_account("facebook")
    factories.make_post(factories.make_item(publish_at=now), account)
    [attempt] = claim.claim(now=now, worker="w", limit=1).attempts
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - both belong to the outer transaction
        assert deliver.begin_sending(attempt, now=now)
        raise RuntimeError("the outer transaction failed")
    assert Attempt.objects.get().sent_at is None


def test_within_a_transaction_nobody_is_waited_for():
    """Whoever leads may need a row that this transaction holds: each would wait for the other."""
    leading, finished = threading.Event(), threading.Event()

    def slow_for_others(numbers: list[int]) -> list[int]:
        if numbers == [1]:
            leading.set()
            finished.wait(60)
        return [2 * number for number in numbers]

    act = group_commit.Together(slow_for_others)
    with ThreadPoolExecutor(1) as threads:
        leader = threads.submit(act, 1)
        assert leading.wait(60)
        with transaction.atomic():
            assert act(2) == 4
        assert not leader.done()
        finished.set()
        assert leader.result() == 2


def test_a_group_holds_only_those_who_still_have_their_posts(now):
    attempts = _claimed(4, now)
    Post.objects.filter(pk=attempts[2].post_id).update(attempts_made=2)
    answers = crowd(lambda attempt: deliver.begin_sending(attempt, now=now), attempts)
    assert answers == [True, True, False, True]
    sent = Attempt.objects.exclude(sent_at=None).values_list("pk", flat=True)
    assert set(sent) == {attempt.pk for attempt in attempts if attempt is not attempts[2]}


def test_a_group_of_outcomes_settles_every_item(now):
    attempts = _claimed(6, now)
    stale = attempts[0]
    Post.objects.filter(pk=stale.post_id).update(attempts_made=2)
    crowd(
        lambda attempt: outcomes.record(attempt, Published(f"1_{attempt.pk}"), now=now + timedelta(seconds=1)), attempts
    )
    posts = Post.objects.select_related("item").in_bulk()
    assert posts.pop(stale.post_id).status == "publishing"
    for attempt in attempts[1:]:
        post = posts[attempt.post_id]
        assert (post.status, post.external_id, post.item.status) == ("published", f"1_{attempt.pk}", "posted")


def test_whoever_takes_turns_is_alone():
    inside, most = 0, 0

    def step(_number) -> None:
        nonlocal inside, most
        with turns.turn_to_claim(), turns.turn_to_claim():
            inside += 1
            most = max(most, inside)
            time.sleep(0.002)
            inside -= 1
        connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(step, range(80)))
    assert most == 1


@pytest.mark.only_on("sqlite")
def test_processes_wait_for_each_other_too():
    script = (
        "import django; django.setup()\n"
        "from social_queue.workings import server_turns, turns\n"
        "server_turns.PATIENCE_S = 60\n"
        "print('ready', flush=True)\n"
        "with turns.turn(): print('in', flush=True)\n"
    )
    with turns.turn():
        child = children.start("-c", script)
        assert child.stdout.readline() == "ready\n"
        # It stands before the turn now, however long it took to start: only the lock keeps it out.
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=1)
    out, err = child.communicate(timeout=60)
    assert (out, child.returncode) == ("in\n", 0), err


@pytest.fixture
def frozen():
    """A process that stands still in the middle of its turn, as one does that was stopped with Ctrl-Z."""
    script = (
        "import os, signal, django; django.setup()\n"
        "from social_queue.workings import turns\n"
        "with turns.turn():\n"
        "    print('in', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGSTOP)\n"
    )
    child = children.start("-c", script)
    assert child.stdout.readline() == "in\n"
    yield child
    child.send_signal(signal.SIGCONT)
    child.communicate(timeout=60)
    turns._patience.learn(given=True)


@pytest.mark.only_on("sqlite")
def test_a_process_that_stands_still_in_its_turn_holds_nobody_up_for_long(frozen, now, caplog):
    factories.make_account("facebook")
    began = time.monotonic()
    for number in range(20):
        body = {"title": "t", "link": "https://example.com/", "idempotency_key": str(number)}
        assert ingest.receive(body, source="tests", now=now).status_code == 201
    assert len(claim.claim(now=now, worker="w", limit=20).attempts) == 1
    # Each wait in vain is told; the next is not before half a minute has passed.
    most = 1 + (time.monotonic() - began) // server_turns._NO_PATIENCE_S
    assert 1 <= caplog.text.count("is it stopped") <= most


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("said", ["database is locked", "database table is locked: database is locked (5)"])
def test_what_sqlite_could_not_write_now_is_done_again(said):
    assert _tries_of(OperationalError(said)) == 2


@pytest.mark.parametrize("fault", [ValueError("strange"), OperationalError(1054, "Unknown column"), KeyError("id")])
def test_what_is_no_collision_is_raised_at_once(fault):
    with pytest.raises(type(fault)):
        _tries_of(fault)
    assert _tries_of.made == 1


def _tries_of(fault: Exception) -> int:
    """How often a transaction is done that fails with ``fault`` the first time."""
    _tries_of.made = 0

    @deadlocks.again
    def act():
        _tries_of.made += 1
        if _tries_of.made == 1:
            raise fault

    act()
    return _tries_of.made


def test_the_rows_of_a_group_are_as_they_were_when_its_transaction_is_done_again(now):
    attempts = _claimed(2, now)
    seen = []

    @deadlocks.again
    def act(asked):
        with deadlocks.atomic(*(attempt.post for attempt, _ in asked)):
            seen.append([attempt.post.status for attempt, _ in asked])
            for attempt, _ in asked:
                attempt.post.status = "published"
            if len(seen) == 1:
                raise OperationalError(1213, "Deadlock found when trying to get lock")

    act([(attempt, now) for attempt in attempts])
    assert seen == [["publishing", "publishing"]] * 2


def test_a_group_whose_transaction_the_database_takes_back_is_written_one_by_one():
    ledger = Ledger(7, fault=OperationalError)
    act = group_commit.Together(ledger)
    open_when_all_wait(ledger, act)
    answers = crowd(act, range(CROWD))
    assert [number for number, answer in enumerate(answers) if isinstance(answer, OperationalError)] == [7]


@pytest.mark.only_on("sqlite")
def test_a_lock_file_that_cannot_be_opened_holds_nothing_up(tmp_path, caplog):
    # Somebody ran a command as another user, and the file is his; or the folder may only be read.
    turns._warn_once.cache_clear()
    with turns._turn(str(tmp_path / "no-such-folder" / "autopost.sqlite3")):
        assert "writers do not take turns" in caplog.text


@pytest.mark.only_on("sqlite")
def test_whatever_keeps_it_from_being_opened(tmp_path, caplog):
    (tmp_path / "autopost.sqlite3-turn").mkdir()
    turns._warn_once.cache_clear()
    with turns._turn(str(tmp_path / "autopost.sqlite3")):
        assert "Is a directory" in caplog.text


@pytest.mark.only_on("sqlite")
def test_a_lock_file_that_may_only_be_read_does_as_well():
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "autopost.sqlite3"
        Path(f"{database}-turn").touch(mode=0o444)
        Path(folder).chmod(0o755)
        script = (
            "import os, django; django.setup()\n"
            "from social_queue.workings import turns\n"
            "if os.getuid() == 0: os.setuid(65534)\n"  # root may write everything
            f"with turns._turn({str(database)!r}): print('in')\n"
        )
        done = children.run("-c", script)
    assert (done.stdout, done.stderr) == ("in\n", "")


def _claimed(number: int, now) -> list[Attempt]:
    for _ in range(number):
        factories.make_post(factories.make_item(publish_at=now), factories.make_account("facebook"))
    attempts = claim.claim(now=now, worker="w", limit=number).attempts
    assert len(attempts) == number
    return sorted(attempts, key=lambda attempt: attempt.pk)
