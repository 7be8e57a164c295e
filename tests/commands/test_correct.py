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


@pytest.fixture
def thread(sandbox, telegram_account, settings):
    """A post that is out with two follow-ups."""
    settings.UNDO_SECONDS = 10
    clock = Clock()
    texts = [{"text": "Part 1"}, {"text": "Part 2"}]
    row = factories.make_post(factories.make_item(publish_at=clock(), follow_ups=texts), telegram_account)
    while dispatch.drain(clock=clock).get("published"):
        clock.forward(seconds=1)
    row.refresh_from_db()
    return row


def test_a_follow_up_gets_another_text_by_its_number_among_the_parts(thread, sandbox):
    words = ("correct", str(thread.pk), "--part", "3", "--text", "Better: {link}")
    lines = "\n".join(said(*words))
    assert "It reads now:\nPart 2" in lines and f"Better: {thread.short_link}" in lines and "Nothing was done" in lines
    assert "It is changed in 10 seconds" in "\n".join(said(*words, "--yes"))
    clock = Clock()
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"corrected": 1}
    read = [posting.text for posting in sandbox.wall]
    assert read[1:] == ["Part 1", f"Better: {thread.short_link}"] and read[0].startswith("Gates")
    assert "It reads so already" in "\n".join(said(*words, "--yes"))
    assert "It reads now:\nPart 1" in "\n".join(said("correct", str(thread.pk), "--part", "2", "--text", "x"))
    assert f"It reads now:\n{thread.caption}" in "\n".join(
        said("correct", str(thread.pk), "--part", "1", "--text", "x")
    )


@pytest.mark.parametrize(
    ("number", "text", "why"),
    [("4", "x", "part must be one of 1, 2, 3"), ("0", "x", "part must be"), ("2", " ", "needs words")],
)
def test_a_part_that_is_none_is_named(thread, number, text, why):
    with pytest.raises(CommandError, match=why):
        call_command("correct", str(thread.pk), "--part", number, "--text", text, "--yes")
    assert not Errand.objects.exists()


def test_what_has_still_to_follow_is_no_text_there(telegram_account):
    row = factories.make_post(factories.make_item(follow_ups=[{"text": "Part 1"}]), telegram_account)
    with pytest.raises(CommandError, match="changed with its item"):
        call_command("correct", str(row.pk), "--part", "2", "--text", "x")


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
