"""An account is given another address while something of it is undecided: what went to the old place belongs there."""

import pytest

from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import rounds
from social_queue.models import Alert, PlatformAccount, Post
from social_queue.operations import undecided
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
