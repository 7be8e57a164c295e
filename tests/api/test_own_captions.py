"""Own words for an account: from the door to the platform, judged by the platform's limits, changed until the claim."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.intake.files import row_files
from social_queue.models import PlatformAccount, Post, QueueItem
from tests import factories
from tests.support.clock import Clock

BODY = {"title": "Gates", "link": "https://example.com/p?a=1&b=2", "publish_at": "2030-01-01"}
OWN = "Sepuluh menit lagi: {link} – jangan lupa!"


@pytest.fixture
def accounts(bot):
    PlatformAccount.objects.all().delete()
    return [factories.make_account(name, slug=f"our-{name}") for name in ("facebook", "telegram", "twitter")]


def _captions(answer):
    return {row["account"]: row["caption"] for row in answer.json()["posts"]}


def test_it_comes_in_is_shown_changed_and_emptied(bot, accounts):
    made = bot.post("ingest", BODY | {"captions": {"x": f" {OWN} ", "our-telegram": "<b>Ada</b>"}}).json()
    assert bot.get(f"queue/{made['id']}").json()["captions"] == {"twitter": OWN, "our-telegram": "<b>Ada</b>"}
    assert bot.patch(f"queue/{made['id']}", {"captions": {"facebook": "Lain"}}).status_code == 200
    assert QueueItem.objects.get().captions == {"facebook": "Lain"}
    assert bot.patch(f"queue/{made['id']}", {"captions": None}).status_code == 200
    assert QueueItem.objects.get().captions == {}


def test_an_account_goes_before_its_platform_and_the_template_speaks_elsewhere(bot, accounts):
    factories.make_account("telegram", slug="second")
    captions = {"tg": "For all: {link}", "second": "For one"}
    said = _captions(bot.post("preview", BODY | {"captions": captions}))
    assert said["second"] == "For one"
    assert said["our-telegram"].startswith("For all: http") and "{link}" not in said["our-telegram"]
    assert "Gates" in said["our-facebook"] and "Gates" not in said["our-telegram"]


@pytest.mark.parametrize(
    ("captions", "fault", "code"),
    [
        ("text", "must be an object of texts, not text.", "wrong_type"),
        ({"our-telegram": 7}, "our-telegram: must be text, not a number.", "wrong_type"),
        ({"our-telegram": "  "}, "our-telegram: must not be empty.", "empty"),
        ({"nobody": "Hello"}, "nobody: is neither a platform nor an account.", "unknown_account"),
        ({"x": "One", "twitter": "Two"}, "names one platform by two of its names.", "twice"),
        (
            {"twitter": "x" * 281},
            "our-twitter: The rewritten caption needs 281 characters on X (Twitter), but only 280 are allowed.",
            "too_long",
        ),
        ({"telegram": "<h1>No</h1>"}, "our-telegram: ", "bad_markup"),
        ({"twitter": "$AAA and $BBB"}, "our-twitter: The text holds the cashtags $AAA, $BBB", "cashtags"),
    ],
)
def test_what_can_not_go_out_is_refused_at_the_door(bot, accounts, captions, fault, code):
    answer = bot.post("ingest", BODY | {"captions": captions})
    error = answer.json()["error"]
    assert answer.status_code == 400 and list(error["fields"]) == ["captions"]
    assert error["fields"]["captions"][0].startswith(fault)
    assert error["codes"]["captions"] == [code], error
    assert not QueueItem.objects.exists()


def test_words_for_accounts_that_are_not_asked_for_wait(bot, accounts):
    body = BODY | {"channels": ["our-telegram"], "captions": {"twitter": "x" * 281}}
    made = bot.post("ingest", body).json()
    answer = bot.patch(f"queue/{made['id']}", {"channels": ["our-telegram", "our-twitter"]})
    assert list(answer.json()["error"]["fields"]) == ["captions"]
    assert Post.objects.count() == 1


def test_a_link_counts_as_the_platform_counts_it(bot, accounts, settings):
    settings.PUBLIC_BASE_URL = "https://post.example.com"
    fits = "x" * (280 - 24) + " {link}"
    assert bot.post("ingest", BODY | {"captions": {"twitter": fits}}).status_code == 201
    assert bot.post("ingest", BODY | {"captions": {"twitter": f"{fits} y"}}).status_code == 400


def test_a_preview_tells_it_beside_the_caption(bot, accounts):
    answer = bot.post("preview", BODY | {"captions": {"twitter": "x" * 281}})
    row = next(row for row in answer.json()["posts"] if row["account"] == "our-twitter")
    assert (row["length"], row["limit"], [one["code"] for one in row["problems"]]) == (281, 280, ["too_long"])


@pytest.mark.django_db(transaction=True)
def test_it_goes_out_with_the_posts_own_link_and_stays_the_same_when_tried_again(sandbox, media_root, settings):
    settings.PUBLIC_BASE_URL = sandbox.url
    clock = Clock()
    accounts = [factories.make_account(name, slug=name) for name in ("facebook", "telegram", "twitter")]
    captions = {"telegram": "<b>Ada</b> {link}", "twitter": OWN}
    item = factories.make_item(*accounts, publish_at=clock(), captions=captions)
    dispatch.drain(clock=clock)
    said = {posting.platform: posting.text for posting in sandbox.wall}
    link = {post.platform: post.short_link for post in item.posts.all()}
    assert said["telegram"] == f"Ada {link['telegram']}"
    assert said["twitter"] == OWN.replace("{link}", link["twitter"])
    assert item.title in said["facebook"]


@pytest.mark.django_db
def test_words_that_came_later_take_the_place_of_what_was_rewritten_for_one_post(bot, accounts):
    made = bot.post("ingest", BODY).json()
    Post.objects.update(caption="By hand", caption_edited=True)
    bot.patch(f"queue/{made['id']}", {"captions": {"telegram": "Later"}})
    edited = dict(Post.objects.values_list("platform", "caption_edited"))
    assert edited == {"facebook": True, "telegram": False, "twitter": True}


class TestChannels:
    def test_posts_come_and_go(self, bot, accounts):
        made = bot.post("ingest", BODY | {"channels": ["our-telegram", "x"]}).json()
        kept = Post.objects.get(account__slug="our-telegram").pk
        answer = bot.patch(f"queue/{made['id']}", {"channels": ["our-telegram", "fb"]})
        assert answer.status_code == 200 and answer.json()["channels"] == ["our-telegram", "fb"]
        assert [row["account"] for row in answer.json()["posts"]] == ["our-telegram", "our-facebook"]
        assert Post.objects.get(account__slug="our-telegram").pk == kept
        assert len(set(Post.objects.values_list("not_before", flat=True))) == 1
        assert bot.patch(f"queue/{made['id']}", {"channels": ["x"]}).json()["status"] == "ready"
        assert bot.patch(f"queue/{made['id']}", {"channels": None}).status_code == 200
        assert Post.objects.count() == 3

    @pytest.mark.parametrize("given", [["nobody"], [], "facebook"])
    def test_what_names_nobody_changes_nothing(self, bot, accounts, given):
        made = bot.post("ingest", BODY).json()
        assert list(bot.patch(f"queue/{made['id']}", {"channels": given}).json()["error"]["fields"]) == ["channels"]
        assert Post.objects.count() == 3

    def test_a_post_that_was_cancelled_does_not_come_back(self, bot, accounts):
        made = bot.post("ingest", BODY | {"channels": ["x", "fb"]}).json()
        Post.objects.filter(platform="facebook").update(status="cancelled")
        assert bot.patch(f"queue/{made['id']}", {"channels": ["x", "fb", "tg"]}).status_code == 200
        assert Post.objects.get(platform="facebook").status == "cancelled"
        bot.patch(f"queue/{made['id']}", {"channels": ["x"]})
        answer = bot.patch(f"queue/{made['id']}", {"channels": ["x", "fb"]})
        assert "cancelled there" in answer.json()["error"]["fields"]["channels"][0]

    def test_nothing_is_changed_once_a_post_was_claimed(self, bot, accounts):
        made = bot.post("ingest", BODY).json()
        Post.objects.filter(platform="facebook").update(status="publishing", attempts_made=1)
        for changes in ({"channels": ["x"]}, {"data": {"game": "x"}}, {"captions": {"x": "No"}}):
            answer = bot.patch(f"queue/{made['id']}", changes)
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict"), changes
        assert Post.objects.count() == 3

    def test_a_slot_is_taken_by_who_comes_and_free_for_others_when_he_goes(self, bot, accounts):
        for slug in ("one", "two"):
            factories.make_account("telegram", slug=slug, slots="mon-sun 09:00 18:00")
        made = bot.post("ingest", BODY | {"channels": ["one"], "publish_at": "next-slot"}).json()
        row = bot.patch(f"queue/{made['id']}", {"channels": ["one", "two"]}).json()
        assert len({post["not_before"] for post in row["posts"]}) == 1
        assert row["publish_at"] == row["posts"][0]["not_before"]
        bot.patch(f"queue/{made['id']}", {"channels": ["two"]})
        assert list(Post.objects.values_list("account__slug", flat=True)) == ["two"]


def test_data_can_be_changed_and_the_cooldown_sees_it(bot, accounts):
    made = bot.post("ingest", BODY | {"data": {"game": "Old"}}).json()
    row = bot.patch(f"queue/{made['id']}", {"data": {"game": "New  Game", "odds": [1, 2]}}).json()
    assert (row["data"], row["game"]) == ({"game": "New  Game", "odds": [1, 2]}, "new game")
    assert bot.patch(f"queue/{made['id']}", {"data": {"game": "Old", "window": "9-10"}}).json()["window"] == "9-10"
    assert bot.patch(f"queue/{made['id']}", {"data": None}).json()["data"] == {}
    assert bot.patch(f"queue/{made['id']}", {"data": {"x": "y" * 40_000}}).status_code == 400


def test_every_time_of_a_repeat_says_the_own_words(bot, accounts):
    start = (timezone.now() + timedelta(days=1)).isoformat()
    rule = {"rrule": "FREQ=DAILY;COUNT=3", "zone": "UTC"}
    bot.post("ingest", BODY | {"publish_at": start, "repeat": rule, "captions": {"x": OWN}})
    assert [item.captions for item in QueueItem.objects.all()] == [{"twitter": OWN}] * 3


def test_a_column_of_a_table_names_the_account():
    rows = list(
        row_files.read(
            b"title,link,captions.telegram,captions.tg-news\nGates,https://example.com/,12,Ada\n", name="a.csv"
        )
    )
    assert rows[0].payload["captions"] == {"telegram": "12", "tg-news": "Ada"}
