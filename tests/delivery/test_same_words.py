"""Posts of one account with the same words and without a link of their own: each is itself, whatever it looks like."""

import pytest

from connectors.base import Published
from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import rounds
from social_queue.models import Alert, Post
from social_queue.operations import undecided
from social_queue.operations.recalling import asking
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    return Clock()


def one_and_its_double(sandbox, clock, platform, scenario: str, *, answered: bool = True) -> tuple[Post, Post]:
    """A post that is out, known or not, and a minute later another of the same words that meets this scenario."""
    place = factories.make_account(platform, include_link=False)
    made = []
    for day in ("" if answered else "accept_then_hang_up", scenario):
        if day:
            sandbox.scenario(place.address, day, times=1)
        made.append(factories.make_post(factories.make_item(title="Goal for Jakarta!", publish_at=clock()), place))
        dispatch.drain(clock=clock)
        clock.forward(minutes=1)
    one, double = made
    return one, double


def go_on(clock, *posts, rounds_made: int = 4) -> None:
    for _ in range(rounds_made):
        clock.forward(minutes=2)
        rounds.settle(clock())
        dispatch.drain(clock=clock)
    for post in posts:
        post.refresh_from_db()


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_what_was_never_made_is_not_taken_for_the_one_before_it(sandbox, media_root, clock, platform):
    one, double = one_and_its_double(sandbox, clock, platform, "server_error")

    go_on(clock, one, double)

    assert [posting.id for posting in sandbox.wall] == [one.external_id, double.external_id]
    assert (one.status, double.status) == ("published", "published")


def test_on_x_which_refuses_a_repeat_a_person_decides(sandbox, clock):
    one, double = one_and_its_double(sandbox, clock, "twitter", "server_error")

    go_on(clock, one, double, rounds_made=20)

    assert (one.status, double.status, double.external_id) == ("published", "unknown", None)
    assert [posting.id for posting in sandbox.wall] == [one.external_id]
    assert one.external_id in Alert.objects.get(kind="undecided").text


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
@pytest.mark.parametrize("answered", [True, False])
def test_what_is_out_twice_by_our_will_is_found_twice(sandbox, media_root, clock, platform, answered):
    one, double = one_and_its_double(sandbox, clock, platform, "accept_then_hang_up", answered=answered)

    go_on(clock, one, double)

    assert {one.external_id, double.external_id} == {posting.id for posting in sandbox.wall}
    assert len(sandbox.wall) == 2


def test_taking_one_back_leaves_the_other(sandbox, settings, clock):
    settings.UNDO_SECONDS = 1
    one, double = one_and_its_double(sandbox, clock, "facebook", "server_error")
    go_on(clock, one, double)

    asking.recall([double], now=clock())
    go_on(clock, one, double)

    assert (one.status, double.status) == ("published", "recalled")
    assert [posting.id for posting in sandbox.wall] == [one.external_id]


def test_an_id_that_another_post_has_is_not_taken_whoever_names_it(sandbox, clock, monkeypatch):
    one, double = one_and_its_double(sandbox, clock, "facebook", "server_error")
    one.refresh_from_db()
    found = Post.objects.select_related("item", "account").get(pk=double.pk)
    assert not undecided.confirm_published(found, now=clock(), external_id=one.external_id)
    monkeypatch.setattr("connectors.facebook.Facebook.find_existing", lambda *_: Published(one.external_id))

    go_on(clock, one, double)

    assert (double.status, double.external_id) == ("unknown", None)
    assert one.external_id in double.error and f"post {one.pk}" in double.error


def test_the_same_number_in_another_place_is_another_message(sandbox, clock):
    account = factories.make_account("telegram")
    old = factories.make_post(account=account, status="published", external_id="101", sent_to="-1001")
    post = factories.make_post(account=account, status="unknown", attempts_made=1, sent_to=account.address)
    seen = Post.objects.select_related("item", "account").get(pk=post.pk)

    assert undecided.confirm_published(seen, now=clock(), external_id=old.external_id)
