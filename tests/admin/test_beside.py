"""What the composer has beside an item's words: follow-ups and the label of AI, from the first letter to the copy."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue import approvals
from social_queue.models import QueueItem
from social_queue.operations import items
from social_queue.operations.pressing import Pressing
from tests import factories
from tests.admin.test_duplicating import ADD, sent_back

pytestmark = pytest.mark.django_db
AT = "/admin/queue/queueitem/"
TYPED = {"composed": "1", "title": "Gates", "link": "https://example.com/p"}
WHEN = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00"}
TWO = [{"text": "The whole story: {link}"}, {"text": "See you at seven.", "channels": ["our-telegram"]}]


@pytest.fixture
def accounts(db, media_root):
    names = ("facebook", "instagram", "telegram", "twitter")
    return [factories.make_account(name, slug=f"our-{name}") for name in names]


def written(texts) -> dict:
    return {"follow_ups": json.dumps(texts)}


def sent(desk, item) -> dict:
    """The change page as a browser sends it back untouched."""
    form = desk.client.get(f"{AT}{item.pk}/change/").context["adminform"].form
    named = {field.html_name: field.value() for field in form if field.name not in ("image", "publish_at")}
    held = {name: value for name, value in named.items() if value not in (None, "")}
    moment = timezone.localtime(item.publish_at)
    at = {"publish_at_0": f"{moment:%Y-%m-%d}", "publish_at_1": f"{moment:%H:%M}"}
    return held | at | {"composed": "1", "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}


def test_the_preview_hangs_each_below_its_post_with_its_length(desk, accounts):
    told = desk.client.post(f"{AT}preview/", TYPED | written(TWO)).json()
    assert (told["faults"], told["stops"]) == ({}, False)
    assert told["cards"].count('class="thread"') == 3, "X has none until its option is on."
    assert told["cards"].count("See you at seven.") == 1 and "17 / 4096" in told["cards"]
    assert told["cards"].count('data-problem="follow_ups_left_out"') == 1


def test_what_a_platform_would_refuse_is_said_beside_the_field_and_never_scheduled(desk, accounts):
    wrong = TYPED | written([{"text": "Good"}, {"text": "x" * 9000}]) | WHEN
    told = desk.client.post(f"{AT}preview/", wrong).json()
    assert list(told["faults"]) == ["follow_ups"] and told["stops"]
    for places in (["nobody"], ["our-facebook", "nobody"]):
        lost = TYPED | written([{"text": "Good"}, {"text": "Lost", "channels": places}]) | WHEN
        answer = desk.client.post(f"{AT}add/", lost | {"act": "schedule"})
        [said] = answer.context["form"].errors["follow_ups"]
        assert not QueueItem.objects.exists() and said.startswith("Entry 2") and "nobody" in said
    fits_nowhere = TYPED | written([{"text": "x" * 5000}]) | WHEN
    answer = desk.client.post(f"{AT}add/", fits_nowhere | {"act": "schedule"})
    assert "Follow-up 1 needs 5000 characters on Telegram" in " ".join(answer.context["form"].errors["follow_ups"])
    assert json.loads(answer.context["form"]["follow_ups"].value()) == [{"text": "x" * 5000}], "It is kept."
    desk.client.post(f"{AT}add/", fits_nowhere | {"act": "save-draft"})
    assert QueueItem.objects.get().status == "draft"


def test_they_are_kept_with_the_label_and_a_copy_has_them(desk, accounts):
    empty = [*TWO, {"text": "  "}, {"nonsense": 1}, 7]
    said = {"ai_generated": "yes", "ai_tool": "our writer"}
    desk.client.post(f"{AT}add/", TYPED | WHEN | written(empty) | said | {"act": "schedule"})
    item = QueueItem.objects.get()
    assert item.follow_ups == TWO and item.ai == {"generated": True, "tool": "our writer"}
    desk.client.post(f"{ADD}?from={item.pk}", sent_back(desk, item) | {"composed": "1", "act": "save-draft"})
    copy = QueueItem.objects.exclude(pk=item.pk).get()
    assert (copy.follow_ups, copy.ai) == (item.follow_ups, item.ai)
    page = desk.client.get(f"{AT}{copy.pk}/change/").content.decode()
    assert "The whole story: {link}" in page and 'value="our writer"' in page


def test_what_is_left_as_it_was_is_not_changed_and_a_change_is_only_that(desk, accounts):
    held = {"follow_ups": TWO, "ai": {"generated": False}}
    item = factories.make_item(*accounts, publish_at=timezone.now() + timedelta(days=1), **held)
    desk.client.post(f"{AT}{item.pk}/change/", sent(desk, item) | {"title": "Another", "act": "schedule"})
    item.refresh_from_db()
    assert (item.title, item.follow_ups, item.ai) == ("Another", TWO, {"generated": False})
    turned = written(TWO[::-1]) | {"ai_generated": "yes"}
    desk.client.post(f"{AT}{item.pk}/change/", sent(desk, item) | turned | {"act": "schedule"})
    item.refresh_from_db()
    assert (item.follow_ups, item.ai) == (TWO[::-1], {"generated": True})
    before = {name: value for name, value in sent(desk, item).items() if name not in ("follow_ups", "ai_generated")}
    desk.client.post(f"{AT}{item.pk}/change/", before | {"title": "From an older page", "act": "schedule"})
    item.refresh_from_db()
    assert (item.follow_ups, item.ai) == (TWO[::-1], {"generated": True})
    emptied = sent(desk, item) | {"follow_ups": "", "ai_generated": "", "act": "schedule"}
    desk.client.post(f"{AT}{item.pk}/change/", emptied)
    item.refresh_from_db()
    assert (item.follow_ups, item.ai) == ([], None)


def test_a_change_of_them_asks_for_approval_again(desk, accounts, admin_user):
    later = timezone.now() + timedelta(days=1)
    item = factories.make_item(publish_at=later, status="draft", follow_ups=TWO, channels=["our-telegram"])
    items.approve(item, now=timezone.now(), press=Pressing(timezone.now(), person=admin_user.pk))
    item.refresh_from_db()
    assert item.status == "ready" and not approvals.is_overtaken(item)
    desk.client.post(f"{AT}{item.pk}/change/", sent(desk, item) | written(TWO[:1]) | {"act": "schedule"})
    item.refresh_from_db()
    assert item.status == "draft"
    assert "follow_ups" in item.approvals.get().ended_because


def test_two_editors_are_shown_both(desk, accounts):
    item = factories.make_item(*accounts, publish_at=timezone.now() + timedelta(days=1), follow_ups=TWO)
    mine = sent(desk, item) | written([{"text": "Mine"}]) | {"ai_generated": "no"}
    item.follow_ups, item.ai = [{"text": "Theirs", "channels": ["tg"]}], {"generated": True}
    item.save()
    answer = desk.client.post(f"{AT}{item.pk}/change/", mine | {"act": "schedule"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "1. Theirs (tg)" in page and "1. Mine" in page
    assert "yes: it is labelled" in page and ">no<" in page


def test_the_page_says_what_readers_see_of_the_label_where(desk, accounts):
    accounts[0].options = {"ai_line": False}
    accounts[0].save()
    page = desk.client.get(f"{AT}add/").content.decode()
    assert 'data-label-on="our-instagram"><strong>our-instagram</strong>: the platform&#x27;s own flag' in page
    assert "our-facebook</strong>: nothing: the account&#x27;s option ai_line is off" in page
    assert "our-telegram</strong>: the line “Made with AI” below the text" in page
    told = desk.client.post(f"{AT}preview/", TYPED | {"ai_generated": "yes"}).json()
    assert told["cards"].count('data-flag="ai"') == 2 and told["cards"].count("Made with AI") == 3


def test_where_the_site_wants_it_declared_the_desk_asks_too(desk, accounts, settings):
    settings.AI_LABEL = "refuse"
    told = desk.client.post(f"{AT}preview/", TYPED).json()
    assert list(told["faults"]) == ["ai_generated"] and told["stops"]
    answer = desk.client.post(f"{AT}add/", TYPED | WHEN | {"act": "schedule"})
    assert list(answer.context["form"].errors) == ["ai_generated"] and not QueueItem.objects.exists()
    desk.client.post(f"{AT}add/", TYPED | WHEN | {"act": "save-draft"})
    item = QueueItem.objects.get()
    assert "Say whether a machine made it" in desk.text(desk.client.get("/admin/queue/review/"))
    assert "does not say whether a machine made it" in desk.bulk("queueitem", "approve", [item])
    item.refresh_from_db()
    assert item.status == "draft"
    desk.client.post(f"{AT}{item.pk}/change/", sent(desk, item) | {"ai_generated": "no", "act": "approve"})
    item.refresh_from_db()
    assert (item.status, item.ai) == ("ready", {"generated": False})


def test_an_item_that_is_out_shows_them_to_be_read(desk, accounts):
    item = factories.make_item(status="posted", follow_ups=TWO, ai={"generated": True, "tool": "<our> writer"})
    factories.make_post(item, accounts[0], status="published", attempts_made=1, external_id="1")
    page = desk.page(item)
    assert "1. The whole story: {link}" in page and "yes (<our> writer)" in page
