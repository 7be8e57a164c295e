"""One page of the composer, pressed twice, makes one item; what a press did not bring is not taken for brought."""

import io
import re

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image

from social_queue.models import Post, QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
ADD = "/admin/queue/queueitem/add/"
TYPED = {"composed": "1", "title": "Gates", "link": "https://example.com/p", "summary": "Soon", "channels": "tg"}
LATER = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00"}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(factories.NOW):
        yield


@pytest.fixture(autouse=True)
def telegram(db):
    return factories.make_account("telegram", slug="tg")


def _word(page, name="once"):
    return re.search(rf'name="{name}" value="([^"]+)"', page.content.decode())[1]


def _png(colour="teal"):
    drawn = io.BytesIO()
    Image.new("RGB", (600, 400), colour).save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "a.png"
    return drawn


@pytest.mark.parametrize("act", ["save-draft", "schedule", "send-now"])
def test_the_second_press_leads_to_the_item_of_the_first(desk, act):
    typed = TYPED | LATER | {"act": act, "once": _word(desk.client.get(ADD))}
    first, second = (desk.client.post(ADD, typed, follow=True) for _press in range(2))
    assert QueueItem.objects.count() == 1 and Post.objects.count() == (act != "save-draft")
    assert second.redirect_chain == first.redirect_chain
    assert "nothing was made a second time" in desk.text(second)
    # Whoever sees only the answer of the second press can take it back as well.
    if act == "send-now":
        desk.undo(second)
        assert (QueueItem.objects.get().status, Post.objects.count()) == ("draft", 0)


def test_each_page_has_a_word_of_its_own_and_each_makes_an_item(desk):
    for _page in range(2):
        desk.client.post(ADD, TYPED | {"act": "save-draft", "once": _word(desk.client.get(ADD))})
    assert QueueItem.objects.count() == 2


def test_a_word_means_nothing_in_the_hands_of_somebody_else(desk):
    word = _word(desk.client.get(ADD))
    desk.client.post(ADD, TYPED | {"act": "save-draft", "once": word})
    other = Client()
    other.force_login(User.objects.create_superuser("second"))
    other.post(ADD, TYPED | {"act": "save-draft", "once": word})
    assert set(QueueItem.objects.values_list("source", flat=True)) == {"admin:editor", "admin:second"}


def test_what_was_changed_after_the_first_press_stays_on_the_page_and_is_not_made_by_the_way(desk):
    word = _word(desk.client.get(ADD))
    desk.client.post(ADD, TYPED | {"act": "save-draft", "once": word})
    made = QueueItem.objects.get()
    changed = TYPED | {"title": "Gates of Olympus", "act": "save-draft"}
    page = desk.client.post(ADD, changed | {"once": word})
    assert QueueItem.objects.count() == 1 and "has made an item already" in desk.text(page)
    assert f"/admin/queue/queueitem/{made.pk}/change/" in page.content.decode()
    assert 'value="Gates of Olympus"' in page.content.decode()
    # Whoever has read that and presses again means a second one.
    desk.client.post(ADD, changed | {"once": _word(page)})
    assert sorted(QueueItem.objects.values_list("title", flat=True)) == ["Gates", "Gates of Olympus"]


def test_another_picture_is_another_text_too(desk, media_root):
    word = _word(desk.client.get(ADD))
    sent = TYPED | {"act": "save-draft", "once": word}
    for _press in range(2):
        answer = desk.client.post(ADD, sent | {"image": _png()}, follow=True)
        assert "/change/" in answer.redirect_chain[-1][0]
    item = QueueItem.objects.get()
    assert item.image.storage.exists(item.image.name)
    page = desk.client.post(ADD, sent | {"image": _png("red")})
    assert "has made an item already" in desk.text(page) and QueueItem.objects.count() == 1
    # It is kept for the next press.
    assert _word(page, "kept")


@pytest.mark.parametrize("word", ["", "\x00", "a b", "x" * 500])
def test_a_word_that_is_none_of_ours_stands_for_nothing(desk, word):
    desk.client.post(ADD, TYPED | {"act": "save-draft", "once": word})
    assert QueueItem.objects.get().idempotency_key is None


def test_a_test_post_is_sent_once_however_often_its_button_is_pressed(desk, telegram):
    session = desk.client.session
    connected = {"name": "Ours", "address": "@ours", "trouble": "", "detail": "", "account": telegram.pk}
    session["connect_done"] = [connected | {"created": True}, {"platform": "telegram"}]
    session.save()
    word = _word(desk.client.get("/admin/connect/done"))
    address = f"/admin/connect/test/{telegram.pk}"
    first = desk.client.post(address, {"once": word})
    with time_machine.travel(factories.NOW.replace(second=1)):
        second = desk.client.post(address, {"once": word})
    assert first.url == second.url and QueueItem.objects.count() == 1
    desk.client.post(address, {"once": _word(desk.client.get("/admin/connect/done"))})
    assert QueueItem.objects.count() == 2
