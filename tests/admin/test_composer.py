"""What the composer's page asks the desk: cards for what is being written, and a place for a picture."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from social_queue.models import QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
AT = "/admin/queue/queueitem/"
TYPED = {"composed": "1", "title": "Gates", "link": "https://example.com/p", "summary": "Soon"}


def _png():
    drawn = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "a.png"
    return drawn


@pytest.fixture
def accounts(db):
    names = ("facebook", "instagram", "telegram", "twitter")
    return [factories.make_account(name, slug=f"our-{name}") for name in names]


def test_a_picture_is_kept_and_counts_as_one(desk, accounts, media_root):
    answer = desk.client.post(f"{AT}keep/", {"image": _png()})
    word, address = answer.json()["kept"], answer.json()["address"]
    assert desk.client.get(address).headers["Content-Type"] == "image/jpeg"
    told = desk.client.post(f"{AT}preview/", TYPED | {"kept": word}).json()
    assert (told["faults"], told["stops"]) == ({}, False)
    assert told["cards"].count("<img") == 4


def test_faults_are_told_by_field_and_blank_fields_are_no_faults_yet(desk, accounts):
    told = desk.client.post(f"{AT}preview/", {"composed": "1"}).json()
    assert (told["faults"], told["stops"]) == ({}, True) and told["cards"].count("data-preview=") == 4
    wrong = TYPED | {"title": "x" * 286, "link": "nonsense", "caption:our-telegram": "<h1>No</h1>"}
    told = desk.client.post(f"{AT}preview/", wrong).json()
    assert set(told["faults"]) == {"title", "link", "caption:our-telegram"} and told["stops"]
    assert not QueueItem.objects.exists()


def test_a_campaign_that_no_link_can_carry_is_said_at_its_field(desk, accounts):
    wrong = TYPED | {"utm_campaign": "x" * 5000}
    told = desk.client.post(f"{AT}preview/", wrong).json()
    assert list(told["faults"]) == ["utm_campaign"] and told["cards"].count("data-preview=") == 4
    when = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00", "act": "schedule"}
    answer = desk.client.post(f"{AT}add/", wrong | when)
    assert list(answer.context["form"].errors) == ["utm_campaign"] and not QueueItem.objects.exists()


@pytest.mark.parametrize("act", ["schedule", "send-now"])
def test_what_would_be_refused_is_not_scheduled_whoever_presses(desk, accounts, act):
    typed = TYPED | {"title": "x" * 286, "publish_at_0": "2031-01-01", "publish_at_1": "10:00"}
    page = desk.text(desk.client.post(f"{AT}add/", typed | {"act": act}))
    assert "only 280 are allowed" in page and "Nothing was queued" in page and not QueueItem.objects.exists()
    desk.client.post(f"{AT}add/", typed | {"act": "save-draft"})
    item = QueueItem.objects.get()
    desk.client.post(f"{AT}{item.pk}/change/", _sent(desk, item) | {"act": "approve"})
    item.refresh_from_db()
    assert item.status == "draft"


def _sent(desk, item):
    form = desk.client.get(f"{AT}{item.pk}/change/").context["adminform"].form
    named = {
        field.html_name: field.value() for field in form if field.name not in ("image", "publish_at", "expires_at")
    }
    own = {name: value for name, value in named.items() if value not in (None, "")}
    when = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00"}
    return own | when | {"composed": "1", "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}


def test_schedule_needs_a_time_and_send_now_takes_none(desk, accounts):
    page = desk.text(desk.client.post(f"{AT}add/", TYPED | {"act": "schedule"}))
    assert "Choose when, or press Send now." in page and not QueueItem.objects.exists()
    later = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00"}
    answer = desk.client.post(f"{AT}add/", TYPED | later | {"act": "send-now"}, follow=True)
    item = QueueItem.objects.get()
    assert item.status == "ready" and item.publish_at < timezone.now() + timedelta(minutes=1)
    desk.undo(answer)
    item.refresh_from_db()
    assert (item.status, item.posts.count()) == ("draft", 0)


def test_what_is_left_as_it_was_is_not_changed(desk, accounts):
    item = factories.make_item(
        *accounts[:2],
        publish_at=timezone.now() + timedelta(days=1),
        captions={"telegram": "For all", "our-facebook": "For one"},
        data={"game": "Gates", "odds": [1, 2]},
        meta={"variant": "B", "batch": 7},
        channels=["facebook", "ig"],
    )
    before = {name: getattr(item, name) for name in ("captions", "data", "meta", "channels")}
    rows = {"data_key": ["odds"], "data_value": ["[1, 2]"]}
    sent = _sent(desk, item) | rows
    del sent["publish_at_0"], sent["publish_at_1"]
    moment = timezone.localtime(item.publish_at)
    sent |= {"publish_at_0": f"{moment:%Y-%m-%d}", "publish_at_1": f"{moment:%H:%M}", "act": "schedule"}
    desk.client.post(f"{AT}{item.pk}/change/", sent)
    item.refresh_from_db()
    assert {name: getattr(item, name) for name in before} == before
    desk.client.post(f"{AT}{item.pk}/change/", sent | {"data_value": ["[3]"], "utm_campaign": "night"})
    item.refresh_from_db()
    assert item.data == {"game": "Gates", "odds": [3]}
    assert item.meta == {"variant": "B", "batch": 7, "utm_campaign": "night"}


def test_who_may_only_look_is_told_nothing(client, django_user_model, grant, accounts, media_root):
    person = django_user_model.objects.create_user("viewer", is_staff=True)
    grant(person, "queue.view_queueitem")
    client.force_login(person)
    assert client.post(f"{AT}preview/", TYPED).status_code == 403
    assert client.post(f"{AT}keep/", {"image": _png()}).status_code == 403
    assert client.get(f"{AT}look/", {"of": "x"}).status_code == 403


def test_nobody_makes_this_server_fetch_what_he_likes(desk, media_root):
    assert desk.client.get(f"{AT}look/", {"of": "eyJpbWFnZV91cmwiOiJodHRwOi8vMTI3LjAuMC4xLyJ9:x"}).status_code == 403
