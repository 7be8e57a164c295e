"""Another text by the API: before it goes out, and where it is out already; asked again without harm."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Errand, Post
from social_queue.reading import moments
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

NEW = {"caption": "The gates open at eight."}


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


def ingested(bot, **fields):
    """A post of the caller's own."""
    body = {"title": "Gates", "link": "https://example.com/p", "channels": ["fb-page"], **fields}
    return Post.objects.get(item=bot.post("ingest", body).json()["id"])


def published(bot, **fields):
    """The same, which is out."""
    post = ingested(bot, **fields)
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    post.refresh_from_db()
    return post


def test_what_is_out_is_changed_and_asked_again_the_answer_is_the_same(bot, sandbox, media_root):
    post = published(bot)
    old = post.caption
    first = bot.patch(f"posts/{post.pk}", {"caption": "The gates open at eight: {link}"})
    assert first.status_code == 202
    text = f"The gates open at eight: {post.short_link}"
    waits = first.json()["correction"]
    assert (waits["caption"], first.json()["caption"]) == (text, old)
    assert moments.parse(waits["waits_until"]) == Errand.objects.get().asked_at + timedelta(seconds=10)
    assert bot.patch(f"posts/{post.pk}", {"caption": "The gates open at eight: {link}"}).json() == first.json()
    assert Errand.objects.get().asked_by == "bot-all"

    clock = Clock()
    assert dispatch.drain(clock=clock) == {} and sandbox.wall[0].text == old
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"corrected": 1} and sandbox.wall[0].text == text

    done = bot.patch(f"posts/{post.pk}", {"caption": text})
    assert done.status_code == 200
    row = done.json()
    assert (row["caption"], row["correction"], row["status"]) == (text, None, "published") and row["corrected_at"]
    assert [one["kind"] for one in row["attempts"]] == ["post", "correct"]
    [told] = [one for one in bot.get("events?after=0").json()["events"] if one["type"] == "post.corrected"]
    assert told["data"]["post"]["id"] == post.pk


def test_what_waits_goes_out_with_it(bot, sandbox, media_root):
    post = ingested(bot, publish_at="2036-01-01T10:00:00Z")
    answer = bot.patch(f"posts/{post.pk}", NEW)
    assert (answer.status_code, answer.json()["caption"], answer.json()["caption_edited"]) == (
        200,
        NEW["caption"],
        True,
    )
    assert bot.patch(f"posts/{post.pk}", NEW).status_code == 200
    Post.objects.update(not_before=timezone.now())
    assert dispatch.drain(clock=timezone.now) == {"published": 1} and sandbox.wall[0].text == NEW["caption"]


def test_without_words_the_template_speaks_again_until_it_is_out(bot, sandbox, media_root):
    post = ingested(bot, publish_at="2036-01-01T10:00:00Z")
    bot.patch(f"posts/{post.pk}", NEW)
    assert bot.patch(f"posts/{post.pk}", {"caption": " "}).json()["caption_edited"] is False
    Post.objects.update(not_before=timezone.now())
    dispatch.drain(clock=timezone.now)
    answer = bot.patch(f"posts/{post.pk}", {"caption": ""})
    assert answer.status_code == 400 and answer.json()["error"]["codes"] == {"caption": ["empty"]}


@pytest.mark.parametrize("out", [False, True])
def test_a_text_that_the_platform_refuses_is_refused_here(bot, sandbox, media_root, out):
    make = published if out else ingested
    post = make(bot, channels=["tg-news"], **({} if out else {"publish_at": "2036-01-01T10:00:00Z"}))
    for text, code in (("x" * 4097, "too_long"), ("<b>open", "bad_markup")):
        answer = bot.patch(f"posts/{post.pk}", {"caption": text})
        assert answer.status_code == 400 and answer.json()["error"]["codes"] == {"caption": [code]}, answer.json()
    assert not Errand.objects.exists()


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "caption", "required"),
        ({"caption": None}, "caption", "required"),
        ({"caption": 7}, "caption", "wrong_type"),
        ({"caption": "x\x00"}, "caption", "bad_character"),
        ({"caption": "x", "title": "y"}, "title", "unknown_field"),
        (["x"], "body", "wrong_type"),
    ],
)
def test_a_body_of_another_kind_is_named(bot, body, field, code):
    post = ingested(bot, publish_at="2036-01-01T10:00:00Z")
    answer = bot.patch(f"posts/{post.pk}", body)
    assert answer.status_code == 400 and answer.json()["error"]["codes"] == {field: [code]}


def test_where_no_text_is_changed_it_says_why_in_a_code_of_its_own(bot, sandbox, media_root):
    factories.make_account("twitter", slug="x-desk")
    post = published(bot, channels=["x-desk"])
    answer = bot.patch(f"posts/{post.pk}", NEW)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_correctable")
    assert "Premium" in answer.json()["error"]["message"]
    assert answer.json()["error"]["posts"][0]["id"] == post.pk


def test_what_is_being_taken_back_or_sent_is_left_alone(bot, sandbox, media_root):
    post = published(bot)
    bot.post(f"posts/{post.pk}/recall")
    answer = bot.patch(f"posts/{post.pk}", NEW)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert "taken back" in answer.json()["error"]["message"]
    for status in ("publishing", "unknown", "cancelled"):
        other = ingested(bot, title=status, publish_at="2036-01-01T10:00:00Z")
        Post.objects.filter(pk=other.pk).update(status=status)
        assert bot.patch(f"posts/{other.pk}", NEW).status_code == 409


def test_a_key_changes_only_what_came_in_under_its_name(caller, desk_accounts, sandbox):
    post = factories.make_post(status="published", external_id="1_2", caption="Old")
    assert caller("ingest").patch(f"posts/{post.pk}", NEW).status_code == 404
    assert caller("read").patch(f"posts/{post.pk}", NEW).status_code == 403
    assert not Errand.objects.exists()
    answer = caller("manage").patch(f"posts/{post.pk}", NEW)
    assert (answer.status_code, answer.json()) == (202, {"id": post.pk, "status": "published"})
    assert caller("manage", "read").patch("posts/999", NEW).status_code == 404
