"""What becomes of an account whose follow-ups are refused whatever they say."""

import pytest

from connectors.errors import FollowUpsRefused
from social_queue.accounts import tokens
from social_queue.delivery import dispatch
from social_queue.models import Alert, PlatformAccount
from social_queue.operations import previews
from social_queue.operations.following import acts
from tests import factories
from tests.commands.test_working import said
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def out(account, clock, *, text="And more"):
    """An item's post with one follow-up, both tried."""
    item = factories.make_item(account, publish_at=clock(), follow_ups=[{"text": text}])
    for _ in range(2):
        dispatch.drain(clock=clock)
        clock.forward(minutes=1)
    return item.posts.get()


def codes(account) -> list[str]:
    """The problems of an item that is planned there."""
    item = factories.make_item(channels=[account.slug], follow_ups=[{"text": "And more"}])
    [row] = previews.of_item(item)
    return [problem["code"] for problem in row["problems"]]


def test_x_has_its_option_switched_off_after_two_in_a_row_and_people_are_told(sandbox, media_root):
    clock, account = (
        Clock(),
        factories.make_account("twitter", options={"follow_ups": True, "link_in_follow_up": False}),
    )
    sandbox.scenario(account.address, "reply_refused")
    first = out(account, clock)
    account.refresh_from_db()
    assert (account.follow_ups_refused, account.options["follow_ups"]) == (1, True)
    assert not Alert.objects.filter(kind="follow_ups_off").exists()
    second = out(account, clock)
    account.refresh_from_db()
    assert account.options == {"follow_ups": False, "link_in_follow_up": False} and account.status == "active"
    alert = Alert.objects.get(kind="follow_ups_off")
    assert "refused 2 follow-ups in a row" in alert.text and "only when they are summoned" in alert.text
    assert {first.status, second.status} == {"published"} and codes(account) == ["follow_ups_left_out"]
    third = out(account, clock)
    assert third.status == "published" and not third.parts.exists()


def test_one_that_gets_through_begins_the_count_anew_and_ends_the_alert(sandbox, media_root):
    clock, account = Clock(), factories.make_account("twitter", options={"follow_ups": True})
    for text in ("One", "Two"):
        sandbox.scenario(account.address, "reply_refused", times=1)
        refused = out(account, clock, text=text)
        assert acts.retry(refused.parts.get(), now=clock())
        dispatch.drain(clock=clock)
        account.refresh_from_db()
        assert (account.follow_ups_refused, account.options["follow_ups"]) == (0, True)
    sandbox.scenario(account.address, "reply_refused", times=2)
    out(account, clock), out(account, clock)
    PlatformAccount.objects.filter(pk=account.pk).update(options={"follow_ups": True}, follow_ups_refused=1)
    assert Alert.objects.get(kind="follow_ups_off").resolved_at is None
    out(account, clock, text="Back again")
    assert Alert.objects.get(kind="follow_ups_off").resolved_at is not None


@pytest.mark.parametrize(("platform", "right"), [("facebook", "pages_manage"), ("instagram", "instagram_manage")])
def test_meta_says_so_before_when_its_token_lacks_the_right(sandbox, media_root, settings, platform, right):
    settings.META_APP_ID, settings.META_APP_SECRET = "sandbox-app", "sandbox-app-secret"
    clock, account = Clock(), factories.make_account(platform, slug="ours")
    assert account.may_follow_up is None and codes(account) == []
    PlatformAccount.objects.filter(pk=account.pk).update(may_follow_up=None)
    account.credentials = {"access_token": "sandbox-no-comments"}
    account.save()
    assert tokens.check(account, now=clock()) == "valid"
    account.refresh_from_db()
    assert account.may_follow_up is False and account.last_error == ""
    item = factories.make_item(channels=["ours"], follow_ups=[{"text": "And more"}])
    [row] = previews.of_item(item)
    [problem] = row["problems"]
    assert problem["code"] == "follow_ups_not_allowed" and right in problem["message"]
    assert any(line.startswith("ours: active.") and right in line for line in said("check_tokens"))
    account.credentials = {"access_token": "sandbox-with-all"}
    account.save()
    tokens.check(account, now=clock())
    account.refresh_from_db()
    assert account.may_follow_up is True and codes(account) == []


def test_a_comment_that_is_refused_tells_of_it_where_nobody_could_ask(sandbox, media_root):
    clock, account = Clock(), factories.make_account("facebook")
    sandbox.scenario(account.address, "reply_refused", times=1)
    post = out(account, clock)
    account.refresh_from_db()
    assert account.may_follow_up is False and codes(account) == ["follow_ups_not_allowed"]
    assert "Comments need the right pages_manage_engagement" in post.parts.get().error
    assert acts.retry(post.parts.get(), now=clock())
    dispatch.drain(clock=clock)
    account.refresh_from_db()
    assert account.may_follow_up is True and codes(account) == []


def test_it_is_a_refusal_like_any_other():
    assert FollowUpsRefused.kind == "rejected"
