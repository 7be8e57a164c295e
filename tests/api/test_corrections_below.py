"""Another text for one part of a thread, by the API: put there where the platform can, else said why not."""

from datetime import timedelta

import pytest

from social_queue.delivery import dispatch
from social_queue.models import Errand, Part, Post
from social_queue.reading import moments
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "Better <words> & more: {link}"
SLUGS = {"facebook": "fb-page", "telegram": "tg-news", "instagram": "ig-desk", "twitter": "x-desk"}


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


def thread(bot, platform, *, texts=("Part 1", "Part 2"), **fields):
    """A post of the caller's own with what follows it."""
    body = {"title": "Gates", "link": "https://example.com/p", "channels": [SLUGS[platform]], **fields}
    answer = bot.post("ingest", body | {"follow_ups": [{"text": text} for text in texts]})
    return Post.objects.get(item=answer.json()["id"])


def out(bot, platform, **fields):
    """The same, all of it out."""
    post = thread(bot, platform, **fields)
    clock = Clock()
    while dispatch.drain(clock=clock).get("published"):
        clock.forward(seconds=1)
    post.refresh_from_db()
    assert [part.status for part in post.parts.all()] == ["published", "published"]
    return post


def parts(answer):
    return {row["number"]: row for row in answer.json()["parts"]}


@pytest.mark.parametrize("platform", ["facebook", "telegram"])
def test_a_follow_up_that_is_out_reads_otherwise_and_asked_again_the_answer_is_the_same(
    bot, sandbox, media_root, platform
):
    post = out(bot, platform)
    text = NEW.replace("{link}", post.short_link)
    first = bot.patch(f"posts/{post.pk}", {"caption": NEW, "part": 3})
    assert first.status_code == 202, first.json()
    row = parts(first)[3]
    assert (row["text"], row["correction"]["caption"]) == ("Part 2", text)
    assert moments.parse(row["correction"]["waits_until"]) == Errand.objects.get().asked_at + timedelta(seconds=10)
    assert first.json()["correction"] is None and parts(first)[2]["correction"] is parts(first)[1]["correction"] is None
    assert bot.patch(f"posts/{post.pk}", {"caption": NEW, "part": 3}).json() == first.json()
    assert (Errand.objects.get().asked_by, Errand.objects.get().part.number) == ("bot-all", 3)

    clock = Clock()
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"corrected": 1}
    assert sorted(posting.text for posting in sandbox.wall if posting.reply_to) == sorted(["Part 1", text])
    done = bot.patch(f"posts/{post.pk}", {"caption": text, "part": 3})
    assert (done.status_code, parts(done)[3]["text"], parts(done)[3]["correction"]) == (200, text, None)
    assert done.json()["caption"] == post.caption
    [told] = [one for one in bot.get("events?after=0").json()["events"] if one["type"] == "post.corrected"]
    assert (told["data"]["part"], told["data"]["post"]["id"]) == (3, post.pk)


def test_part_one_is_the_post_itself(bot, sandbox, media_root):
    post = out(bot, "telegram")
    answer = bot.patch(f"posts/{post.pk}", {"caption": "At eight.", "part": 1})
    assert answer.status_code == 202 and answer.json()["correction"]["caption"] == "At eight."
    assert parts(answer)[1]["correction"] is None and Errand.objects.get().part is None
    for more in ({}, {"part": None}):
        assert bot.patch(f"posts/{post.pk}", {"caption": "At eight.", **more}).json() == answer.json()


def test_post_and_follow_up_wait_beside_each_other(bot, sandbox, media_root):
    post = out(bot, "facebook")
    bot.patch(f"posts/{post.pk}", {"caption": "At eight."})
    bot.patch(f"posts/{post.pk}", {"caption": "Later", "part": 2})
    row = bot.get(f"posts/{post.pk}").json()
    assert row["correction"]["caption"] == "At eight." and row["parts"][1]["correction"]["caption"] == "Later"
    assert bot.get(f"queue/{post.item_id}").json()["posts"][0]["parts"][1]["correction"]["caption"] == "Later"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"caption": "x", "part": 4}, "part", "not_a_choice"),
        ({"caption": "x", "part": 0}, "part", "bad_number"),
        ({"caption": "x", "part": 101}, "part", "bad_number"),
        ({"caption": "x", "part": 10**30}, "part", "too_large"),
        ({"caption": "x", "part": "2"}, "part", "wrong_type"),
        ({"caption": "x", "part": True}, "part", "wrong_type"),
        ({"caption": "x", "part": 2.0}, "part", "bad_number"),
        ({"part": 2}, "caption", "required"),
        ({"caption": " ", "part": 2}, "caption", "empty"),
        ({"caption": "x" * 4097, "part": 2}, "caption", "too_long"),
    ],
)
def test_what_can_not_be_is_named_with_its_field(bot, sandbox, media_root, body, field, code):
    post = out(bot, "telegram")
    answer = bot.patch(f"posts/{post.pk}", body)
    assert answer.status_code == 400 and answer.json()["error"]["codes"] == {field: [code]}, answer.json()
    if code == "not_a_choice":
        assert answer.json()["error"]["fields"] == {"part": ["must be one of 1, 2, 3."]}
    assert not Errand.objects.exists()


@pytest.mark.parametrize(("platform", "why"), [("instagram", "lets no app change"), ("twitter", "Premium")])
def test_where_no_text_is_changed_it_says_why(bot, sandbox, media_root, platform, why):
    factories.make_account(platform, slug=SLUGS[platform], options={"follow_ups": True})
    post = out(bot, platform)
    answer = bot.patch(f"posts/{post.pk}", {"caption": "x", "part": 2})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_correctable"), answer.json()
    assert why in answer.json()["error"]["message"] and answer.json()["error"]["posts"][0]["id"] == post.pk
    assert not Errand.objects.exists()


def test_what_has_still_to_follow_is_changed_with_its_item(bot, sandbox, media_root):
    post = thread(bot, "telegram", publish_at="2036-01-01T10:00:00Z")
    answer = bot.patch(f"posts/{post.pk}", {"caption": "x", "part": 2})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert "follow_ups" in answer.json()["error"]["message"]
    assert bot.patch(f"posts/{post.pk}", {"caption": "x", "part": 4}).status_code == 400
    assert bot.patch(f"posts/{post.pk}", {"caption": "x", "part": 1}).status_code == 200


@pytest.mark.parametrize("status", ["pending", "failed", "unknown", "cancelled"])
def test_a_part_that_is_not_out_has_no_text_there(bot, sandbox, media_root, status):
    post = out(bot, "telegram")
    Part.objects.filter(post=post, number=3).update(status=status)
    answer = bot.patch(f"posts/{post.pk}", {"caption": "x", "part": 3})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict"), answer.json()


def test_what_is_being_taken_back_is_left_alone(bot, sandbox, media_root):
    post = out(bot, "facebook")
    bot.post(f"posts/{post.pk}/recall")
    answer = bot.patch(f"posts/{post.pk}", {"caption": "x", "part": 2})
    assert answer.status_code == 409 and "taken back" in answer.json()["error"]["message"]


def test_a_key_changes_only_what_follows_its_own_and_sees_no_more_than_it_may(bot, caller, sandbox, media_root):
    post = out(bot, "telegram")
    assert caller("ingest").patch(f"posts/{post.pk}", {"caption": "x", "part": 2}).status_code == 404
    answer = caller("manage").patch(f"posts/{post.pk}", {"caption": "x", "part": 2})
    assert (answer.status_code, answer.json()) == (202, {"id": post.pk, "status": "published"})


def test_a_thread_that_was_seen_by_a_person_has_no_id_to_change(bot, sandbox, media_root):
    post = out(bot, "telegram")
    Part.objects.filter(post=post, number=2).update(external_id="")
    answer = bot.patch(f"posts/{post.pk}", {"caption": "x", "part": 2})
    assert answer.status_code == 409 and "nobody knows its id" in answer.json()["error"]["message"]
