"""`manage.py recall`: it says what it would take back, and does it when it is told to."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Errand, Post
from social_queue.operations import editing, items
from social_queue.operations.recalling import asking
from tests import factories
from tests.commands.test_working import said

pytestmark = pytest.mark.django_db(transaction=True)


def out(account, *, hours=0, source="tests", **fields):
    """A post that has been out for some hours."""
    moment = factories.NOW - timedelta(hours=hours)
    item = factories.make_item(publish_at=moment, source=source, **fields)
    return factories.make_post(item, account, status="published", external_id="1", published_at=moment)


def test_it_says_what_it_would_do_and_does_nothing(facebook_account, telegram_account):
    out(facebook_account, title="Wrong odds")
    factories.make_post(account=telegram_account)
    old = out(telegram_account, hours=24 * 3000)
    lines = said("recall", "--source", "tests")
    assert lines[0] == "3 posts would be taken back: 1 cancelled, 2 deleted."
    assert any(f"  {old.pk} {telegram_account.slug} published" in line and "48 hours" in line for line in lines)
    assert lines[-1] == "Nothing was done. Say --yes to do it."
    assert not Errand.objects.exists() and not Post.objects.exclude(recall_asked_at=None).exists()


def test_with_yes_it_does_it_and_a_second_time_there_is_nothing_left(facebook_account):
    out(facebook_account)
    factories.make_post(account=facebook_account)
    lines = said("recall", "--source", "tests", "--yes")
    assert lines[0] == "2 posts are taken back: 1 cancelled, 1 deleted."
    assert "Deletions begin in 10 seconds" in lines[1]
    assert said("recall", "--source", "tests", "--yes") == ["0 posts are taken back: none."]
    assert Errand.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--text", "wrong odds"], ["odds"]),
        (["--link", "shop.example"], ["link"]),
        (["--source", "bot"], ["bot"]),
        (["--since", "2026-12-01T10:30:00+00:00"], ["odds"]),
        (["--since", "2026-12-01T08:00:00+00:00", "--until", "2026-12-01T10:30:00+00:00"], ["link", "bot"]),
        (["--until", "2026-12-01T10:30:00+00:00", "--source", "bot"], ["bot"]),
        (["--text", "nothing like it"], []),
    ],
)
def test_a_selection_is_what_all_of_it_is_true_of(facebook_account, words, found):
    posts = {
        "odds": out(facebook_account, hours=1, title="Wrong odds"),
        "link": out(facebook_account, hours=2, link="https://shop.example/p"),
        "bot": out(facebook_account, hours=3, source="bot"),
    }
    lines = said("recall", *words, "--yes")
    assert lines[0].startswith(f"{len(found)} posts are taken back")
    assert {errand.post_id for errand in Errand.objects.all()} == {posts[name].pk for name in found}


def test_items_are_named_by_their_numbers(facebook_account):
    first, second = out(facebook_account), out(facebook_account)
    out(facebook_account)
    said("recall", "--item", str(first.item_id), "--item", str(second.item_id), "--yes")
    assert Errand.objects.count() == 2


def test_without_a_selection_it_refuses_and_a_bad_moment_is_named():
    with pytest.raises(CommandError, match="Say which posts"):
        said("recall", "--yes")
    with pytest.raises(CommandError, match="--since 'yesterday'"):
        said("recall", "--since", "yesterday")


def test_a_number_that_no_item_can_have_finds_none(facebook_account):
    item = str(out(facebook_account).item_id)
    for words in (["--item", "9" * 23], ["--item", str(2**63)], ["--item", str(-(2**64))]):
        assert said("recall", *words)[0] == "0 posts would be taken back: none."
    assert said("recall", "--item", "9" * 23, item)[0].startswith("1 posts")


def test_several_items_may_stand_behind_one_option(facebook_account):
    one, two, other = (out(facebook_account).item_id for _ in range(3))
    assert said("recall", "--item", str(one), str(two))[0].startswith("2 posts")
    assert said("recall", "--item", str(one), "--item", str(two), str(other))[0].startswith("3 posts")


def test_several_events_may_stand_behind_one_option(db):
    lines = said("subscribe", "https://example.com/hook", "--event", "post.published", "post.failed")
    assert "is told post.published, post.failed." in lines[0]


@pytest.fixture
def meanwhile(monkeypatch):
    """``meanwhile(act)``: done once, after the command has looked which posts are meant and before it acts."""

    def do(act):
        left, original = [act], asking.recall

        def recall(posts, **named):
            if left:
                left.pop()()
            return original(posts, **named)

        monkeypatch.setattr(asking, "recall", recall)

    return do


def test_what_an_edit_lays_down_meanwhile_is_cancelled_too(facebook_account, telegram_account, meanwhile):
    soon = timezone.now() + timedelta(hours=1)
    item = factories.make_item(facebook_account, publish_at=soon, channels=[facebook_account.slug])
    meanwhile(lambda: editing.edit(item.pk, {"channels": [telegram_account.slug]}, now=timezone.now()))

    lines = said("recall", "--item", str(item.pk), "--yes")

    assert lines == ["1 posts are taken back: 1 cancelled."]
    assert list(Post.objects.values_list("account", "status")) == [(telegram_account.pk, "cancelled")]


def test_what_goes_out_meanwhile_is_deleted(facebook_account, meanwhile, sandbox):
    post = factories.make_post(factories.make_item(publish_at=timezone.now()), facebook_account)
    meanwhile(lambda: dispatch.drain(clock=timezone.now))

    lines = said("recall", "--item", str(post.item_id), "--yes")

    assert lines[0] == "1 posts are taken back: 1 deleted."
    assert Errand.objects.get(ended_at=None).post == post


def test_what_is_cancelled_meanwhile_needs_nothing_more(facebook_account, meanwhile):
    item = factories.make_item(facebook_account, publish_at=timezone.now() + timedelta(hours=1))
    meanwhile(lambda: items.cancel_item(item, now=timezone.now()))
    assert said("recall", "--item", str(item.pk), "--yes") == ["0 posts are taken back: none."]
    assert Post.objects.get().status == "cancelled"
