"""Runs that claim, begin, send and write down in any order, and lose commits, threads and processes on the way."""

import itertools
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from connectors.base import Published
from connectors.errors import OutcomeUnknown, Rejected, TransientError
from connectors.facebook import Facebook
from social_queue.accounts import standing
from social_queue.delivery import threads
from social_queue.delivery.claims import absence
from social_queue.delivery.runs.in_hand import InHand
from social_queue.delivery.runs.refill import Refill
from social_queue.delivery.sweeps import leases, reconcile
from social_queue.models import Alert, Attempt, PlatformAccount, Post, PostStatus, QueueItem
from social_queue.operations import accounts
from social_queue.operations import posts as acts
from social_queue.workings import heartbeat
from tests import factories
from tests.support.commits import backend

pytestmark = pytest.mark.django_db(transaction=True)


LOST, DIES = st.sampled_from(["", "", "lost", "unheard"]), st.sampled_from([False, False, False, True])
ANSWER = st.sampled_from(["ok"] * 8 + ["refused", "away", "hangs up", "dies before", "dies after"])
TROUBLE = st.tuples(LOST, DIES, st.lists(ANSWER, min_size=1, max_size=3))


class Killed(BaseException):
    """The process is no more."""


class Worker:
    """A process with one run: what its threads are to do waits until it is said that they do it."""

    def __init__(self, name: str, clock, size: int) -> None:
        self.name, self.clock, self.size = name, clock, size
        self.doubts, self.to_do, self.dies_before_sending = absence._Doubts(), [], False
        self.begin_a_run()

    def begin_a_run(self) -> None:
        self.in_hand = InHand(self.clock, self.size)
        self.refill = Refill(self.clock, self.in_hand, until=None)
        self.refill.pace.allows = lambda room: room > 0
        self.refill._hand_over = self.hand_over

    def hand_over(self, taken) -> None:
        if self.dies_before_sending and taken.attempts:
            raise Killed
        Refill._hand_over(self.refill, taken)

    def run(self, act, *, size) -> threads.Task:
        ended = threads.Task(act)
        self.to_do.append((act, ended))
        return ended

    def do(self, place: int) -> None:
        act, ended = self.to_do.pop(place % len(self.to_do))
        ended.set_result(act())


class AnyOrder(RuleBasedStateMachine):
    """Three accounts, two workers; one has two hands, and one more post that stands ready.

    ``wall``: the ids of the posts that are out, in their order.
    ``given_up``: those that were cancelled while it was unknown whether they are out. That is final, and may be wrong.
    """

    def __init__(self) -> None:
        super().__init__()
        for model in (QueueItem, PlatformAccount, Alert):
            model.objects.all().delete()
        self.now, self.wall, self.dead, self.given_up = factories.NOW, [], set(), set()
        self.answers, self.lost, self.numbers = ["ok"], "", itertools.count(1)
        self.patched = pytest.MonkeyPatch()
        self.patched.setattr(Facebook, "publish", self.publish)
        commit = backend()._commit
        self.patched.setattr(backend(), "_commit", lambda connection: self.commit(connection, commit))
        self.accounts = [factories.make_account("facebook") for _ in range(3)]
        self.posts = [
            factories.make_post(factories.make_item(publish_at=self.now - timedelta(minutes=9 - number)), account)
            for number in range(3)
            for account in self.accounts
        ]
        self.by_link = {f"/go/{post.code}": post.pk for post in self.posts}
        self.workers = [self.new_worker(size) for size in (1, 2)]

    def new_worker(self, size: int) -> Worker:
        return Worker(f"host:{next(self.numbers)}", self.clock, size)

    def clock(self):
        self.now += timedelta(milliseconds=1)
        return self.now

    def commit(self, connection, original) -> None:
        how, self.lost = self.lost, ""
        if how != "lost":
            original(connection)
        if how:
            raise OperationalError(2013, "Lost connection to server during query")

    def publish(self, outgoing, _draft) -> Published:
        """The platform: what it takes is out, whatever it answers."""
        [pk] = [pk for link, pk in self.by_link.items() if outgoing.marker.endswith(link)]
        answer = self.answers.pop(0) if self.answers else "ok"
        if answer == "dies before":
            raise Killed
        if answer in ("refused", "away"):
            raise Rejected("no") if answer == "refused" else TransientError("away")
        self.wall.append(pk)
        if answer == "dies after":
            raise Killed
        if answer == "hangs up":
            raise OutcomeUnknown("hung up")
        return Published(f"id-{pk}")

    @contextmanager
    def at(self, worker: Worker):
        """What this process does; it may be the last thing that it does."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(heartbeat, "worker_name", lambda: worker.name)
            patched.setattr(absence, "_doubts", worker.doubts)
            patched.setattr(threads, "run", worker.run)
            patched.setattr(threads, "hurry", lambda *_, **__: None)  # any may be first
            try:
                # The database is away, and the run goes on.
                with suppress(OperationalError):
                    yield
            except Killed:
                self.dead.add(worker.name)
                self.workers[self.workers.index(worker)] = self.new_worker(worker.size)
        self.lost, worker.dies_before_sending = "", False

    @rule(which=st.integers(0, 1), lost=LOST, dies=DIES)
    def a_run_takes(self, which, lost, dies):
        worker = self.workers[which]
        with self.at(worker):
            worker.refill.take_unheard()
            self.lost, worker.dies_before_sending = lost, dies
            worker.refill.take(self.clock())

    @rule(which=st.integers(0, 1), place=st.integers(0, 5), answer=ANSWER)
    def a_thread_does_its_work(self, which, place, answer):
        worker = self.workers[which]
        if worker.to_do:
            self.answers = [answer]
            with self.at(worker):
                worker.do(place)

    @rule(which=st.integers(0, 1), lost=LOST, dies=DIES, follow=st.booleans())
    def a_run_writes_down_what_ended(self, which, lost, dies, follow):
        worker = self.workers[which]
        with self.at(worker):
            self.lost, worker.dies_before_sending = lost, dies
            worker.refill._others_wait = not follow
            worker.in_hand.collect(seconds=0, following=worker.refill.following())

    @rule(which=st.integers(0, 1), rounds=st.lists(TROUBLE, min_size=1, max_size=4))
    def a_run_goes_on(self, which, rounds):
        """What most of the time happens, with some trouble now and then."""
        for lost, dies, answers in rounds:
            worker = self.workers[which]
            self.a_run_takes(which, "", False)
            for answer in answers:
                if worker in self.workers:
                    self.a_thread_does_its_work(which, 0, answer)
            if worker in self.workers:
                self.a_run_writes_down_what_ended(which, lost, dies, True)

    @rule(which=st.integers(0, 1))
    def a_run_is_broken_off(self, which):
        worker = self.workers[which]
        with self.at(worker):
            worker.in_hand.close()
            worker.begin_a_run()

    @rule(minutes=st.sampled_from([1, 6, 20]), frozen=st.sampled_from([0, 1, None]))
    def time_passes(self, minutes, frozen):
        """Whoever is not frozen has done by then what it had to do."""
        stands = None if frozen is None else self.workers[frozen]
        for worker in [one for one in self.workers if one is not stands]:
            self.catch_up(worker)
        self.has_nothing_that_nobody_sends(*([stands.name] if stands else []))
        self.now += timedelta(minutes=minutes)
        leases.expire_leases(self.clock())

    @rule(which=st.integers(0, 1))
    def a_process_stands_still_and_goes_on(self, which):
        self.a_run_takes(which, "", False)
        self.time_passes(6, which)
        self.the_platform_is_asked()
        self.a_run_takes(1 - which, "", False)
        self.catch_up(self.workers[1 - which])
        self.catch_up(self.workers[which])

    @rule()
    def the_platform_is_asked(self):
        for post in Post.objects.filter(status=PostStatus.UNKNOWN).select_related("account", "item"):
            found = Published(f"id-{post.pk}") if post.pk in self.wall else None
            reconcile.found_out(post, found, now=self.clock())

    @rule(act=st.sampled_from([acts.cancel, acts.retry, acts.requeue_now]), place=st.integers(0, 8))
    def an_operator_presses(self, act, place):
        pressed = Post.objects.get(pk=self.posts[place].pk)
        if act is acts.cancel and pressed.status == PostStatus.UNKNOWN:
            self.given_up.add(pressed.pk)
        act(Post.objects.filter(pk=self.posts[place].pk).select_related("account", "item"), now=self.clock())

    @rule(place=st.integers(0, 2), paused=st.booleans())
    def an_account_is_paused_or_resumed(self, place, paused):
        account = PlatformAccount.objects.get(pk=self.accounts[place].pk)
        standing.pause(account) if paused else accounts.resume_account(account, now=self.clock())

    @rule(yes=st.booleans())
    def words_are_prepared_from_now_on(self, yes):
        self.patched.setattr(Facebook, "words_need_preparing", yes)

    @invariant()
    def nothing_is_out_twice(self):
        assert len(self.wall) == len(set(self.wall))
        assert not Alert.objects.filter(kind=Alert.Kind.DOUBLE_RISK).exclude(post__in=self.given_up).exists()

    @invariant()
    def published_means_out(self):
        assert set(Post.objects.filter(status=PostStatus.PUBLISHED).values_list("pk", flat=True)) <= set(self.wall)

    @invariant()
    def what_went_well_at_once_went_in_order(self):
        once = dict(Post.objects.filter(pk__in=self.wall, attempts_made=1).values_list("pk", "account"))
        moved = set(Post.objects.exclude(not_before__lt=factories.NOW).values_list("pk", flat=True))
        for account in self.accounts:
            out = [pk for pk in self.wall if once.get(pk) == account.pk and pk not in moved]
            assert out == sorted(out)

    def catch_up(self, worker: Worker) -> None:
        """It does all that is to be done, and nothing happens to it."""
        self.answers = []
        for _ in range(4):
            with self.at(worker):
                worker.refill.take_unheard()
                while worker.to_do:
                    worker.do(0)
                worker.in_hand.collect(seconds=0)

    def has_nothing_that_nobody_sends(self, *frozen: str) -> None:
        held = Attempt.objects.filter(ended_at=None, post__status=PostStatus.PUBLISHING)
        assert set(held.values_list("worker", flat=True)) <= {*self.dead, *frozen}

    def end(self) -> None:
        """Nothing is left but what the dead held, and that goes out, too."""
        for _ in range(12):
            self.time_passes(20, None)
            self.the_platform_is_asked()
            failed = Post.objects.filter(status=PostStatus.FAILED)
            acts.retry(failed.select_related("account", "item"), now=self.clock())
            for place in range(3):
                self.an_account_is_paused_or_resumed(place, False)
            self.a_run_takes(1, "", False)
        self.catch_up(self.workers[1])
        self.nothing_is_out_twice()
        left = set(Post.objects.exclude(status=PostStatus.CANCELLED).values_list("pk", "status"))
        assert left == {(pk, "published") for pk in self.wall if pk not in self.given_up}

    def teardown(self) -> None:
        try:
            self.end()
        finally:
            self.patched.undo()


def test_whatever_is_lost_on_the_way_nothing_is_out_twice_and_nothing_is_lost():
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize("answer", ["hangs up", "dies after"])
def test_what_was_given_up_while_it_was_unknown_stays_so_and_nothing_else_does(answer):
    machine = AnyOrder()
    machine.a_run_goes_on(0, [("", False, [answer])])
    machine.time_passes(20, None)
    [unknown] = Post.objects.filter(status=PostStatus.UNKNOWN)
    machine.an_operator_presses(acts.cancel, [post.pk for post in machine.posts].index(unknown.pk))
    machine.teardown()
    assert list(Post.objects.exclude(status=PostStatus.PUBLISHED)) == [unknown] and unknown.pk in machine.wall
