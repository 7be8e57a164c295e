"""What follows a post: a field from the door to the platform."""

import pytest

from social_queue.delivery import dispatch
from social_queue.models import Part, QueueItem
from social_queue.operations.following import acts
from tests import factories
from tests.support.clock import Clock

BODY = {"title": "Gates", "link": "https://example.com/p", "publish_at": "2030-01-01"}
TWO = [{"text": "First: {link}"}, {"text": "Second", "channels": ["fb"]}]

pytestmark = pytest.mark.django_db


def faults(answer) -> list[str]:
    assert answer.status_code == 400, answer.content
    return answer.json()["error"]["fields"]["follow_ups"]


def test_they_come_in_are_shown_changed_and_emptied(bot):
    factories.make_account("facebook")
    made = bot.post("ingest", BODY | {"follow_ups": TWO}).json()
    shown = bot.get(f"queue/{made['id']}").json()["follow_ups"]
    assert [entry["text"] for entry in shown] == ["First: {link}", "Second"]
    assert QueueItem.objects.get(pk=made["id"]).follow_ups[1]["channels"] == ["fb"]
    assert bot.patch(f"queue/{made['id']}", {"follow_ups": [{"text": "Other"}]}).status_code == 200
    assert QueueItem.objects.get(pk=made["id"]).follow_ups == [{"text": "Other"}]
    assert bot.patch(f"queue/{made['id']}", {"follow_ups": None}).status_code == 200
    assert QueueItem.objects.get(pk=made["id"]).follow_ups == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("text", "must be a list, not text."),
        ([], "must not be empty."),
        ([{"text": "x"}] * 11, "must have at most 10 entries, not 11."),
        (["x"], "entry 1: must be an object with text, not text."),
        ([{"text": "x"}, {"text": " "}], "entry 2: must not be empty."),
        ([{"text": "x", "when": 1}], "entry 1: may have text, channels alone, not when."),
        ([{"text": "x", "channels": ["nowhere"]}], "entry 1: No active account for 'nowhere'."),
        ([{"text": "x\x07"}], "entry 1: must not contain control characters"),
    ],
)
def test_what_can_t_be_used_is_named_with_its_place(bot, given, sentence):
    factories.make_account("facebook")
    for answer in (bot.post("ingest", BODY | {"follow_ups": given}), bot.post("preview", BODY | {"follow_ups": given})):
        assert faults(answer)[0].startswith(sentence)
    assert not QueueItem.objects.exists()


def test_one_that_a_platform_would_refuse_is_refused_at_once_and_told_in_preview(bot):
    account = factories.make_account("twitter", options={"follow_ups": True})
    body = BODY | {"follow_ups": [{"text": "x" * 281}], "channels": ["twitter"]}
    sentence = "Follow-up 1 needs 281 characters on X (Twitter), but only 280 are allowed."
    assert faults(bot.post("ingest", body)) == [f"{account.slug}: {sentence}"]
    [post] = bot.post("preview", body).json()["posts"]
    assert {"code": "follow_up_too_long", "message": sentence} in post["problems"]
    assert post["follow_ups"] == [{"text": "x" * 281, "length": 281, "limit": 280}]


def test_where_they_are_not_allowed_they_are_left_out_and_preview_says_so(bot):
    factories.make_account("twitter")
    body = BODY | {"follow_ups": [{"text": "x" * 281}], "channels": ["twitter"]}
    [post] = bot.post("preview", body).json()["posts"]
    assert "follow_ups_left_out" in [problem["code"] for problem in post["problems"]]
    assert "follow_ups" not in post
    assert bot.post("ingest", body).status_code == 201


def test_a_preview_without_them_is_as_it_was(bot):
    [post] = bot.post("preview", BODY | {"channels": ["fb-page"]}).json()["posts"]
    assert set(post) == {"account", "platform", "caption", "length", "limit", "problems"}


def test_the_schema_names_them(bot, client):
    schema = client.get("/api/schema/", headers={"accept": "application/json"}).content.decode()
    assert schema.count("follow_ups") >= 3


def parts(bot, post) -> list[tuple]:
    rows = bot.get(f"posts/{post.pk}").json()["parts"]
    return [(row["number"], row["kind"], row["status"], row["attempts"], row["waits_for"]) for row in rows]


@pytest.mark.django_db(transaction=True)
def test_a_post_shows_its_parts_from_the_beginning_to_the_end(bot, sandbox, media_root):
    clock = Clock()
    account = factories.make_account("facebook")
    item = factories.make_item(account, publish_at=clock(), follow_ups=[{"text": "One"}, {"text": "Two"}])
    post = item.posts.get()
    assert parts(bot, post) == [
        (1, "post", "pending", 0, None),
        (2, "follow_up", "pending", 0, "part"),
        (3, "follow_up", "pending", 0, "part"),
    ]
    sandbox.scenario(account.address, "reply_refused")
    dispatch.drain(clock=clock)
    assert parts(bot, post) == [
        (1, "post", "published", 1, None),
        (2, "follow_up", "failed", 1, None),
        (3, "follow_up", "pending", 0, "part"),
    ]
    stands = bot.get(f"posts/{post.pk}").json()["parts"][1]
    assert (stands["error_kind"], "comment" in stands["error"]) == ("rejected", True)
    sandbox.scenario(account.address, "ok")
    assert acts.retry(Part.objects.get(number=2), now=clock())
    dispatch.drain(clock=clock)
    rows = bot.get(f"posts/{post.pk}").json()
    assert [row["status"] for row in rows["parts"]] == ["published"] * 3
    assert [row["external_id"] for row in rows["parts"]] == [one.id for one in sandbox.wall]
    assert [(row["part_number"], row["number"]) for row in rows["attempts"]] == [(1, 1), (2, 1), (2, 2), (3, 1)]
