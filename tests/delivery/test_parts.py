"""What follows a post: in order, each at most once, and whatever stands holds what is behind it."""

from datetime import timedelta

import pytest

from connectors.base import Published
from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.parts import asking, delivering, leases, outcomes
from social_queue.delivery.sweeps import rounds
from social_queue.models import Alert, Attempt, Part, Post, PostStatus
from social_queue.operations.following import acts
from tests import factories
from tests.support.clock import Clock
from tests.support.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PLATFORMS = ("facebook", "instagram", "telegram", "twitter")


def a_thread(platform="facebook", *, texts=3, clock=None, **fields) -> Post:
    """A post that is due, with so many follow-ups."""
    options = {"follow_ups": True} | fields.pop("options", {})
    account = factories.make_account(platform, options=options, **fields)
    follow_ups = [{"text": f"Number {number} of {platform}"} for number in range(1, texts + 1)]
    clock = clock or Clock()
    return factories.make_post(factories.make_item(publish_at=clock(), follow_ups=follow_ups), account)


def statuses(post) -> list[str]:
    return list(Part.objects.filter(post=post).order_by("number").values_list("status", flat=True))


def words_on(sandbox) -> list[str]:
    return [posting.text for posting in sandbox.wall if posting.reply_to]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_thread_of_ten_goes_out_in_order_each_once(sandbox, media_root, platform):
    clock = Clock()
    post = a_thread(platform, texts=10, clock=clock)
    dispatch.drain(clock=clock)
    post.refresh_from_db()
    assert (post.status, post.item.status) == (PostStatus.PUBLISHED, "posted")
    assert words_on(sandbox) == [f"Number {number} of {platform}" for number in range(1, 11)]
    assert statuses(post) == ["published"] * 10
    assert len(sandbox.creating_calls()) == 11
    parents = [posting.reply_to for posting in sandbox.wall if posting.reply_to]
    ids = [posting.id for posting in sandbox.wall]
    assert parents == (ids[:-1] if platform == "twitter" else [ids[0]] * 10)
    assert list(Attempt.objects.filter(post=post).values_list("part_number", "number")) == [
        (number, 1) for number in range(1, 12)
    ]
    post.refresh_from_db()
    assert (post.attempts_made, post.in_flight_account) == (1, None)


def test_nothing_follows_where_the_account_does_not_allow_it(sandbox, media_root):
    clock = Clock()
    post = a_thread("twitter", clock=clock, options={"follow_ups": False})
    dispatch.drain(clock=clock)
    assert statuses(post) == []
    assert len(sandbox.wall) == 1


def test_each_goes_where_its_channels_say(sandbox, media_root):
    clock = Clock()
    pages = [factories.make_account("facebook"), factories.make_account("telegram")]
    texts = [{"text": "Here and there"}, {"text": "There alone", "channels": ["tg"]}]
    texts.append({"text": "Here alone", "channels": [pages[0].slug]})
    factories.make_item(*pages, publish_at=clock(), follow_ups=texts)
    dispatch.drain(clock=clock)
    said = {platform: [one.text for one in sandbox.wall if one.reply_to and one.platform == platform]
            for platform in ("facebook", "telegram")}  # fmt: skip
    assert said == {"facebook": ["Here and there", "Here alone"], "telegram": ["Here and there", "There alone"]}


def test_the_link_stands_where_its_mark_stood_and_is_fixed(sandbox, media_root):
    clock = Clock()
    account = factories.make_account("facebook")
    item = factories.make_item(account, publish_at=clock(), follow_ups=[{"text": "Read on: {link} now"}])
    dispatch.drain(clock=clock)
    post = item.posts.get()
    assert words_on(sandbox) == [f"Read on: {post.short_link} now"]
    assert post.parts.get().text == words_on(sandbox)[0]


def test_a_refused_part_holds_those_behind_it_and_changes_nothing_else(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock=clock)
    _publish_first(post, clock)
    sandbox.scenario(post.account.address, "reply_refused", times=1)
    dispatch.drain(clock=clock)
    assert statuses(post) == ["failed", "pending", "pending"]
    post.refresh_from_db()
    assert (post.status, post.item.status, post.account.status) == ("published", "posted", "active")
    alert = Alert.objects.get(kind=Alert.Kind.REJECTED)
    assert "Follow-up 1" in alert.text and alert.post == post
    dispatch.drain(clock=clock)
    assert words_on(sandbox) == []

    assert acts.retry(post.parts.get(number=2), now=clock())
    dispatch.drain(clock=clock)
    assert statuses(post) == ["published"] * 3
    alert.refresh_from_db()
    assert alert.resolved_at is not None


def test_a_human_may_skip_what_stands_and_only_what_is_next_goes(sandbox, media_root):
    clock = Clock()
    post = a_thread(texts=4, clock=clock)
    _publish_first(post, clock)
    sandbox.scenario(post.account.address, "reply_refused", times=1)
    dispatch.drain(clock=clock)
    assert acts.skip(post.parts.get(number=4), now=clock())
    assert statuses(post) == ["failed", "pending", "cancelled", "pending"]
    dispatch.drain(clock=clock)
    assert words_on(sandbox) == []
    assert acts.skip(post.parts.get(number=2), now=clock())
    assert not acts.skip(post.parts.get(number=2), now=clock())
    dispatch.drain(clock=clock)
    assert statuses(post) == ["cancelled", "published", "cancelled", "published"]
    assert words_on(sandbox) == ["Number 2 of facebook", "Number 4 of facebook"]


@pytest.mark.parametrize("platform", ["facebook", "instagram", "twitter"])
@pytest.mark.parametrize("day", ["accept_then_hang_up", "drop_then_time_out"])
def test_a_lost_answer_is_asked_about_and_the_thread_goes_on(sandbox, media_root, curt_silence, platform, day):
    clock = Clock()
    post = a_thread(platform, clock=clock)
    _publish_first(post, clock)
    sandbox.scenario(post.account.address, day, times=1)
    dispatch.drain(clock=clock)
    assert statuses(post) == ["unknown", "pending", "pending"]
    for _ in range(3):
        clock.forward(minutes=5)
        rounds.settle(clock())
        dispatch.drain(clock=clock)
    assert statuses(post) == ["published"] * 3
    assert words_on(sandbox) == [f"Number {number} of {platform}" for number in (1, 2, 3)]


@pytest.mark.parametrize("is_out", [True, False])
def test_where_nobody_can_be_asked_a_human_says_what_became_of_it(sandbox, media_root, is_out):
    clock = Clock()
    post = a_thread("telegram", clock=clock)
    _publish_first(post, clock)
    sandbox.scenario(post.account.address, "accept_then_hang_up" if is_out else "server_error", times=1)
    dispatch.drain(clock=clock)
    for _ in range(8):
        clock.forward(minutes=5)
        rounds.settle(clock())
        dispatch.drain(clock=clock)
    assert statuses(post) == ["unknown", "pending", "pending"]
    assert Alert.objects.get(kind=Alert.Kind.UNDECIDED).post == post
    part = post.parts.get(number=2)
    said = acts.confirm_published(part, now=clock()) if is_out else acts.deny_published(part, now=clock())
    assert said
    dispatch.drain(clock=clock)
    assert statuses(post) == ["published"] * 3
    assert words_on(sandbox) == [f"Number {number} of telegram" for number in (1, 2, 3)]
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_a_rate_limit_lets_account_and_part_wait(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock=clock)
    _publish_first(post, clock)
    sandbox.scenario(post.account.address, "rate_limit", times=1, seconds=600)
    dispatch.drain(clock=clock)
    post.account.refresh_from_db()
    assert post.account.paused_until > clock() + timedelta(minutes=9)
    assert statuses(post) == ["pending"] * 3
    dispatch.drain(clock=clock)
    assert words_on(sandbox) == []
    clock.forward(minutes=11)
    dispatch.drain(clock=clock)
    assert len(words_on(sandbox)) == 3


def test_one_call_is_in_flight_an_account_parts_included(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock=clock)
    _publish_first(post, clock)
    other = factories.make_post(factories.make_item(publish_at=clock()), post.account)
    [attempt] = claim.claim(now=clock(), worker="one", limit=20).attempts
    assert (attempt.post_id, attempt.part_number) == (post.pk, 2)
    assert claim.claim(now=clock(), worker="two", limit=20).attempts == []
    deliver.deliver(attempt, clock=clock)
    # What follows a post goes before the account's other posts.
    dispatch.drain(clock=clock)
    other.refresh_from_db()
    assert other.status == PostStatus.PUBLISHED
    assert [one.text for one in sandbox.wall if one.reply_to] == words_on(sandbox)
    assert sandbox.wall[-1].id == other.external_id


def test_the_interval_and_the_quiet_hours_of_the_account_hold_for_parts(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock=clock, min_interval_s=600)
    for out in range(4):
        dispatch.drain(clock=clock)
        assert len(sandbox.wall) == out + 1
        clock.forward(seconds=599)
        dispatch.drain(clock=clock)
        assert len(sandbox.wall) == out + 1
        clock.forward(seconds=2)
    assert statuses(post) == ["published"] * 3


def test_a_stale_worker_may_not_send_a_part(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock=clock)
    _publish_first(post, clock)
    [stale] = claim.claim(now=clock(), worker="stale", limit=20).attempts
    clock.forward(minutes=6)
    assert leases.expire(clock()) == {"pending": 1}
    [fresh] = claim.claim(now=clock(), worker="fresh", limit=20).attempts
    assert (fresh.part_number, fresh.number) == (2, 2)
    assert deliver.deliver(stale, clock=clock) is None
    assert words_on(sandbox) == []
    assert deliver.deliver(fresh, clock=clock).part == 2
    assert words_on(sandbox) == ["Number 1 of facebook"]


@pytest.mark.parametrize(("was", "then", "told"), [("unknown", "published", 0), ("cancelled", "cancelled", 1)])
def test_a_late_answer_of_a_part_still_counts_and_one_for_nothing_is_told(sandbox, media_root, was, then, told):
    clock = Clock()
    post = a_thread(clock=clock)
    _publish_first(post, clock)
    [attempt] = claim.claim(now=clock(), worker="slow", limit=20).attempts
    part = Part.objects.select_related("post__account", "post__item").get(post=post, number=2)
    assert delivering.begin_sending(part, attempt, now=clock())
    clock.forward(minutes=6)
    leases.expire(clock())
    Part.objects.filter(pk=part.pk, status="unknown").update(status=was)
    outcomes.record(part, attempt, Published("1_2"), now=clock())
    assert Part.objects.get(status=then).external_id == ("1_2" if then == "published" else "")
    assert Alert.objects.filter(text__contains="It was cancelled, but a late answer says it is").count() == told


def test_a_part_is_claimed_once_however_many_want_it(sandbox, media_root):
    clock = Clock()
    posts = [a_thread(clock=clock) for _ in range(4)]
    for post in posts:
        _publish_first(post, clock)

    def take(number):
        found = []
        for _ in range(6):
            taken = claim.claim(now=clock(), worker=f"worker {number}", limit=2)
            found += [(attempt.post_id, attempt.part_number) for attempt in taken.attempts]
        return found

    taken = [one for found in at_once(take, 6) for one in found]
    assert sorted(taken) == sorted((post.pk, 2) for post in posts)


def test_the_link_goes_into_the_first_follow_up_where_the_account_wants_it(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock=clock, texts=1, options={"link_in_follow_up": True})
    dispatch.drain(clock=clock)
    post.refresh_from_db()
    assert post.short_link not in post.caption
    assert sandbox.wall[0].links == []
    assert words_on(sandbox) == [post.short_link, "Number 1 of facebook"]


def test_a_post_without_its_link_is_found_again_by_its_words(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock=clock, texts=1, options={"link_in_follow_up": True})
    sandbox.scenario(post.account.address, "accept_then_hang_up", times=1)
    dispatch.drain(clock=clock)
    clock.forward(minutes=5)
    rounds.settle(clock())
    dispatch.drain(clock=clock)
    assert len(sandbox.wall) == 3
    assert statuses(post) == ["published"] * 2


def test_the_question_goes_on_while_it_can_t_be_answered(sandbox, media_root):
    clock = Clock()
    post = a_thread(clock=clock)
    _publish_first(post, clock)
    sandbox.scenario(post.account.address, "accept_then_hang_up", times=1)
    dispatch.drain(clock=clock)
    clock.forward(minutes=5)
    sandbox.scenario(post.account.address, "token_expired")
    assert asking.reconcile(clock()) == {"unknown": 1}
    post.account.refresh_from_db()
    assert post.account.status == "needs_token"


def _publish_first(post: Post, clock: Clock) -> None:
    """Send the post itself and nothing that follows."""
    [attempt] = claim.claim(now=clock(), worker="first", limit=1).attempts
    assert (attempt.post_id, attempt.part_number) == (post.pk, 1)
    deliver.deliver(attempt, clock=clock)
