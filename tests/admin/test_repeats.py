"""Repeats in the desk: seen, ended, and changed from one of their items on."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from social_queue.intake import ingest
from social_queue.models import QueueItem, Series
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def weather():
    """A daily repeat, laid down two weeks ahead."""
    factories.make_account("telegram", slug="tg")
    now = timezone.now()
    body = {"title": "Weather", "link": "https://example.com/w", "channels": ["tg"], "repeat": {"rrule": "FREQ=DAILY"}}
    ingest.receive(body | {"publish_at": (now + timedelta(hours=1)).isoformat()}, source="bot", now=now)
    return Series.objects.get()


def test_a_repeat_shows_what_comes_and_is_ended_with_what_has_not_gone(desk, weather):
    shown = desk.list("series")
    words = f"every day at {weather.begins_at:%H:%M} (UTC)"
    assert words in shown and "goes on" in shown and "FREQ=" not in shown
    page = desk.page(weather)
    assert "Weather" in page and "End the repeat" in page and words in page
    told = desk.press(weather, "end")
    assert "14 items that were laid down are cancelled" in told and words in told
    assert not QueueItem.objects.exclude(status="cancelled").exists()
    assert "End the repeat" not in desk.page(weather) and "ended" in desk.list("series")


def test_what_one_says_is_said_by_all_that_follow_when_its_button_is_pressed(desk, weather):
    items = list(QueueItem.objects.order_by("publish_at"))
    QueueItem.objects.filter(pk=items[4].pk).update(title="Wind")
    assert "Say so in all that follow" in desk.page(items[4]) and "One of a repeat" in desk.page(items[4])
    words = f"every day at {weather.begins_at:%H:%M} (UTC)"
    assert f"One of a repeat: {words}" in desk.page(items[4])
    told = desk.press(items[4], "follow")
    assert "9 items that follow say the same now" in told and f"It repeats: {words}." in told
    ready = QueueItem.objects.filter(status="ready").order_by("publish_at")
    assert [item.title for item in ready] == ["Weather"] * 4 + ["Wind"] * 10
    # The last of all has nobody behind it.
    assert "Say so in all that follow" not in desk.page(ready.last())


def test_a_repeat_shows_its_sentence_its_rule_and_its_next_five_times(desk, weather):
    page = desk.client.get(reverse("admin:queue_series_change", args=[weather.pk])).content.decode()
    assert "<code>FREQ=DAILY</code>" in page and "The rule as text" in page
    first = weather.begins_at.replace(microsecond=0)
    for days in range(5):
        assert f'datetime="{first + timedelta(days)}"' in page
    assert page.count('<span class="ap-line"><time') == 5


def test_a_rule_without_words_keeps_its_text_and_its_next_times_tell_what_it_does(desk, weather):
    Series.objects.update(rule="FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR")
    page = desk.page(weather)
    assert "FREQ=MONTHLY; BYMONTHDAY=13; BYDAY=FR" in page and "There are no words for this rule yet" in page
    assert "FREQ=MONTHLY; BYMONTHDAY=13; BYDAY=FR" in desk.list("series")


def test_the_end_that_a_rule_says_itself_stands_beside_it(desk, weather):
    year = timezone.localtime().year + 1
    Series.objects.update(rule=f"FREQ=DAILY;UNTIL={year}1231")
    page = desk.page(weather)
    assert f"until 31 December {year}" in page and f"31 Dec {year}, 23:59 UTC" in page


def test_what_repeats_is_said_in_indonesian_too(desk, weather):
    Series.objects.update(rule="FREQ=WEEKLY;BYDAY=MO,WE")
    desk.client.cookies["django_language"] = "id"
    assert "Senin" in desk.list("series") and "Rabu" in desk.page(weather)


def test_an_item_of_its_own_has_no_such_button(desk):
    item = factories.make_item(factories.make_account())
    page = desk.page(item)
    assert "Say so in all that follow" not in page and "One of a repeat" not in page


def test_who_may_only_look_ends_nothing(client, django_user_model, grant, weather):
    person = django_user_model.objects.create_user("v", is_staff=True)
    client.force_login(person)
    page, press = (
        reverse(f"admin:queue_series_{name}", args=args)
        for name, args in (("change", [weather.pk]), ("press", [weather.pk, "end"]))
    )
    assert client.get(page).status_code == 403
    grant(person, "queue.view_queueitem")
    assert client.get(page).status_code == 200 and client.post(press).status_code == 403
    assert Series.objects.get().cancelled_at is None
