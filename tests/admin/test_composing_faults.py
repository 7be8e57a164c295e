"""What is wrong in the composer is said at its field, before and after a press, and what was typed is still there."""

from datetime import timedelta

import pytest
import time_machine

from social_queue.models import QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
AT = "/admin/queue/queueitem/"
TYPED = {"composed": "1", "title": "Gates", "link": "https://example.com/p", "channels": "tg"}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(factories.NOW):
        yield


@pytest.fixture(autouse=True)
def telegram(db):
    return factories.make_account("telegram", slug="tg")


def _at(name, moment):
    return {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M}"}


SOON, LATER = factories.NOW + timedelta(days=1), factories.NOW + timedelta(days=2)
LONG_AGO = factories.NOW - timedelta(days=3)
CONTRADICTION = _at("publish_at", LATER) | _at("expires_at", SOON)


def _told(desk, typed, where=""):
    return desk.client.post(f"{AT}preview/{where}", TYPED | typed).json()


def _change(desk, item, **typed):
    management = {"posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}
    sent = TYPED | {"title": item.title, "link": item.link} | management | typed
    return desk.client.post(f"{AT}{item.pk}/change/", sent, follow=True)


def _errors(answer):
    context = answer.context
    return (context["form"] if "form" in context else context["adminform"].form).errors


def test_an_expiry_before_the_moment_is_said_while_it_is_typed(desk):
    told = _told(desk, CONTRADICTION)
    assert list(told["faults"]) == ["expires_at"] and told["stops"] and told["stops_draft"]
    # What goes at once goes before it expires.
    assert not told["stops_now"]
    desk.client.post(f"{AT}add/", TYPED | CONTRADICTION | {"act": "send-now"})
    assert QueueItem.objects.get().status == "ready"


def test_the_moment_that_an_expiry_contradicts_is_written_for_people(desk, telegram, settings):
    settings.TIME_ZONE = "Asia/Jakarta"
    typed = CONTRADICTION | {"publish_at_0": "2026-12-03", "publish_at_1": "19:30"}
    words = ["Must be after publish_at (Thu 3 Dec, 19:30 WIB)."]
    assert _told(desk, typed)["faults"]["expires_at"] == words
    for item in (factories.make_item(telegram, publish_at=SOON), factories.make_item(status="draft", publish_at=SOON)):
        assert _errors(_change(desk, item, act="save", **typed))["expires_at"] == words
    assert _errors(desk.client.post(f"{AT}add/", TYPED | typed | {"act": "save-draft"}))["expires_at"] == words


def test_what_only_the_store_refuses_comes_back_with_all_that_was_typed(desk, telegram):
    item = factories.make_item(telegram, publish_at=SOON, data={})
    answer = _change(desk, item, act="save", summary="Long thought over", **CONTRADICTION)
    assert list(_errors(answer)) == ["expires_at"] and "Long thought over" in answer.content.decode()
    item.refresh_from_db()
    assert item.expires_at is None and item.summary != "Long thought over"
    draft = factories.make_item(status="draft", publish_at=SOON, data={})
    answer = _change(desk, draft, act="save-draft", summary="Long thought over", **CONTRADICTION)
    assert list(_errors(answer)) == ["expires_at"] and "Long thought over" in answer.content.decode()


def test_a_moment_that_is_over_is_refused_at_its_field_and_never_means_at_once(desk, telegram):
    item = factories.make_item(telegram, publish_at=SOON, data={})
    past = _at("publish_at", LONG_AGO)
    for answer in (
        desk.client.post(f"{AT}add/", TYPED | past | {"act": "schedule"}),
        _change(desk, item, act="schedule", **past),
    ):
        assert "press Send now" in _errors(answer)["publish_at"][0]
    for where in ("", f"?item={item.pk}"):
        told = _told(desk, past, where)
        assert list(told["faults"]) == ["publish_at"]
        assert (told["stops"], told["stops_now"]) == (True, False)
    assert QueueItem.objects.get().publish_at == SOON


def test_what_was_left_as_it_was_may_be_saved_though_its_moment_is_over(desk, telegram):
    item = factories.make_item(telegram, publish_at=LONG_AGO, data={})
    _change(desk, item, act="schedule", summary="Other words", **_at("publish_at", LONG_AGO))
    item.refresh_from_db()
    assert (item.summary, item.publish_at) == ("Other words", LONG_AGO)


def test_a_moment_that_is_over_may_stand_in_a_draft_and_this_minute_is_none(desk):
    assert not _told(desk, _at("publish_at", factories.NOW))["faults"]
    told = _told(desk, _at("publish_at", LONG_AGO))
    assert not told["stops_draft"]
    desk.client.post(f"{AT}add/", TYPED | _at("publish_at", LONG_AGO) | {"act": "save-draft"})
    assert QueueItem.objects.get().status == "draft"


def test_what_keeps_it_from_being_a_draft_is_told_apart(desk):
    told = _told(desk, {"hashtags": "x" * 101})
    assert told["stops_draft"] and list(told["faults"]) == ["hashtags"]
    factories.make_account("twitter", slug="x")
    told = _told(desk, {"title": "x" * 286, "channels": "x"})
    assert (told["stops"], told["stops_now"], told["stops_draft"]) == (True, True, False)


def test_a_fact_that_stands_twice_with_two_values_is_refused(desk):
    twice = {"data_game": "Gates", "data_key": ["game"], "data_value": ["Olympus"]}
    answer = desk.client.post(f"{AT}add/", TYPED | twice | {"act": "save-draft"})
    assert list(_errors(answer)) == ["data_game"] and not QueueItem.objects.exists()
    desk.client.post(f"{AT}add/", TYPED | twice | {"data_value": ["Gates"], "act": "save-draft"})
    assert QueueItem.objects.get().data == {"game": "Gates"}


@pytest.mark.parametrize("name", ["album", "follow_ups", "seen"])
def test_a_list_of_nothing_but_brackets_is_none(desk, telegram, name):
    """Only a script of somebody's own sends it; it is taken for what no form of ours sends."""
    item = factories.make_item(telegram, publish_at=SOON, data={})
    brackets = {name: "[" * 100_000}
    assert "faults" in _told(desk, TYPED | brackets, f"?item={item.pk}")
    assert _change(desk, item, act="schedule", **brackets).status_code in (200, 302)
    assert desk.client.post(f"{AT}add/", TYPED | brackets | {"act": "save-draft"}).status_code in (200, 302)
