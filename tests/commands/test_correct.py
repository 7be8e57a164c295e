"""`manage.py correct`: both texts shown first, done with --yes, and refused in a sentence."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Errand
from tests import factories
from tests.commands.test_working import said
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(sandbox, facebook_account, settings):
    """A post that is out."""
    settings.UNDO_SECONDS = 10
    row = factories.make_post(factories.make_item(publish_at=timezone.now()), facebook_account)
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    row.refresh_from_db()
    return row


def test_both_texts_are_shown_and_it_is_done_with_yes(post, sandbox, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("The gates open at eight: {link}\n", encoding="utf-8-sig")
    lines = "\n".join(said("correct", str(post.pk), "--file", str(words)))
    text = f"The gates open at eight: {post.short_link}"
    assert post.caption in lines and text in lines and "Nothing was done" in lines
    assert not Errand.objects.exists()

    assert "It is changed in 10 seconds" in "\n".join(said("correct", str(post.pk), "--file", str(words), "--yes"))
    assert Errand.objects.get().asked_by == "manage.py correct"
    clock = Clock()
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"corrected": 1} and sandbox.wall[0].text == text
    assert "It reads so already" in "\n".join(said("correct", str(post.pk), "--text", text, "--yes"))


def test_what_can_not_be_is_a_sentence(post, sandbox, tmp_path):
    for words, why in (
        (["999", "--text", "x"], "no post 999"),
        ([str(post.pk), "--text", " "], "needs words"),
        ([str(post.pk), "--file", str(tmp_path / "nothing")], "nothing"),
    ):
        with pytest.raises(CommandError, match=why):
            call_command("correct", *words)
    gram = factories.make_post(account=factories.make_account("instagram"), status="published", external_id="1")
    with pytest.raises(CommandError, match="lets no app change a caption"):
        call_command("correct", str(gram.pk), "--text", "x", "--yes")
    assert not Errand.objects.exists()
