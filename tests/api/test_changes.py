"""Changing, cancelling and retrying from outside."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import Post, QueueItem
from social_queue.operations import editing
from tests.factories import make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(desk_accounts):
    return make_item(*desk_accounts, publish_at=timezone.now() + timedelta(days=1))


class TestPatch:
    def test_changes_what_may_be_changed(self, caller, item):
        changes = {
            "title": "New",
            "summary": "New summary",
            "link": "https://new.example/",
            "image_url": "https://new.example/a.jpg",
            "hashtags": ["new"],
            "publish_at": "2036-01-01T00:00:00Z",
            "expires_at": "2036-01-02T00:00:00Z",
            "meta": {"utm_campaign": "new"},
        }
        answer = caller().patch(f"queue/{item.pk}", changes)
        assert answer.status_code == 200
        assert {name: answer.json()[name] for name in changes} == changes
        item.refresh_from_db()
        assert (item.title, item.hashtags, item.meta) == ("New", ["new"], {"utm_campaign": "new"})
        assert {post.not_before for post in item.posts.all()} == {item.publish_at}

    def test_names_all_that_it_knows_to_whoever_misspelt_one(self, caller, item):
        answer = caller().patch(f"queue/{item.pk}", {"repaet": None, "oddly": 1})
        fields = answer.json()["error"]["fields"]
        assert "did you mean repeat?" in fields["repaet"][0]
        known = fields["oddly"][0].partition("Known are ")[2].rstrip(".").split(", ")
        assert set(known) == {*editing.EDITABLE, "repeat"}

    def test_empties_what_is_null(self, caller, item):
        answer = caller().patch(
            f"queue/{item.pk}", {"summary": None, "hashtags": None, "meta": None, "expires_at": None}
        )
        assert answer.status_code == 200
        assert (answer.json()["summary"], answer.json()["hashtags"], answer.json()["meta"]) == ("", [], {})

    def test_names_every_bad_field_and_changes_nothing(self, caller, item):
        changes = {"title": None, "link": "x", "publish_at": None, "data": [], "channels": [], "summary": "fine"}
        answer = caller().patch(f"queue/{item.pk}", changes)
        assert answer.status_code == 400
        assert set(answer.json()["error"]["fields"]) == {"title", "link", "publish_at", "data", "channels"}
        item.refresh_from_db()
        assert item.summary != "fine"

    def test_a_past_time_is_now_and_an_end_before_it_is_refused(self, caller, item):
        answer = caller().patch(f"queue/{item.pk}", {"publish_at": "2001-01-01T00:00Z"})
        assert abs(QueueItem.objects.get().publish_at - timezone.now()) < timedelta(seconds=10)
        assert answer.status_code == 200
        assert caller("manage").patch(f"queue/{item.pk}", {"expires_at": "2001-01-01T00:00Z"}).status_code == 400

    def test_data_and_meta_may_not_become_too_large_together(self, caller, item):
        QueueItem.objects.update(data={"x": "y" * 30_000})
        answer = caller().patch(f"queue/{item.pk}", {"meta": {"x": "y" * 3000}})
        assert list(answer.json()["error"]["fields"]) == ["meta"]
        QueueItem.objects.update(data={"x": "y" * 40_000})
        assert caller("manage").patch(f"queue/{item.pk}", {"title": "New"}).status_code == 200

    def test_another_variant_is_given_to_its_posts(self, caller, item):
        caller().patch(f"queue/{item.pk}", {"meta": {"variant": "A"}})
        assert {post.variant for post in item.posts.all()} == {"A"}

    @pytest.mark.parametrize("status", ["publishing", "published", "unknown", "failed", "pending"])
    def test_after_anything_was_claimed_it_is_409_and_names_what_went(self, caller, item, status):
        post = item.posts.get(account__slug="tg-news")
        external = {"external_id": "1"} if status == "published" else {}
        Post.objects.filter(pk=post.pk).update(status=status, attempts_made=1, **external)
        answer = caller().patch(f"queue/{item.pk}", {"title": "New"})
        assert answer.status_code == 409
        assert [gone["account"] for gone in answer.json()["error"]["posts"]] == ["tg-news"]
        item.refresh_from_db()
        assert item.title != "New"

    def test_drafts_and_skipped_items_may_be_changed_and_cancelled_ones_not(self, caller, item):
        Post.objects.all().delete()
        bot = caller()
        for status, answered in (("draft", 200), ("skipped", 200), ("cancelled", 409)):
            QueueItem.objects.update(status=status)
            assert bot.patch(f"queue/{item.pk}", {"title": status}).status_code == answered

    @pytest.mark.parametrize("body", [[], None, "x", 5])
    def test_a_body_that_is_no_object_is_refused(self, caller, item, body):
        assert caller().patch(f"queue/{item.pk}", body).status_code == 400

    def test_of_nothing_is_404(self, caller):
        assert caller().patch("queue/99", {"title": "x"}).status_code == 404


class TestCancel:
    def test_takes_what_has_not_gone(self, caller, item):
        item.posts.filter(account__slug="fb-page").update(status="published", external_id="1", attempts_made=1)
        answer = caller().post(f"queue/{item.pk}/cancel")
        assert answer.status_code == 200
        assert answer.json()["taken"] == 1
        assert {post["account"]: post["status"] for post in answer.json()["posts"]} == {
            "fb-page": "published",
            "tg-news": "cancelled",
        }

    def test_twice_is_no_error(self, caller, item):
        bot = caller()
        answers = [bot.post(f"queue/{item.pk}/cancel") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert [answer.json()["status"] for answer in answers] == ["cancelled"] * 2

    def test_when_all_has_gone_it_is_409_and_names_what_went(self, caller, item):
        item.posts.update(status="published", external_id="1", attempts_made=1)
        answer = caller().post(f"queue/{item.pk}/cancel")
        assert answer.status_code == 409
        assert {post["account"] for post in answer.json()["error"]["posts"]} == {"fb-page", "tg-news"}

    def test_what_may_be_out_is_left_so_that_it_can_still_be_taken_back(self, caller, item):
        undecided = item.posts.get(account__slug="fb-page")
        Post.objects.filter(pk=undecided.pk).update(status="unknown", attempts_made=1)
        bot = caller()
        first, again = (bot.post(f"queue/{item.pk}/cancel") for _ in range(2))
        assert (first.status_code, first.json()["taken"], first.json()["left"]) == (200, 1, {"is undecided": 1})
        assert again.status_code == 409
        assert {post["account"]: post["status"] for post in again.json()["error"]["posts"]} == {
            "fb-page": "unknown",
            "tg-news": "cancelled",
        }
        asked_back = {post["id"]: post for post in bot.post(f"queue/{item.pk}/recall").json()["posts"]}
        assert asked_back[undecided.pk]["waits_until"]

    def test_of_nothing_is_404(self, caller):
        assert caller().post("queue/99/cancel").status_code == 404


class TestRetry:
    def test_takes_what_failed(self, caller, item):
        item.posts.filter(account__slug="fb-page").update(status="failed", attempts_made=4, failures_in_row=4)
        answer = caller().post(f"queue/{item.pk}/retry")
        assert answer.status_code == 200
        assert (answer.json()["taken"], sum(answer.json()["left"].values())) == (1, 1)
        assert Post.objects.get(account__slug="fb-page").status == "pending"

    def test_when_nothing_failed_it_is_409(self, caller, item):
        answer = caller().post(f"queue/{item.pk}/retry")
        assert answer.status_code == 409
        assert {post["status"] for post in answer.json()["error"]["posts"]} == {"pending"}
