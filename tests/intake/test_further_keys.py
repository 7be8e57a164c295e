"""A key that came with a reference that was known stands for that item from then on, as the item's own key does."""

import pkgutil
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from social_queue.intake import ingest, replays
from social_queue.intake.files import judging, queueing
from social_queue.intake.files.rows import Row
from social_queue.models import FurtherKey, Post, QueueItem
from social_queue.upkeep import prune
from tests.factories import NOW, make_account
from tests.support.crowd import at_once

GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p?x=1"}
KNOWN = GOOD | {"reference": "r1"}
OTHER = GOOD | {"title": "Other"}


@pytest.fixture(autouse=True)
def _account(db):
    make_account("facebook", slug="fb-page")


def receive(body, *, key=None, source="tests", now=NOW):
    return ingest.receive(body, source=source, now=now, idempotency_key=key)


@pytest.fixture
def first():
    """The answer to an item that has a key of its own and came again under "k2"."""
    answer = receive(KNOWN, key="k1")
    assert receive(KNOWN, key="k2").body == answer.body
    return answer.body


def test_it_answers_as_the_own_key_does(first):
    assert receive(KNOWN, key="k2").body == first
    assert QueueItem.objects.get().idempotency_key == "k1"


@pytest.mark.parametrize("body", [OTHER, OTHER | {"reference": "r2"}, {"title": ""}])
def test_with_another_body_it_is_refused_and_nothing_is_laid_down(first, body):
    refused = receive(body, key="k2")
    assert (refused.status_code, refused.body["error"]["code"]) == (422, "idempotency_key_reused")
    assert list(refused.body["error"]["fields"]) == ["idempotency_key"]
    assert QueueItem.objects.count() == 1


def test_an_item_without_a_key_may_have_several(first):
    receive(GOOD | {"reference": "plain"})
    keys = ["a", "b", "A"]
    assert [receive(GOOD | {"reference": "plain"}, key=key).status_code for key in keys] == [200, 200, 200]
    assert [receive(OTHER, key=key).status_code for key in keys] == [422, 422, 422]


def test_of_another_generator_it_is_another_key(first):
    assert receive(OTHER, key="k2", source="elsewhere").status_code == 201


def test_a_refusal_uses_no_key_up(first):
    assert receive(OTHER | {"reference": "r1"}, key="k3").body["error"]["code"] == "reference_reused"
    assert receive(OTHER, key="k3").status_code == 201


def test_a_key_that_another_item_has_can_not_become_a_further_one(first):
    receive(OTHER, key="k3")
    assert receive(KNOWN, key="k3").status_code == 422


def test_without_a_key_nobody_asks_for_further_ones():
    with CaptureQueriesContext(connection) as heard:
        receive(KNOWN)
        receive(KNOWN)
    assert not [query for query in heard.captured_queries if FurtherKey._meta.db_table in query["sql"]]


def test_a_list_keeps_the_key_of_each_of_its_bodies():
    receive(KNOWN, key="k1")
    listed = ingest.receive_many([KNOWN, GOOD], source="tests", now=NOW, idempotency_key="all")
    assert [one["status_code"] for one in listed.body["results"]] == [200, 201]
    again = ingest.receive_many([OTHER, OTHER], source="tests", now=NOW, idempotency_key="all")
    assert [one["status_code"] for one in again.body["results"]] == [422, 422]


def test_a_file_says_before_and_after_that_the_key_is_used(first):
    rows = [Row(2, OTHER | {"idempotency_key": "k2"}), Row(3, OTHER | {"idempotency_key": "new"})]
    bad, good = judging.judge(rows, now=NOW, source="tests")
    assert (list(bad.faults), good.fresh) == (["idempotency_key"], True)
    taken = queueing.take_all(rows, lambda row: judging.take(row, now=NOW, source="tests"), now=NOW, source="tests")
    assert [one.status_code for one in taken] == [422, 201]


class TestSomebodyIsAMomentFaster:
    """Between a look and what is written after it."""

    def test_with_the_further_key(self, monkeypatch):
        receive(KNOWN, key="k1")
        _first(monkeypatch, "social_queue.intake.cooldown.Watch.lay_locks", lambda: receive(KNOWN, key="k2"))
        assert receive(OTHER, key="k2").status_code == 422
        assert QueueItem.objects.count() == 1

    def test_with_an_item_of_that_key(self, monkeypatch):
        receive(KNOWN, key="k1")
        _first(monkeypatch, "social_queue.intake.replays._keep", lambda: receive(OTHER, key="k2"))
        assert receive(KNOWN, key="k2").status_code == 422
        assert not FurtherKey.objects.exists()

    def test_with_the_same_further_key(self, monkeypatch):
        first = receive(KNOWN, key="k1")
        _first(monkeypatch, "social_queue.intake.replays._keep", lambda: receive(KNOWN, key="k2"))
        assert receive(KNOWN, key="k2").body == first.body
        assert FurtherKey.objects.count() == 1

    def test_with_the_reference_itself(self, monkeypatch):
        _first(monkeypatch, "social_queue.intake.cooldown.Watch.lay_locks", lambda: receive(KNOWN, key="k1"))
        assert receive(KNOWN, key="k2").status_code == 200
        assert receive(OTHER, key="k2").status_code == 422

    def test_while_several_rows_are_laid_down_together(self, monkeypatch):
        receive(KNOWN, key="k1")
        place = "social_queue.intake.together.taking.lay_locks"
        _first(monkeypatch, place, lambda: receive(KNOWN, key="k2"))
        rows = [Row(2, OTHER | {"idempotency_key": "k2"}), Row(3, OTHER | {"idempotency_key": "new"})]
        taken = queueing.take_all(rows, lambda row: judging.take(row, now=NOW, source="tests"), now=NOW, source="tests")
        assert [one.status_code for one in taken] == [422, 201]


@pytest.mark.django_db(transaction=True)
def test_of_two_bodies_that_come_together_a_key_stands_for_one():
    receive(KNOWN, key="k1")
    for turn in range(5):
        key = f"new-{turn}"
        bodies = [KNOWN, OTHER | {"title": f"Other {turn}"}] * 3
        answers = at_once(lambda number, key=key, bodies=bodies: receive(bodies[number], key=key), len(bodies))
        taken = [{answer.status_code for answer in answers[number::2]} for number in (0, 1)]
        assert taken in ([{200}, {422}], [{422}, {200, 201}]), taken
        assert receive(GOOD | {"title": "A third"}, key=key).status_code == 422


@pytest.mark.only_on("mysql", "postgresql")  # on SQLite one writes after the other
@pytest.mark.django_db(transaction=True)
def test_of_an_item_that_is_not_committed_yet_the_key_is_taken_already(monkeypatch):
    receive(KNOWN, key="k1")
    looked, other_is_done, original = threading.Event(), threading.Event(), replays.refuse_further_keys

    def look_and_wait(items):
        original(items)
        looked.set()
        other_is_done.wait(timeout=2)

    def one(number):
        if number == 0:
            return receive(OTHER, key="k2")
        looked.wait(timeout=30)
        answer = receive(KNOWN, key="k2")
        other_is_done.set()
        return answer

    monkeypatch.setattr(replays, "refuse_further_keys", look_and_wait)
    assert [answer.status_code for answer in at_once(one, 2)] == [201, 422]


class TestPruning:
    def test_takes_further_keys_after_the_days_of_the_logs(self, first, settings):
        FurtherKey.objects.update(created_at=NOW - timedelta(days=settings.KEEP_LOGS_DAYS, hours=1))
        receive(KNOWN, key="k3")
        assert prune.prune(NOW)["further_keys"] == 1
        assert receive(OTHER, key="k3").status_code == 422
        assert receive(OTHER, key="k2").status_code == 201

    def test_an_item_that_goes_takes_its_keys_along(self, first):
        QueueItem.objects.all().delete()
        assert not FurtherKey.objects.exists()

    def test_what_code_that_knows_no_further_keys_leaves_behind_holds_nobody_up(self, first):
        """A version before removes items of which it does not know that they have any."""
        Post.objects.all().delete()
        QueueItem.objects.all()._raw_delete(connection.alias)
        assert FurtherKey.objects.exists()
        assert receive(KNOWN, key="k4").status_code == 201
        assert receive(KNOWN, key="k2").status_code == 200
        assert receive(OTHER, key="k2").status_code == 201


def _first(monkeypatch, place, act):
    """Let ``act`` happen when the function at ``place`` is called the first time, before it runs."""
    holder, _, name = place.rpartition(".")
    target = pkgutil.resolve_name(holder)
    original, done = getattr(target, name), []

    def wrapped(*args, **kwargs):
        if not done:
            done.append(True)
            act()
        return original(*args, **kwargs)

    monkeypatch.setattr(target, name, wrapped)


def test_the_item_under_a_key_is_found_by_either(first):
    assert replays.under_key("tests", "k1") == replays.under_key("tests", "k2") == QueueItem.objects.get()
    assert replays.under_key("tests", "k3") is replays.under_key("tests", None) is None
