"""What a picture shows, for people who can't see it: a field from the door to the platform."""

import pytest

from social_queue.delivery import dispatch
from social_queue.models import QueueItem
from social_queue.wording import outgoing
from tests import factories
from tests.support.clock import Clock

BODY = {"title": "Gates", "link": "https://example.com/p", "publish_at": "2030-01-01"}
SHOWN = "A golden gate under three suns"


def test_it_comes_in_is_shown_changed_and_emptied(bot):
    made = bot.post("ingest", BODY | {"alt_text": f" {SHOWN} "}).json()
    assert bot.get(f"queue/{made['id']}").json()["alt_text"] == SHOWN
    assert bot.patch(f"queue/{made['id']}", {"alt_text": "Other"}).status_code == 200
    assert QueueItem.objects.get().alt_text == "Other"
    assert bot.patch(f"queue/{made['id']}", {"alt_text": None}).status_code == 200
    assert QueueItem.objects.get().alt_text == ""


def test_it_may_have_a_thousand_characters(bot):
    assert bot.post("ingest", BODY | {"alt_text": "ö" * 1000}).status_code == 201
    answer = bot.post("ingest", BODY | {"alt_text": "ö" * 1001})
    assert answer.json()["error"]["fields"] == {"alt_text": ["must be at most 1000 characters, not 1001."]}
    assert bot.post("ingest", BODY | {"alt_text": 5}).status_code == 400
    assert bot.post("preview", BODY | {"alt_text": SHOWN}).status_code == 200


def test_the_schema_names_it(bot, client):
    schema = client.get("/api/schema/", headers={"accept": "application/json"}).content.decode()
    assert schema.count("alt_text") >= 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"alt_text": SHOWN, "meta": {"alt_text": "older"}}, SHOWN),
        ({"meta": {"alt_text": "older"}}, "older"),
        ({"title": "Only a title"}, "Only a title"),
    ],
)
def test_the_field_wins_over_meta_and_meta_over_the_title(fields, text):
    assert outgoing.alternative_text(factories.make_item(**fields)) == text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("platform", ["facebook", "instagram", "twitter"])
def test_it_reaches_the_platforms_that_take_it(sandbox, media_root, settings, platform):
    settings.PUBLIC_BASE_URL = sandbox.url
    clock = Clock()
    picture = f"{sandbox.url}/_media/sample/photo.jpg"
    factories.make_item(factories.make_account(platform), publish_at=clock(), image_url=picture, alt_text=SHOWN)
    dispatch.drain(clock=clock)
    assert [posting.alt_text for posting in sandbox.wall] == [SHOWN]


@pytest.mark.django_db
def test_an_editor_writes_and_changes_it(client, django_user_model, facebook_account):
    client.force_login(django_user_model.objects.create_superuser("editor"))
    typed = {"title": "By hand", "link": "https://example.com/x", "alt_text": SHOWN, "publish_at_0": "2030-01-01"}
    typed |= {"publish_at_1": "10:00:00"}
    client.post("/admin/queue/queueitem/add/", typed)
    item = QueueItem.objects.get()
    assert item.alt_text == SHOWN
    page = f"/admin/queue/queueitem/{item.pk}/change/"
    assert SHOWN in client.get(page).content.decode()
    posts = {"posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}
    client.post(page, typed | posts | {"alt_text": "Other"})
    item.refresh_from_db()
    assert item.alt_text == "Other"
