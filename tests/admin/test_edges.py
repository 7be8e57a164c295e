"""Ends of the calendar, numbers that no row has, ticks on nothing: an answer each time, never an error page."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+09:00", "x"]
)
@pytest.mark.parametrize("zone", ["Asia/Jakarta", "America/Lima"])
def test_an_item_for_a_moment_that_no_clock_shows_is_begun_at_the_next_hour(desk, settings, moment, zone):
    settings.TIME_ZONE = zone
    answer = desk.client.get("/admin/queue/queueitem/add/", {"publish_at": moment})
    assert answer.status_code == 200 and answer.context["form"].fields["publish_at"].initial


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "America/New_York"])
@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "0001-01-01", "0001-01-02"])
@pytest.mark.parametrize("end", ["from", "to"])
def test_a_day_at_the_end_of_the_calendar_is_answered(desk, settings, zone, day, end):
    settings.TIME_ZONE = zone
    factories.make_item(factories.make_account())
    assert desk.list("queueitem", **{f"publish_at_{end}": day})


@pytest.mark.parametrize("model", ["post", "attempt"])
@pytest.mark.parametrize("value", ["9" * 23, "9" * 5000, "x", "²", "-1"])
def test_an_account_that_cannot_be_one_is_answered(desk, model, value):
    assert desk.list(model, account=value)


@pytest.mark.parametrize("chosen", ["x", "9" * 23, "", "²"])
@pytest.mark.parametrize("action", ["reschedule", "cancel_items", "requeue_now"])
def test_a_bulk_action_on_what_is_no_row_takes_none(desk, action, chosen):
    item = factories.make_item(factories.make_account())
    data = {"action": action, "_selected_action": [chosen], "index": 0}
    answer = desk.client.post("/admin/queue/queueitem/", data, follow=True)
    assert answer.status_code == 200
    item.refresh_from_db()
    assert item.status == "ready"


@pytest.mark.parametrize("model", ["queueitem", "post", "platformaccount", "webhooksource", "apikey"])
@pytest.mark.parametrize("pk", ["9" * 23, "9" * 5000, "x", "²"])
def test_a_row_that_cannot_be_one_is_not_there(desk, model, pk):
    assert desk.client.get(f"/admin/queue/{model}/{pk}/change/").status_code in (302, 404)
    assert desk.client.post(f"/admin/queue/{model}/{pk}/press/cancel/").status_code in (302, 404)
