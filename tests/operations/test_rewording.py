"""Two editors word the same post: the second, who had read the words before, overwrites nothing."""

import pytest

from social_queue.models import Post
from social_queue.operations import rewording
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("was", "first"),
    [
        ("Polish news", "polish news"),
        ("Win 🎰", "Win 🎉"),
        ("Cafe", "Café"),
        ("Now", "Now  "),
        ("Now", "Another text"),
    ],
)
def test_a_change_that_a_database_takes_for_none_is_not_overwritten(was, first, telegram_account):
    factories.make_post(factories.make_item(), telegram_account, caption=was, caption_edited=True)
    one, two = Post.objects.get(), Post.objects.get()
    assert rewording.reword(one, first, now=factories.NOW)
    assert not rewording.reword(two, "The second's words", now=factories.NOW)
    assert Post.objects.get().caption == first


def test_words_that_nobody_has_changed_are_taken_back(telegram_account):
    factories.make_post(factories.make_item(), telegram_account, caption="Win 🎰", caption_edited=True)
    assert rewording.reword(Post.objects.get(), "", now=factories.NOW)
    post = Post.objects.get()
    assert (post.caption, post.caption_edited) == ("", False)
