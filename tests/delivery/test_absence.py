"""A tick whose database is away: what it claimed, sent and was answered is kept, and nothing is sent a second time."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from connectors.facebook import Facebook
from social_queue.delivery import claim, dispatch, outcomes
from social_queue.delivery.claims import absence
from social_queue.delivery.claims.taken import Claim
from social_queue.delivery.runs import run
from social_queue.models import Attempt, Post
from social_queue.workings import heartbeat
from tests import factories
from tests.support.clock import Clock
from tests.support.commits import backend

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    clock.passes_while_runs_rest(monkeypatch)
    return clock


@pytest.fixture
def post(sandbox, facebook_account, clock):
    return factories.make_post(factories.make_item(publish_at=clock()), facebook_account)


def failing(monkeypatch, owner, name, *faults, after=False):
    """``name`` fails with each of the faults, once; ``after``: although it has done its work."""
    original, left = getattr(owner, name), list(faults)

    def act(*args, **named):
        if left and not after:
            raise left.pop(0)
        answer = original(*args, **named)
        if left:
            raise left.pop(0)
        return answer

    monkeypatch.setattr(owner, name, act)
    return left


@pytest.mark.parametrize("prepared", [False, True])
def test_what_was_claimed_without_our_hearing_of_it_is_delivered_at_once(
    sandbox, post, settings, monkeypatch, prepared, clock
):
    monkeypatch.setattr(Facebook, "words_need_preparing", prepared)
    settings.TICK_BUDGET = 3
    left = failing(monkeypatch, claim, "claim", OperationalError(2013, "Lost connection to server"), after=True)
    assert dispatch.tick(clock=clock) == {"published": 1}
    post.refresh_from_db()
    assert (left, post.status, post.attempts_made, len(sandbox.wall)) == ([], "published", 1, 1)


@pytest.mark.parametrize("prepared", [False, True])
def test_a_claim_whose_commit_arrives_late_is_delivered_as_soon_as_it_does(
    sandbox, post, settings, monkeypatch, prepared, clock
):
    """We gave it up, and the network brought it to the server when it worked again. Nor is it taken twice."""
    monkeypatch.setattr(Facebook, "words_need_preparing", prepared)
    settings.TICK_BUDGET, sandbox.world.latency = 4, 1.5
    original, calls = claim.claim, []

    def swallowed(**asked):
        calls.append(asked)
        if len(calls) == 1:
            with transaction.atomic():
                original(**asked)
                transaction.set_rollback(True)
            raise OperationalError(2013, "Lost connection to server during query")
        if len(calls) == 3:
            original(**calls[0])
        return Claim([])

    monkeypatch.setattr(claim, "claim", swallowed)
    assert dispatch.tick(clock=clock) == {"published": 1}
    assert (len(sandbox.wall), len(sandbox.creating_calls()), Attempt.objects.count()) == (1, 1, 1)


def test_what_another_of_the_same_name_has_begun_since_is_not_taken_for_ours(post):
    """Two containers with one host name: what this one began was not committed, and the other has it in hand."""
    ours, since = timezone.now(), timezone.now() + timedelta(seconds=2)
    factories.make_attempt(post, number=1, worker="app:7", started_at=since, sent_at=since)
    Post.objects.update(status="publishing", attempts_made=1)
    assert absence.left_behind([ours], worker="app:7", begun=[(post.pk, 1)]) == []
    [attempt] = absence.left_behind([since], worker="app:7", begun=[(post.pk, 1)])
    assert (attempt.post, attempt.sent_at) == (post, None)


def test_what_is_in_hand_is_not_adopted_when_only_the_sign_of_life_failed(sandbox, post, settings, monkeypatch, clock):
    settings.TICK_BUDGET, prepare, prepared = 4, Facebook.prepare, []

    def slowly(connector, *words):
        prepared.append(words)
        time.sleep(1.5)
        return prepare(connector, *words)

    monkeypatch.setattr(Facebook, "prepare", slowly)
    left = failing(monkeypatch, heartbeat, "beat", OperationalError(2006, "Server has gone away"))
    assert dispatch.tick(clock=clock) == {"published": 1}
    assert (left, len(prepared), len(sandbox.wall), Attempt.objects.count()) == ([], 1, 1, 1)


def test_the_waiting_tick_waits_for_the_database(sandbox, post, settings, monkeypatch, clock):
    settings.TICK_BUDGET = 5
    faults = [OperationalError(2002, "can't connect")] * 4
    left = failing(monkeypatch, run, "expire_leases", *faults)
    assert dispatch.tick(clock=clock) == {"published": 1}
    assert left == []
    assert heartbeat.role_is_free(dispatch.WAITING_ROLE, now=clock())


def test_a_run_that_was_to_publish_once_says_that_the_database_is_away(post, monkeypatch):
    failing(monkeypatch, claim, "claim", *[OperationalError(2002, "can't connect")] * 3)
    with pytest.raises(OperationalError):
        dispatch.drain(clock=Clock())


def test_whoever_cannot_get_at_the_posts_does_not_look_alive(post, monkeypatch):
    failing(monkeypatch, claim, "claim", OperationalError(2002, "can't connect"))
    with pytest.raises(OperationalError):
        dispatch.drain(clock=Clock())
    assert heartbeat.last_beat("tick") is None
    dispatch.drain(clock=Clock())
    assert heartbeat.last_beat("tick") is not None


def test_a_fault_that_is_no_outage_is_not_sat_out(post, settings, monkeypatch, clock):
    failing(monkeypatch, claim, "claim", OperationalError(1054, "Unknown column"))
    with pytest.raises(OperationalError):
        dispatch.tick(clock=clock)


@pytest.mark.parametrize(
    "fault",
    [
        OperationalError(2006, "Server has gone away"),
        OperationalError(1021, "Disk full"),
        OperationalError("database or disk is full"),
    ],
)
def test_an_answer_is_written_as_soon_as_there_is_somewhere_to_write_it(sandbox, post, monkeypatch, fault):
    together = failing(monkeypatch, outcomes, "_publish_all", fault)
    alone = failing(monkeypatch, outcomes, "_published", fault, fault, fault)
    assert dispatch.drain(clock=Clock()) == {"published": 1}
    post.refresh_from_db()
    assert (together, alone, post.status, post.external_id) == ([], [], "published", sandbox.wall[0].id)
    assert Attempt.objects.get().outcome == "published"


def test_one_that_was_written_although_we_never_heard_so_stays_as_it_is(sandbox, post, monkeypatch):
    lost, original = [OperationalError(2013, "Lost connection to server during query")], backend()._commit
    written, write = [], outcomes._are_published

    def commit(connection):
        original(connection)
        if written and lost:
            raise lost.pop()

    monkeypatch.setattr(outcomes, "_are_published", lambda **named: written.append(named) or write(**named))
    monkeypatch.setattr(backend(), "_commit", commit)
    assert dispatch.drain(clock=Clock()) == {"published": 1}
    assert lost == []
    assert (Post.objects.get().status, Attempt.objects.count(), len(sandbox.wall)) == ("published", 1, 1)


@pytest.mark.parametrize("prepared", [False, True])
def test_beyond_the_point_of_no_return_nothing_is_repeated(sandbox, post, settings, monkeypatch, prepared):
    monkeypatch.setattr(Facebook, "words_need_preparing", prepared)
    settings.LEASE_SECONDS = 2
    failing(monkeypatch, Facebook, "publish", *[OperationalError(2006, "gone away")] * 5, after=True)
    assert dispatch.drain(clock=Clock()) == {"our_fault": 1}
    assert (Post.objects.get().status, len(sandbox.wall)) == ("unknown", 1)
