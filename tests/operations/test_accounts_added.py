"""Who is named by its own name gets a post, also where all accounts were meant before it was there."""

import pytest
from django.utils import timezone

from social_queue.models import Post, QueueItem
from social_queue.operations import editing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(db):
    return {name: factories.make_account("telegram", slug=f"tg-{name}") for name in "abcd"}


@pytest.fixture
def sent_to(accounts):
    """Such channels, with posts on the first two of four accounts."""

    def make(channels):
        item = factories.make_item(accounts["a"], accounts["b"])
        QueueItem.objects.filter(pk=item.pk).update(channels=channels)
        return item

    return make


def named(item, *names):
    editing.edit(item.pk, {"channels": [f"tg-{name}" for name in names]}, now=timezone.now())
    return sorted(item.posts.values_list("account__slug", flat=True))


@pytest.mark.parametrize("before", [[], ["telegram"], ["tg-a", "tg-b"]])
def test_an_account_that_came_later_gets_a_post_when_it_is_named(sent_to, before):
    item = sent_to(before)
    assert named(item, "a", "b", "c") == ["tg-a", "tg-b", "tg-c"]
    assert item.posts.get(account__slug="tg-c").status == Post.Status.PENDING


def test_who_was_named_and_left_out_stays_so_when_another_is_added(sent_to):
    assert named(sent_to(["tg-a", "tg-b", "tg-c"]), "a", "b", "c", "d") == ["tg-a", "tg-b", "tg-d"]


def test_where_one_is_cancelled_the_others_may_be_named(sent_to):
    item = sent_to([])
    item.posts.filter(account__slug="tg-a").update(status=Post.Status.CANCELLED)
    assert named(item, "a", "b", "c") == ["tg-a", "tg-b", "tg-c"]
    assert item.posts.get(account__slug="tg-a").status == Post.Status.CANCELLED
