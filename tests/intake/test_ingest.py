"""What happens to a body that came in: queued once, answered always the same."""

from datetime import timedelta

import pytest
from django_q.models import OrmQ

from social_queue.accounts import channels
from social_queue.intake import ingest, posts
from social_queue.intake.incoming import normalise
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.wording import outgoing
from tests.factories import NOW, make_account
from tests.support.crowd import at_once

GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p?x=1"}
FULL = GOOD | {
    "summary": "The gates are open.",
    "image_url": "https://example.com/a.jpg",
    "data": {"game": "Gates of Olympus", "rtp": 97.2, "window": "19:00-21:00"},
    "channels": ["fb-page"],
    "hashtags": ["slot"],
    "meta": {"variant": "A"},
    "reference": "g-1",
}


@pytest.fixture
def _accounts(db):
    make_account("facebook", slug="fb-page")
    make_account("instagram", slug="ig-main")


def receive(body=None, *, key=None, source="tests", now=NOW, **more):
    return ingest.receive(GOOD if body is None else body, source=source, now=now, idempotency_key=key, **more)


@pytest.mark.django_db
@pytest.mark.usefixtures("_accounts")
class TestOneAfterTheOther:
    def test_an_item_is_queued_with_a_post_for_every_active_account(self):
        receipt = receive()
        item = QueueItem.objects.get()
        assert receipt.status_code == 201
        assert receipt.body == item.receipt
        assert receipt.body["id"] == item.pk
        assert receipt.body["status"] == item.status == "ready"
        assert receipt.body["publish_at"] == "2026-12-01T12:00:00Z"
        assert [post["account"] for post in receipt.body["posts"]] == ["fb-page", "ig-main"]
        for post in receipt.body["posts"]:
            row = Post.objects.get(pk=post["id"])
            assert post == {
                "id": row.pk,
                "account": row.account.slug,
                "platform": row.account.platform,
                "status": "pending",
                "link": f"http://autopost.test/go/{row.code}",
                "not_before": "2026-12-01T12:00:00Z",
                "waits_for": None,
            }

    def test_everything_that_came_in_is_kept(self):
        receive(FULL | {"publish_at": "2026-12-02T00:00Z", "expires_at": "2026-12-03T00:00Z"}, key="k1", source="bot")
        item = QueueItem.objects.get()
        assert (item.title, item.summary, item.link) == (FULL["title"], FULL["summary"], FULL["link"])
        assert (item.image_url, item.hashtags, item.channels) == (FULL["image_url"], ["slot"], ["fb-page"])
        assert (item.data, item.meta) == (FULL["data"], FULL["meta"])
        assert (item.game, item.window) == ("gates of olympus", "19:00-21:00")
        assert (item.source, item.idempotency_key, item.reference) == ("bot", "k1", "g-1")
        assert (item.publish_at, item.expires_at) == (NOW + timedelta(hours=12), NOW + timedelta(hours=36))

    def test_a_posts_time_is_its_items_time(self):
        receive(GOOD | {"publish_at": "2026-12-02T00:00Z"})
        assert set(Post.objects.values_list("not_before", flat=True)) == {NOW + timedelta(hours=12)}

    def test_a_bad_body_leaves_nothing_behind(self):
        receipt = receive({"title": "", "link": "nope"}, key="k1")
        assert receipt.status_code == 400
        assert receipt.body["error"]["code"] == "invalid"
        assert list(receipt.body["error"]["fields"]) == ["title", "link"]
        assert not QueueItem.objects.exists()
        assert receive(key="k1").status_code == 201

    def test_the_same_key_and_body_get_the_first_answer_again(self):
        first = receive(key="k1")
        PlatformAccount.objects.update(status="blocked")
        again = receive(key="k1", now=NOW + timedelta(days=3))
        assert (again.status_code, again.replayed, again.created) == (200, True, False)
        assert again.body == first.body
        assert QueueItem.objects.count() == 1

    def test_a_key_in_the_body_counts_as_much_as_one_in_the_header(self):
        first = receive(GOOD | {"idempotency_key": "k1"})
        assert receive(key="k1").body == first.body
        assert receive(GOOD | {"idempotency_key": "k1"}, key="k1").replayed
        assert receive(GOOD | {"idempotency_key": "k2"}, key="k1").body["error"]["fields"]["idempotency_key"]
        assert QueueItem.objects.count() == 1

    def test_the_same_key_with_another_body_is_refused(self):
        receive(key="k1")
        receipt = receive(GOOD | {"title": "Other"}, key="k1")
        assert receipt.status_code == 422
        assert receipt.body["error"]["code"] == "idempotency_key_reused"
        assert QueueItem.objects.count() == 1

    def test_a_reference_is_the_items_own_within_its_source(self):
        first = receive(GOOD | {"reference": "r1"})
        assert receive(GOOD | {"reference": "r1"}, key="other").body == first.body
        assert receive(GOOD | {"reference": "r1", "title": "Other"}).status_code == 422
        assert receive(GOOD | {"reference": "r1"}, source="elsewhere").status_code == 201

    def test_keys_are_compared_letter_by_letter(self):
        assert [receive(key=key).status_code for key in ("key", "KEY", "kéy", "key ")] == [201, 201, 201, 200]

    def test_without_key_and_reference_the_same_body_is_queued_twice(self):
        assert receive().body["id"] != receive().body["id"]

    @pytest.mark.parametrize("key", ["x" * 201, "nul\x00"])
    def test_a_key_that_cannot_be_kept_is_named(self, key):
        assert list(receive(key=key).body["error"]["fields"]) == ["idempotency_key"]

    def test_a_replayed_skip_is_the_same_skip(self):
        receive(FULL | {"reference": "g-0"})
        first = receive(FULL, key="k1")
        assert first.status_code == 200
        assert not first.replayed
        assert first.body["status"] == "skipped"
        assert receive(FULL, key="k1").body == first.body

    def test_a_draft_has_no_posts_until_somebody_approves(self):
        receipt = receive(draft=True)
        assert (receipt.status_code, receipt.body["status"], receipt.body["posts"]) == (201, "draft", [])
        item = QueueItem.objects.get()
        assert len(posts.create_posts(item, now=NOW)) == 2
        assert posts.create_posts(item, now=NOW) == []

    def test_posts_can_not_be_made_for_accounts_that_are_gone(self):
        receive(GOOD | {"channels": ["ig-main"]}, draft=True)
        PlatformAccount.objects.all().delete()
        with pytest.raises(channels.UnknownChannels):
            posts.create_posts(QueueItem.objects.get(), now=NOW)

    def test_an_account_that_vanished_meanwhile_is_a_bad_channel(self, monkeypatch):
        def vanish(watch):
            PlatformAccount.objects.all().delete()

        monkeypatch.setattr("social_queue.intake.cooldown.Watch.lay_locks", vanish)
        receipt = receive()
        assert (receipt.status_code, list(receipt.body["error"]["fields"])) == (400, ["channels"])
        assert not QueueItem.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_accounts")
class TestWorkersAreWoken:
    def test_when_something_is_due_now(self):
        receive()
        assert OrmQ.objects.count() == 1

    @pytest.mark.parametrize("body", [GOOD | {"publish_at": "2026-12-01T12:00:01Z"}, {"title": "no link"}])
    def test_but_not_for_what_is_not(self, body):
        receive(body)
        assert not OrmQ.objects.exists()

    def test_nor_for_a_draft(self):
        receive(draft=True)
        assert not OrmQ.objects.exists()

    def test_and_no_more_of_them_than_there_are(self, settings):
        for _ in range(10):
            receive()
        assert OrmQ.objects.count() == settings.Q_WORKERS + 1

    def test_a_broken_broker_does_not_refuse_content(self, monkeypatch, caplog):
        from django_q.conf import Conf

        # Nothing listens on port 1.
        monkeypatch.setattr(Conf, "ORM", None)
        monkeypatch.setattr(Conf, "REDIS", "redis://127.0.0.1:1/0")
        assert receive().status_code == 201
        assert Post.objects.count() == 2
        assert "could not be woken" in caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_accounts")
class TestAtTheSameTime:
    def test_one_key_is_one_item_and_one_answer(self):
        receipts = at_once(lambda _: receive(FULL, key="k1"), 8)
        assert sorted(receipt.status_code for receipt in receipts) == [200] * 7 + [201]
        assert len({str(receipt.body) for receipt in receipts}) == 1
        assert QueueItem.objects.count() == 1
        assert Post.objects.count() == 1

    def test_one_reference_is_one_item(self):
        receipts = at_once(lambda _: receive(GOOD | {"reference": "r1"}), 8)
        assert sum(receipt.created for receipt in receipts) == 1
        assert QueueItem.objects.count() == 1

    def test_one_key_with_two_bodies_is_one_item_and_a_refusal(self):
        receipts = at_once(lambda number: receive(GOOD | {"title": f"Body {number % 2}"}, key="k1"), 8)
        assert sorted({receipt.status_code for receipt in receipts}) == [200, 201, 422]
        assert QueueItem.objects.count() == 1

    def test_different_items_do_not_hinder_each_other(self):
        receipts = at_once(lambda number: [receive(key=f"k{number}-{turn}") for turn in range(5)], 6)
        assert {receipt.status_code for several in receipts for receipt in several} == {201}
        assert QueueItem.objects.count() == 30

    def test_enqueue_alone_is_just_as_safe(self):
        incoming = normalise(FULL, now=NOW, source="tests")
        results = at_once(lambda _: ingest.enqueue(incoming, now=NOW), 6)
        assert sum(created for _, created in results) == 1
        assert len({item.pk for item, _ in results}) == 1


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_item_of_one_key(item_factory):
    from django.db import IntegrityError, transaction

    item_factory(idempotency_key="k1")
    with pytest.raises(IntegrityError), transaction.atomic():
        item_factory(idempotency_key="k1")


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["go", "plain"])
def test_the_longest_link_that_is_taken_can_be_stored_on_its_post(settings, mode, facebook_account):
    settings.LINK_MODE = mode
    link = "https://example.com/?" + "x" * 1979
    meta = {"utm_source": "s" * 140, "utm_campaign": "c" * 130, "utm_term": "t" * 120}
    assert receive({"title": "t", "link": link, "meta": meta}).status_code == 201
    post = Post.objects.select_related("item", "account").get()
    outgoing.freeze(post)
    post.save(update_fields=outgoing.FROZEN)
    post.refresh_from_db()
    assert len(post.tracked_url) > 2_400
    assert post.short_link == (f"http://autopost.test/go/{post.code}" if mode == "go" else post.tracked_url)
