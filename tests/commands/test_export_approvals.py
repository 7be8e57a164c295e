"""`manage.py export_approvals`: the exact words that somebody let go out, and what went out of them."""

import csv
import hashlib
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.operations import editing, evidence, items
from social_queue.operations.correcting import asking
from social_queue.operations.pressing import Pressing
from tests import factories
from tests.commands.test_working import said

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_tells_who_approved_which_words_and_what_went_out(admin_user, sandbox, facebook_account):
    now = timezone.now()
    item = factories.make_item(
        publish_at=now, status="draft", channels=["fb-page"], ai={"generated": True, "tool": "our writer"}
    )
    items.approve(item, now=now, press=Pressing(now, person=admin_user.pk))
    assert dispatch.drain(clock=timezone.now) == {"published": 1}

    lines = said("export_approvals", "--since", (now - timedelta(minutes=1)).isoformat())
    [row] = csv.DictReader("\n".join(lines).removeprefix("\ufeff").splitlines(keepends=True))

    assert (row["person"], row["account"], row["status"]) == (admin_user.get_username(), "fb-page", "published")
    assert row["text_approved"] == row["text_sent"] and row["text_sent"].endswith("Made with AI")
    assert (row["ai_generated"], row["ai_tool"], row["item"]) == ("True", "our writer", str(item.pk))
    assert len(said("export_approvals", "--until", (now - timedelta(minutes=1)).isoformat())) == 1


def exported(**span):
    """The rows of the file."""
    return list(csv.DictReader("".join(evidence.lines(**span)).removeprefix("\ufeff").splitlines(keepends=True)))


def test_a_later_approval_has_its_own_words_and_the_earlier_claims_nothing(admin_user, sandbox, media_root):
    account = factories.make_account("telegram", slug="tg-news")
    now = timezone.now()
    item = factories.make_item(publish_at=now, status="draft", channels=["tg-news"], title="First words")
    item.follow_ups = [{"text": "And more"}]
    item.save()
    press = Pressing(now, person=admin_user.pk)
    items.approve(item, now=now, press=press)
    editing.edit(item.pk, {"title": "Second words"}, now=now, by_hand=editing.ByHand())
    item.refresh_from_db()
    assert item.status == "draft"
    items.approve(item, now=now, press=press)
    dispatch.drain(clock=timezone.now)

    first, second = exported()
    assert (first["account"], second["account"]) == ("tg-news", account.slug)
    assert "First words" in first["text_approved"] and "Second words" in second["text_approved"]
    assert (first["text_sent"], first["status"], first["published_at"]) == ("", "", "")
    assert (second["text_sent"], second["status"]) == (second["text_approved"], "published")
    assert first["ended_because"].endswith("title.") and second["ended_at"] == ""
    assert first["follow_ups_approved"] == second["follow_ups_approved"] == "And more"


def test_what_failed_and_was_changed_is_approved_anew_with_its_new_words(admin_user, sandbox, facebook_account):
    now = timezone.now()
    item = factories.make_item(publish_at=now, status="draft", channels=["fb-page"], title="First words")
    press = Pressing(now, person=admin_user.pk)
    items.approve(item, now=now, press=press)
    sandbox.scenario(facebook_account.address, "reject", times=1)
    dispatch.drain(clock=timezone.now)
    editing.edit(item.pk, {"title": "Second words"}, now=now, by_hand=editing.ByHand())
    item.refresh_from_db()
    assert item.status == "failed"
    items.approve(item, now=now, press=press)
    first, second = exported()
    assert "First words" in first["text_approved"] and "Second words" in second["text_approved"]


def test_a_picture_of_ours_is_told_by_its_content(admin_user, media_root):
    factories.make_account("facebook", slug="fb-page")
    item = factories.make_item(status="draft", channels=["fb-page"])
    item.image.save("a.jpg", ContentFile(b"the very bytes"))
    items.approve(item, now=timezone.now(), press=Pressing(timezone.now(), person=admin_user.pk))
    item.image.delete()
    [row] = exported()
    assert row["pictures"] == hashlib.sha256(b"the very bytes").hexdigest()


def test_what_was_changed_since_stands_beside_what_went_out(admin_user, sandbox, facebook_account):
    now = timezone.now()
    item = factories.make_item(publish_at=now, status="draft", channels=["fb-page"])
    items.approve(item, now=now, press=Pressing(now, person=admin_user.pk))
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    post = item.posts.get()
    for number, words in enumerate(("Better.", "Better still.")):
        post.refresh_from_db()
        asker = asking.Asker(f"editor-{number}")
        asking.correct(post, words, asker=asker, now=now - timedelta(minutes=1))
        assert dispatch.drain(clock=timezone.now) == {"corrected": 1}

    lines = said("export_approvals", "--since", (now - timedelta(minutes=1)).isoformat())
    [row] = csv.DictReader("\n".join(lines).removeprefix("\ufeff").splitlines(keepends=True))

    assert row["text_approved"] == row["text_sent"] != row["text_now"] == "Better still."
    assert (row["corrected_by"], bool(row["corrected_at"])) == ("editor-1", True)
