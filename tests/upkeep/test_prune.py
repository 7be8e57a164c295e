"""What nobody needs any more goes; what is still needed stays."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from social_queue import tasks
from social_queue.alerts import ledger
from social_queue.media import cards, files
from social_queue.models import Alert, Attempt, Post, QueueItem, WebhookLog, WebhookSource
from social_queue.upkeep import prune
from tests import factories

pytestmark = pytest.mark.django_db

OLD = timedelta(days=91)


@pytest.fixture
def folder(media_root, now):
    """``folder("fetched/ab/name", days=20)`` lays down a file that old."""

    def lay(name, *, days):
        path = Path(media_root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")
        stamp = (now - timedelta(days=days)).timestamp()
        os.utime(path, (stamp, stamp))
        return path

    return lay


def test_old_deliveries_go_and_young_ones_stay(now, media_root):
    source = WebhookSource.objects.create(slug="shop")
    for age in (OLD, timedelta(days=89)):
        WebhookLog.objects.create(source=source.slug, received_at=now - age, body=b"{}")
    assert prune.prune(now)["webhook_deliveries"] == 1
    assert WebhookLog.objects.get().received_at == now - timedelta(days=89)


def test_alerts_go_only_when_they_are_over_and_told(now, media_root, facebook_account):
    kinds = ["token_invalid", "account_blocked", "token_expiring"]
    over, untold, still_open = (
        ledger.raise_for_account(kind, facebook_account, reason="r", now=now - OLD) for kind in kinds
    )
    Alert.objects.filter(pk=over.pk).update(resolved_at=now - OLD, open_key=None, tell_not_before=None)
    Alert.objects.filter(pk=untold.pk).update(resolved_at=now - OLD, open_key=None, tell_not_before=now)
    assert prune.prune(now)["alerts"] == 1
    assert set(Alert.objects.all()) == {untold, still_open}


def test_pictures_that_can_be_made_again_go_after_two_weeks(now, folder):
    gone = [folder("fetched/ab/abc", days=15), folder("fitted/cd/cde.jpg", days=15)]
    kept = [folder("fetched/ab/abd", days=13), folder("items/2026/11/editor.jpg", days=400)]
    assert prune.prune(now)["pictures"] == 2
    assert [path.exists() for path in (*gone, *kept)] == [False, False, True, True]


def test_a_card_that_a_post_still_needs_stays(now, media_root, facebook_account):
    waiting, done = (
        factories.make_item(facebook_account, title=title, publish_at=now) for title in ("Still to come", "Long gone")
    )
    Post.objects.filter(item=done).update(status=Post.Status.PUBLISHED, external_id="1")
    paths = [media_root / cards.card_for(item.title, item.data).name for item in (waiting, done)]
    for path in paths:
        stamp = (now - timedelta(days=60)).timestamp()
        os.utime(path, (stamp, stamp))
    assert prune.prune(now)["cards"] == 1
    assert [path.exists() for path in paths] == [True, False]


@pytest.mark.parametrize("title", ["\u200b", "\U000e0fff"], ids=["seen by nobody", "of no letter that is known"])
def test_an_item_that_no_card_can_be_drawn_for_keeps_no_other_card(now, media_root, facebook_account, title):
    factories.make_item(facebook_account, title=title, publish_at=now)
    card = media_root / cards.card_for("Long gone").name
    os.utime(card, ((now - timedelta(days=60)).timestamp(),) * 2)
    assert prune.prune(now)["cards"] == 1
    assert not card.exists()


def test_what_was_said_is_never_forgotten(now, media_root, facebook_account):
    item = factories.make_item(facebook_account, publish_at=now - timedelta(days=900))
    factories.make_attempt(item.posts.get(), started_at=now - timedelta(days=900))
    prune.prune(now)
    assert (QueueItem.objects.count(), Post.objects.count(), Attempt.objects.count()) == (1, 1, 1)


def test_an_empty_house_is_pruned_without_complaint(now, media_root):
    assert set(prune.prune(now).values()) <= {0}


def test_what_stumbles_keeps_nothing_else_from_going_and_is_told_in_the_end(now, folder, monkeypatch, caplog):
    """A picture that belongs to root, after a restore by hand, must not keep events and clicks for ever."""

    def refuse(*_words, **_more):
        raise PermissionError("not yours")

    went = []
    monkeypatch.setattr(files, "prune", refuse)
    monkeypatch.setitem(prune._others, lambda _now: went.append("clicks") or 1, "clicks")
    folder("cards/ab/abc.png", days=60)
    out = StringIO()
    with pytest.raises(CommandError, match=r"pictures \(PermissionError: not yours\)"):
        call_command("prune", stdout=out)
    assert went == ["clicks"]
    assert "cards: 1 removed" in out.getvalue()
    assert {record.getMessage() for record in caplog.records} == {"pictures could not be pruned"}
    # The daily task fails, for whoever looks at the failed ones.
    with pytest.raises(prune.Stumbled):
        tasks.prune_old()
