"""What the composer's page asks the desk: cards for what is being written, and a place for a picture."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from PIL import Image

from social_queue.models import QueueItem
from social_queue.timing import slots
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


@pytest.fixture(autouse=True)
def _tuesday_noon():
    """Today's slots are over, tomorrow's are far and in this week: what is said of them holds at any hour."""
    with time_machine.travel(factories.NOW):
        yield


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


@pytest.fixture
def slotted(accounts):
    """Two of them have a slot a day, the others none."""
    for account, places in zip(accounts[:2], ("daily 09:00", "daily 10:00"), strict=True):
        account.slots = places
        account.save()
    return accounts


def _by_account(item):
    return {post.account.slug: post for post in item.posts.select_related("account")}


IN_SLOTS = TYPED | {"next_slot": "on", "channels": ["our-facebook", "our-instagram", "our-telegram"], "kept": ""}


def test_what_the_next_free_slots_are_is_said_before_it_is_scheduled(desk, slotted):
    told = desk.client.post(f"{AT}preview/", IN_SLOTS).json()
    assert re.findall(r'data-slot="([^"]+)"', told["slots"]) == ["our-facebook", "our-instagram", "our-telegram"]
    assert "09:00 UTC" in told["slots"] and "10:00 UTC" in told["slots"]
    assert "at once, as it has no slots" in told["slots"] and not told["stops"]
    assert "data-slot" not in desk.client.post(f"{AT}preview/", TYPED).json()["slots"]


def test_scheduled_in_the_next_free_slots_each_account_takes_its_own(desk, slotted):
    answer = desk.client.post(f"{AT}add/", IN_SLOTS | {"act": "schedule"}, follow=True)
    item = QueueItem.objects.get()
    posts = _by_account(item)
    assert item.status == "ready" and item.next_slot
    assert [posts[slug].slot_at.hour for slug in ("our-facebook", "our-instagram")] == [9, 10]
    assert posts["our-telegram"].slot_at is None
    desk.undo(answer)
    assert not item.posts.exists()
    desk.client.post(f"{AT}add/", IN_SLOTS | {"act": "schedule", "title": "Another"})
    again = _by_account(QueueItem.objects.latest("pk"))
    assert again["our-facebook"].slot_at == posts["our-facebook"].slot_at


def test_a_draft_for_the_next_slots_says_so_and_takes_them_when_it_is_approved(desk, slotted):
    desk.client.post(f"{AT}add/", IN_SLOTS | {"channels": ["our-facebook"], "act": "save-draft"})
    item = QueueItem.objects.get()
    assert "in the next free slot" in desk.text(desk.client.get(AT))
    assert "in the next free slot" in desk.text(desk.client.get("/admin/queue/review/"))
    page = desk.text(desk.client.get(f"{AT}{item.pk}/change/"))
    assert "It then takes the next free slot of each account." in page
    desk.client.post(f"{AT}{item.pk}/change/", _sent(desk, item) | {"next_slot": "on", "act": "approve"})
    assert _by_account(item)["our-facebook"].slot_at.hour == 9


def test_into_its_slots_and_out_of_them_by_the_same_tick(desk, slotted):
    item = factories.make_item(*slotted[:2], publish_at=timezone.now() + timedelta(days=3))
    sent = _sent(desk, item) | {"act": "schedule"}
    desk.client.post(f"{AT}{item.pk}/change/", sent | {"next_slot": "on"})
    taken = {slug: post.slot_at for slug, post in _by_account(item).items()}
    assert sorted(slot.hour for slot in taken.values()) == [9, 10]
    item.refresh_from_db()
    assert item.publish_at == min(taken.values())
    desk.client.post(f"{AT}{item.pk}/change/", _sent(desk, item) | {"next_slot": "on", "act": "schedule"})
    assert {slug: post.slot_at for slug, post in _by_account(item).items()} == taken
    first = min(taken.values())
    at = {"publish_at_0": f"{first:%Y-%m-%d}", "publish_at_1": f"{first:%H:%M}"}
    desk.client.post(f"{AT}{item.pk}/change/", _without(_sent(desk, item), "next_slot") | at | {"act": "schedule"})
    posts = _by_account(item).values()
    assert {(post.not_before, post.slot_at) for post in posts} == {(first, None)}


def _without(sent: dict, name: str) -> dict:
    return {key: value for key, value in sent.items() if key != name}


def test_what_expires_before_its_slot_says_so_at_its_field(desk, slotted):
    soon = timezone.localtime(timezone.now() + timedelta(minutes=5))
    wrong = IN_SLOTS | {"channels": ["our-facebook"], "act": "schedule"}
    wrong |= {"expires_at_0": f"{soon:%Y-%m-%d}", "expires_at_1": f"{soon:%H:%M}"}
    answer = desk.client.post(f"{AT}add/", wrong)
    assert list(answer.context["form"].errors) == ["expires_at"] and not QueueItem.objects.exists()


def test_a_time_that_nobody_sees_is_no_fault(desk, slotted):
    hidden = {"publish_at_0": "nonsense", "publish_at_1": "25:00"}
    desk.client.post(f"{AT}add/", IN_SLOTS | hidden | {"act": "schedule"})
    assert QueueItem.objects.get().next_slot


def test_a_free_slot_of_the_calendar_opens_the_form_for_its_account_and_is_taken_then(desk, slotted):
    page = desk.client.get("/admin/queue/calendar/", {"account": slotted[0].pk}).content.decode()
    address = re.search(r'data-free><a href="([^"]+)"', page)[1].replace("&amp;", "&")
    form = desk.client.get(address).context["form"]
    assert form["channels"].value() == ["our-facebook"]
    moment = form["publish_at"].value()
    at = {"publish_at_0": f"{moment:%Y-%m-%d}", "publish_at_1": f"{moment:%H:%M}", "act": "schedule"}
    desk.client.post(f"{AT}add/", TYPED | at | {"channels": ["our-facebook"]})
    told = desk.client.post(f"{AT}preview/", IN_SLOTS | {"channels": ["our-facebook"]}).json()
    assert slots.next_free(slotted[0], after=timezone.now()) != moment and "09:00 UTC" in told["slots"]


def test_a_phone_is_told_what_kind_each_field_is(desk, accounts):
    page = desk.client.get(f"{AT}add/").content.decode()
    kinds = {name: kind for kind, name in re.findall(r'<input type="(\w+)" name="(\w+)"', page)}
    assert (kinds["link"], kinds["image_url"], kinds["title"]) == ("url", "url", "text")
    assert (kinds["publish_at_0"], kinds["publish_at_1"], kinds["expires_at_0"]) == ("date", "time", "date")


def test_a_number_that_was_left_alone_is_no_change_in_the_history(desk, accounts):
    soon = timezone.now() + timedelta(days=1)
    item = factories.make_item(accounts[0], publish_at=soon, data={"game": "Gates", "rtp": 97.2})
    desk.client.post(f"{AT}{item.pk}/change/", _sent(desk, item) | {"title": "Other", "act": "schedule"})
    item.refresh_from_db()
    said = " ".join(entry.get_change_message() for entry in LogEntry.objects.all())
    assert item.title == "Other" and "Title" in said and "RTP" not in said
