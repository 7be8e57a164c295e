"""An account is given another address while something of it is under way: what went to the old place belongs there."""

import pytest

from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.sweeps import rounds
from social_queue.models import Alert, Part, PlatformAccount, Post
from social_queue.operations import undecided
from social_queue.operations.following import acts
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = {"facebook": "5566778899", "telegram": "-1009999999999", "twitter": "autopost_two"}


@pytest.fixture
def clock():
    return Clock()


def lost(sandbox, platform, clock, **account) -> Post:
    """A post that is out, and nobody knows."""
    place = factories.make_account(platform, **account)
    sandbox.scenario(place.address, "accept_then_hang_up", times=1)
    post = factories.make_post(factories.make_item(publish_at=clock()), place)
    dispatch.drain(clock=clock)
    post.refresh_from_db()
    assert post.status == "unknown"
    return post


def move(account: PlatformAccount, to: str) -> None:
    """As a person does who corrects the account's address, and with it the token of X."""
    account.refresh_from_db()
    account.address = to
    if account.platform == "twitter":
        account.credentials = factories.SANDBOX_ACCOUNTS["twitter"][1] | {"access_token": f"sandbox-{to}"}
    account.save()


def go_on(clock, *, rounds_made: int) -> None:
    """So many rounds, five minutes apart, and whatever is due goes out."""
    for _ in range(rounds_made):
        clock.forward(minutes=5)
        rounds.settle(clock())
        dispatch.drain(clock=clock)


@pytest.mark.parametrize("resend", [False, True])
@pytest.mark.parametrize("platform", OTHER)
def test_what_may_be_out_in_the_old_place_is_not_sent_to_the_new_one(sandbox, clock, platform, resend):
    post = lost(sandbox, platform, clock, resend_unknown=resend)
    old = post.account.address
    move(post.account, OTHER[platform])

    go_on(clock, rounds_made=12)

    post.refresh_from_db()
    assert [posting.address for posting in sandbox.wall] == [old]
    assert (post.status, post.sent_to) == ("unknown", old)
    alert = Alert.objects.get(kind="undecided")
    assert alert.post == post and old in post.error and old in alert.text


def test_it_is_asked_about_once_the_account_is_the_old_place_again(sandbox, clock):
    post = lost(sandbox, "facebook", clock)
    old = post.account.address
    move(post.account, OTHER["facebook"])
    go_on(clock, rounds_made=2)
    move(post.account, old)

    go_on(clock, rounds_made=1)

    post.refresh_from_db()
    assert (post.status, post.external_id) == ("published", sandbox.wall[0].id)


def test_a_person_who_has_looked_there_may_have_it_sent_to_the_new_place(sandbox, clock):
    post = lost(sandbox, "facebook", clock)
    move(post.account, OTHER["facebook"])
    go_on(clock, rounds_made=1)

    assert undecided.deny_published(Post.objects.select_related("item", "account").get(), now=clock())
    dispatch.drain(clock=clock)

    post.refresh_from_db()
    assert (post.status, post.sent_to) == ("published", OTHER["facebook"])


def test_what_a_group_refused_because_it_was_upgraded_goes_to_the_new_one_at_once(sandbox, clock):
    group = factories.make_account("telegram", address="-4200")
    sandbox.scenario("-4200", "migrate")
    post = factories.make_post(factories.make_item(publish_at=clock()), group)

    dispatch.drain(clock=clock)

    post.refresh_from_db()
    group.refresh_from_db()
    assert (post.status, post.sent_to) == ("published", group.address)
    assert [posting.address for posting in sandbox.wall] == [group.address] != ["-4200"]


def a_post_alone(clock, platform="telegram", *, address: str = "", **account) -> Post:
    """A post that is out, whose two follow-ups wait."""
    options = {"follow_ups": True}
    at = {"address": address} if address else {}
    place = factories.make_account(platform, options=options, **at, **account)
    texts = [{"text": "More of it"}, {"text": "And more"}]
    post = factories.make_post(factories.make_item(publish_at=clock(), follow_ups=texts), place)
    [attempt] = claim.claim(now=clock(), worker="first", limit=1).attempts
    deliver.deliver(attempt, clock=clock)
    post.refresh_from_db()
    return post


def parts(post) -> list[str]:
    return list(Part.objects.filter(post=post).order_by("number").values_list("status", flat=True))


@pytest.mark.parametrize("platform", OTHER)
def test_nothing_follows_below_whatever_has_the_same_id_in_another_place(sandbox, clock, platform):
    post = a_post_alone(clock, platform)
    move(post.account, OTHER[platform])

    go_on(clock, rounds_made=2)

    assert parts(post) == ["failed", "pending"]
    assert [posting.reply_to for posting in sandbox.wall] == [""]
    alert = Alert.objects.get(kind="rejected")
    assert alert.post == post and post.sent_to in alert.text
    assert post.sent_to in post.parts.get(number=2).error


def test_what_was_refused_there_follows_once_the_account_is_the_old_place_again(sandbox, clock):
    post = a_post_alone(clock)
    move(post.account, OTHER["telegram"])
    go_on(clock, rounds_made=1)
    move(post.account, post.sent_to)

    assert acts.retry(post.parts.get(number=2), now=clock())
    go_on(clock, rounds_made=1)

    assert parts(post) == ["published", "published"]
    assert {posting.address for posting in sandbox.wall} == {post.sent_to}


@pytest.mark.parametrize("noted", [True, False])
def test_a_group_that_was_upgraded_has_nothing_hung_below_its_new_messages(sandbox, clock, noted):
    post = a_post_alone(clock, address="-6001")
    if not noted:
        Post.objects.update(sent_to="")
    sandbox.scenario("-6001", "migrate")

    go_on(clock, rounds_made=2)

    assert PlatformAccount.objects.get().address != "-6001", "its posts go on in the new chat"
    assert parts(post) == ["failed", "pending"]
    assert [posting.reply_to for posting in sandbox.wall] == [""]
    assert "-6001" in Alert.objects.get(kind="rejected").text
    assert len(sandbox.creating_calls()) == 2, "the post, and what the old chat refused"


@pytest.mark.parametrize("resend", [False, True])
def test_an_undecided_part_is_asked_about_only_where_its_post_is(sandbox, clock, resend):
    post = a_post_alone(clock, "facebook", resend_unknown=resend)
    sandbox.scenario(post.sent_to, "accept_then_hang_up", times=1)
    dispatch.drain(clock=clock)
    assert parts(post) == ["unknown", "pending"]
    move(post.account, OTHER["facebook"])

    go_on(clock, rounds_made=12)

    assert parts(post) == ["unknown", "pending"]
    assert post.sent_to in Alert.objects.get(kind="undecided").text
    assert {posting.address for posting in sandbox.wall} == {post.sent_to}


def test_nothing_follows_a_post_whose_id_nobody_knows(sandbox, clock):
    place = factories.make_account("telegram")
    sandbox.scenario(place.address, "accept_then_hang_up", times=1)
    item = factories.make_item(publish_at=clock(), follow_ups=[{"text": "More of it"}])
    post = factories.make_post(item, place)
    dispatch.drain(clock=clock)
    assert undecided.confirm_published(Post.objects.select_related("item", "account").get(), now=clock())

    go_on(clock, rounds_made=1)

    assert parts(post) == ["failed"]
    assert "nobody knows its id" in Alert.objects.get().text
    assert len(sandbox.creating_calls()) == 1
