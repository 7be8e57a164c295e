"""Quiet hours, and what becomes of what was missed while nobody published."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.chaos import outage
from connectors.base import Published, TokenStatus
from social_queue.accounts import standing, tokens
from social_queue.delivery import claim, dispatch, outcomes
from social_queue.delivery.claims import choosing
from social_queue.delivery.sweeps import chores
from social_queue.models import Alert, PlatformAccount, Post
from social_queue.operations import accounts
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)


def _missed(now, count: int = 4, **columns) -> PlatformAccount:
    """An account whose posts came due in the four hours before ``now``, one after the other."""
    account = factories.make_account("telegram", last_served_at=now - 5 * HOUR, **columns)
    for place in range(count):
        factories.make_item(account, publish_at=now - 4 * HOUR + place * 4 * HOUR / count)
    return account


def _refused(status: str):
    return lambda account: standing.stop(account.pk, status, "The platform refused it.")


def _drained(now) -> list[Post]:
    taken = []
    while True:
        claimed = claim.claim(now=now, worker="w", limit=20)
        for attempt in claimed.attempts:
            outcomes.record(attempt, Published(f"id{attempt.pk}", ""), now=now)
            taken.append(attempt.post)
        if not claimed.attempts and not claimed.contended:
            return taken


def test_usually_what_was_missed_is_sent_at_once(now):
    _missed(now)
    assert len(_drained(now)) == 4


def test_an_account_may_leave_out_what_was_missed(now):
    account = _missed(now, late_policy="skip")
    sent = _drained(now)
    assert [post.status for post in account.posts.order_by("not_before")] == ["cancelled"] * 3 + ["published"]
    assert [post.not_before for post in sent] == [now - HOUR]
    left_out = account.posts.filter(status="cancelled")
    assert {(post.error_kind, post.error) for post in left_out} == {("missed", "Missed while nothing ran.")}
    assert {post.item.status for post in left_out.select_related("item")} == {"cancelled"}


def test_one_alert_tells_of_all_that_was_left_out(now):
    accounts = [_missed(now, late_policy="skip") for _ in range(3)]
    _drained(now)
    [alert] = Alert.objects.filter(kind="missed")
    assert "9 posts were missed" in alert.text
    assert all(f"{account.slug} 3" in alert.text for account in accounts)


def test_an_account_may_spread_what_was_missed_over_as_long_as_nothing_ran(now):
    account = _missed(now, late_policy="spread")
    assert len(_drained(now)) == 1
    planned = list(account.posts.filter(status="pending").order_by("not_before").values_list("not_before", flat=True))
    assert planned == [now + HOUR, now + 2 * HOUR, now + 3 * HOUR]
    assert [len(_drained(moment)) for moment in planned] == [1, 1, 1]
    published = account.posts.order_by("published_at").values_list("item__publish_at", flat=True)
    assert list(published) == sorted(published)


def test_what_is_spread_keeps_the_accounts_interval(now):
    account = _missed(now, late_policy="spread", min_interval_s=7200)
    _drained(now)
    planned = list(account.posts.order_by("not_before").values_list("not_before", flat=True))
    assert planned == [now, now + 2 * HOUR, now + 4 * HOUR, now + 6 * HOUR]


def test_what_is_spread_goes_into_slots_where_there_are_any(now):
    account = _missed(now, late_policy="spread", slots="mon-sun 09:00 18:00")
    assert _drained(now) == []
    taken = list(account.posts.order_by("slot_at").values_list("slot_at", flat=True))
    assert [f"{slot:%d %H}" for slot in taken] == ["01 18", "02 09", "02 18", "03 09"]


def test_a_backlog_that_is_being_worked_off_was_not_missed(now):
    account = _missed(now, late_policy="skip", late_after=60)
    PlatformAccount.objects.filter(pk=account.pk).update(last_served_at=now - timedelta(minutes=30))
    assert len(_drained(now)) == 4


def test_what_waited_for_the_interval_was_not_missed(now):
    account = factories.make_account("telegram", late_policy="skip", min_interval_s=4 * 3600)
    for _ in range(3):
        factories.make_item(account, publish_at=now)
    assert [len(_drained(now + hours * HOUR)) for hours in (0, 4, 8)] == [1, 1, 1]


def test_what_waited_for_a_limit_was_not_missed(now):
    account = _missed(now, late_policy="skip")
    PlatformAccount.objects.filter(pk=account.pk).update(paused_until=now - timedelta(minutes=1))
    assert len(_drained(now)) == 4


@pytest.mark.parametrize("policy", ["skip", "spread"])
@pytest.mark.parametrize(
    ("stop", "let_go_on"),
    [
        (standing.pause, lambda account, now: accounts.resume_account(account, now=now)),
        (_refused("blocked"), lambda account, now: accounts.resume_account(account, now=now)),
        (_refused("needs_token"), lambda account, now: tokens.check(account, now=now, status=TokenStatus(valid=True))),
    ],
    ids=["paused", "blocked", "needs_token"],
)
def test_what_waited_for_its_account_was_not_missed(now, policy, stop, let_go_on):
    account = _missed(now, late_policy=policy)
    stop(account)
    assert _drained(now) == []
    account.refresh_from_db()
    let_go_on(account, now)
    assert [post.not_before for post in _drained(now)] == [now - hours * HOUR for hours in (4, 3, 2, 1)]
    assert not Alert.objects.filter(kind="missed")


def test_what_nobody_sent_after_its_account_went_on_was_missed(now):
    account = _missed(now, late_policy="skip", late_after=120)
    standing.pause(account)
    accounts.resume_account(account, now=now - 2 * HOUR)
    assert [post.not_before for post in _drained(now)] == [now - HOUR]
    assert account.posts.filter(error_kind="missed").count() == 3


def test_a_limit_that_a_human_cut_short_was_no_outage(now):
    account = _missed(now, late_policy="skip")
    PlatformAccount.objects.filter(pk=account.pk).update(paused_until=now + HOUR)
    accounts.resume_account(account, now=now)
    assert len(_drained(now)) == 4


def test_a_post_that_is_tried_again_goes_its_way_and_the_rest_is_seen_to(now):
    account = _missed(now, late_policy="skip")
    first = account.posts.order_by("not_before").first()
    Post.objects.filter(pk=first.pk).update(attempts_made=1)
    assert {post.pk for post in _drained(now)} == {first.pk, account.posts.order_by("not_before").last().pk}


class TestQuietHours:
    QUIET_AT = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)  # 23:00 in Jakarta

    @pytest.fixture
    def quiet(self):
        return factories.make_account("telegram", zone="Asia/Jakarta", quiet_hours="22:00-07:00")

    def test_nothing_goes_until_they_end_and_then_in_order(self, quiet):
        late, early = (factories.make_item(quiet, publish_at=self.QUIET_AT + hours * HOUR) for hours in (2, 1))
        assert _drained(self.QUIET_AT + 3 * HOUR) == []
        ends = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
        assert choosing.next_due(self.QUIET_AT + 3 * HOUR) == ends
        assert [post.item for post in _drained(ends)] == [early, late]

    def test_other_accounts_go_on(self, quiet):
        factories.make_item(quiet, factories.make_account("facebook"), publish_at=self.QUIET_AT)
        assert [post.platform for post in _drained(self.QUIET_AT)] == ["facebook"]

    def test_what_waited_for_their_end_was_not_missed(self, quiet):
        PlatformAccount.objects.update(late_policy="skip")
        factories.make_item(quiet, publish_at=self.QUIET_AT)
        assert len(_drained(datetime(2026, 12, 2, 0, 1, tzinfo=UTC))) == 1

    def test_the_interval_spaces_what_waited(self, quiet):
        PlatformAccount.objects.update(min_interval_s=600)
        for _ in range(3):
            factories.make_item(quiet, publish_at=self.QUIET_AT)
        ends = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
        _drained(self.QUIET_AT)
        assert [len(_drained(ends + timedelta(minutes=place))) for place in (0, 9, 10, 15, 20)] == [1, 0, 1, 0, 1]


def test_a_week_end_off_never_bursts():
    accounts = outage.lay_down(48)
    outage.publish(accounts.values())
    told = {row["what was missed"]: row for row in outage.rows(accounts)}
    assert all(row["in order"] == "yes" for row in told.values())
    assert [row["sent"] + row["left out"] for row in told.values()] == [48] * len(told)
    assert told["skip"]["left out"] == 46
    assert told["send, 60 s between posts"]["closest two"] == "60 s"
    assert told["spread"]["last after"] == "23.5 h"
    assert told["spread"]["most in an hour"] <= 3
    assert told["spread, a slot an hour"]["most in an hour"] == 1
    assert told["spread, a slot an hour"]["last after"] == "48.0 h"


def test_whoever_publishes_does_what_else_is_due():
    done = []
    chores.register("test", done.append)
    clock = Clock()
    dispatch.drain(clock=clock)
    chores._CHORES.pop("test")
    assert done == [clock()]
