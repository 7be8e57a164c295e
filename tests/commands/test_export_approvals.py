"""`manage.py export_approvals`: the exact words that somebody let go out, and what went out of them."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.operations import items
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
