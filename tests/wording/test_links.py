"""The link of a post: counted, tracked and unique, and never a reason to wait."""

import pytest
import time_machine
from django.utils import timezone

from connectors import errors
from connectors.sandbox import Sandbox
from social_queue.delivery import dispatch
from social_queue.models import Alert, Post
from social_queue.wording import links
from social_queue.wording import outgoing as wording
from social_queue.workings import heartbeat
from tests import factories
from tests.support.clock import Clock
from tests.support.environment import NOWHERE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _mid_month():
    """What Bitly counts by the month ends in two weeks, whenever this runs."""
    with time_machine.travel(timezone.now().replace(day=15)):
        yield


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def bitly(settings, sandbox: Sandbox):
    """Bitly by the site's choice, with a token the sandbox accepts; calls of it are counted."""
    settings.LINK_MODE, settings.BITLY_TOKEN = "bitly", "sandbox-bitly"
    return lambda: [call for call in sandbox.calls if call.platform == "bitly"]


def publish(clock, *accounts, **fields):
    """Lay down an item and dispatch; returns its posts."""
    item = factories.make_item(*accounts, publish_at=clock(), **fields)
    dispatch.drain(clock=clock)
    return list(item.posts.order_by("pk"))


def test_by_default_the_link_is_ours_and_leads_to_the_tracked_one(sandbox, facebook_account, clock):
    [post] = publish(clock, facebook_account)
    assert post.short_link == f"http://autopost.test/go/{post.code}"
    assert "utm_source=facebook" in post.tracked_url
    assert sandbox.wall[0].links == [post.short_link]


@pytest.mark.parametrize("by_account", [True, False])
def test_a_plain_link_is_the_tracked_one_and_carries_the_posts_code(sandbox, settings, clock, by_account):
    settings.LINK_MODE = "go" if by_account else "plain"
    places = [factories.make_account("facebook", link_mode="plain" if by_account else "") for _ in range(2)]
    first, second = publish(clock, *places)
    assert first.short_link == first.tracked_url != second.short_link
    assert first.code in first.tracked_url
    assert {link for posting in sandbox.wall for link in posting.links} == {first.tracked_url, second.tracked_url}


@pytest.mark.parametrize("mode", ["go", "plain"])
@pytest.mark.parametrize("platform", ["facebook", "twitter"])
def test_a_lost_answer_is_found_again_by_whichever_link(sandbox, settings, clock, mode, platform):
    from social_queue.delivery.sweeps import reconcile

    settings.LINK_MODE = mode
    account = factories.make_account(platform)
    sandbox.scenario(account.address, "accept_then_hang_up", times=1)
    [post] = publish(clock, account)
    assert reconcile.reconcile_unknown(clock.forward(minutes=4)) == {"published": 1}


@pytest.mark.parametrize("platform", ["facebook", "instagram", "twitter"])
def test_without_a_link_the_words_are_the_marker(sandbox, media_root, clock, platform):
    from social_queue.delivery.sweeps import reconcile

    account = factories.make_account(platform, include_link=False)
    sandbox.scenario(account.address, "accept_then_hang_up", times=1)
    [post] = publish(clock, account)
    post = Post.objects.select_related("item", "account").get()

    outgoing = wording.outgoing(post)

    assert (outgoing.link, outgoing.marker) == ("", "")
    assert "http" not in post.caption
    assert sandbox.wall[0].links == []
    assert reconcile.reconcile_unknown(clock.forward(minutes=4)) == {"published": 1}
    assert Post.objects.get().external_id == sandbox.wall[0].id


def test_a_tracked_link_that_was_written_down_stands_whatever_became_of_its_item(facebook_account):
    post = factories.make_post(account=facebook_account, tracked_url="https://example.com/?utm_campaign=then")
    post.item.meta = {"utm_campaign": "now"}
    assert links.expected_link(post).tracked == "https://example.com/?utm_campaign=then"
    post.short_link = "https://short.example/x"
    assert links.expected_link(post) == links.Link("https://short.example/x", "https://example.com/?utm_campaign=then")


def test_bitly_shortens_each_posts_link_once(sandbox, bitly, clock, facebook_account, telegram_account):
    first, second = publish(clock, facebook_account, telegram_account)
    assert "/_short/" in first.short_link and first.short_link != second.short_link
    assert first.tracked_url.startswith("https://example.com/")
    assert len(bitly()) == 2
    assert first.short_link in sandbox.wall[0].text + sandbox.wall[1].text
    assert Alert.objects.count() == 0


def test_bitly_is_not_asked_again_when_a_post_is_retried(sandbox, bitly, clock, facebook_account, settings):
    settings.FACEBOOK_API_URL = NOWHERE
    [post] = publish(clock, facebook_account)
    settings.FACEBOOK_API_URL = sandbox.url
    clock.forward(minutes=1)
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert len(bitly()) == 1
    assert sandbox.wall[0].links == [post.short_link]


def test_a_link_that_is_left_out_is_not_shortened(sandbox, bitly, clock):
    [post] = publish(clock, factories.make_account("twitter", include_link=False))
    assert post.status == "published"
    assert bitly() == []


@pytest.mark.parametrize("trouble", ["quota", "rate_limit", "token_expired", "refuse", "reject"])
def test_trouble_with_bitly_costs_the_short_link_and_never_the_post(sandbox, bitly, clock, trouble):
    sandbox.scenario("bitly", trouble)
    places = [factories.make_account("facebook") for _ in range(3)]
    for _ in range(3):
        publish(clock, *places)

    posts = list(Post.objects.all())
    assert {post.status for post in posts} == {"published"}
    assert all(post.short_link == post.tracked_url for post in posts)
    assert Alert.objects.get().kind == "shortlink", "warned once"


def test_while_bitly_is_left_alone_nobody_asks_it(sandbox, bitly, clock, facebook_account):
    sandbox.scenario("bitly", "quota")
    for _ in range(3):
        publish(clock, facebook_account)
    assert len(bitly()) == 1
    assert not heartbeat.role_is_free(links._BITLY_REST, now=clock.forward(hours=1))


def test_a_month_later_bitly_is_asked_again_and_the_warning_ends(sandbox, bitly, clock, facebook_account, monkeypatch):
    sandbox.scenario("bitly", "quota")
    publish(clock, facebook_account)
    sandbox.scenario("bitly", "ok")
    monkeypatch.setattr(links._by_bitly, "__kwdefaults__", {"clock": lambda: clock.forward(days=32)})

    [post] = publish(clock, facebook_account)

    assert "/_short/" in post.short_link
    assert Alert.objects.get().resolved_at


def test_a_post_keeps_the_short_link_it_has_when_its_words_are_made_anew(bitly, facebook_account):
    kept = {"short_link": "https://bit.ly/3xYz", "tracked_url": "https://example.com/p?ap=1"}
    post = factories.make_post(account=facebook_account, **kept)
    link = links.link_for(post)
    assert (link.short, link.tracked, bitly()) == (kept["short_link"], kept["tracked_url"], [])


def test_a_tracked_link_that_is_stored_stays_whatever_the_item_says_since(facebook_account):
    item = factories.make_item(meta={"utm_campaign": "another"})
    post = factories.make_post(item, facebook_account, tracked_url="https://example.com/p?ap=1")
    assert links.expected_link(post).tracked == "https://example.com/p?ap=1"


def test_a_limit_of_bitlys_that_names_no_time_costs_the_short_link_alone(bitly, clock, facebook_account, monkeypatch):
    def limited(*_, **__):
        raise errors.RateLimited("Bitly: too many requests.")

    monkeypatch.setattr(links.shortlink, "shorten", limited)
    [post] = publish(clock, facebook_account)
    assert (post.status, post.short_link) == ("published", post.tracked_url)
    assert not heartbeat.role_is_free("bitly-rest", now=clock.forward(seconds=59))
    assert heartbeat.role_is_free("bitly-rest", now=clock.forward(seconds=2))


def test_without_a_token_bitly_is_not_asked(sandbox, bitly, clock, facebook_account, settings):
    settings.BITLY_TOKEN = ""
    [post] = publish(clock, facebook_account)
    assert post.short_link == post.tracked_url
    assert bitly() == []


def test_a_slow_bitly_does_not_hold_the_post_up(sandbox, bitly, clock, facebook_account, monkeypatch):
    hurried = links.shortlink.shorten.__kwdefaults__ | {"timeout": (0.2, 0.2)}
    monkeypatch.setattr(links.shortlink.shorten, "__kwdefaults__", hurried)
    sandbox.scenario("bitly", "slow", seconds=600)
    [post] = publish(clock, facebook_account)
    assert (post.status, post.short_link) == ("published", post.tracked_url)
