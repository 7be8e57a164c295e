"""Statuses change through one door, along known arrows, and the item follows its posts."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from connectors.base import Published
from connectors.errors import (
    AccountBlocked,
    ConnectorError,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TransientError,
)
from social_queue import states
from social_queue.delivery import claim, deliver, outcomes
from social_queue.delivery.sweeps import leases, reconcile
from social_queue.models import Alert, Attempt, PlatformAccount, Post, PostStatus, QueueItem
from social_queue.operations import accounts
from social_queue.operations import posts as post_operations
from tests import factories

FINAL = {PostStatus.PUBLISHED, PostStatus.CANCELLED}
statuses = st.tuples(st.sampled_from(PostStatus.values), st.integers(0, 3))


#: The arrows once more, and not taken from the product: nothing leads out of published and cancelled.
ARROWS = {
    ("pending", "publishing"),
    ("pending", "published"),
    ("pending", "cancelled"),
    ("publishing", "published"),
    ("publishing", "pending"),
    ("publishing", "failed"),
    ("publishing", "unknown"),
    ("unknown", "published"),
    ("unknown", "pending"),
    ("unknown", "failed"),
    ("unknown", "cancelled"),
    ("failed", "pending"),
    ("failed", "cancelled"),
    ("published", "recalled"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), list(itertools.product(PostStatus.values, PostStatus.values)))
def test_only_known_arrows_are_walked(old, new, facebook_account):
    post = factories.make_post(account=facebook_account, status=old, external_id="1")
    if (old, new) in ARROWS:
        assert states.move(post, new, attempt=0, external_id="1")
        assert Post.objects.get(pk=post.pk).status == new
    else:
        with pytest.raises(states.NoSuchArrow):
            states.move(post, new, attempt=0)
        assert Post.objects.get(pk=post.pk).status == old


@pytest.mark.django_db
def test_a_post_that_was_claimed_since_is_left_alone(facebook_account):
    post = factories.make_post(account=facebook_account)
    Post.objects.filter(pk=post.pk).update(attempts_made=1)

    assert not states.move(post, PostStatus.CANCELLED, attempt=0)
    assert Post.objects.get(pk=post.pk).status == PostStatus.PENDING


@pytest.mark.django_db
def test_nothing_is_published_without_the_platforms_id(facebook_account):
    post = factories.make_post(account=facebook_account, status=PostStatus.UNKNOWN)
    with pytest.raises(states.NoSuchArrow):
        states.move(post, PostStatus.PUBLISHED, attempt=0, external_id="")


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["ready", "posting", "posted", "partial", "failed", "cancelled"])
def test_an_item_that_has_posts_is_not_moved_by_hand(status, facebook_account):
    item = factories.make_item(facebook_account, status=status)
    with pytest.raises(states.NoSuchArrow):
        states.mark_item(item, QueueItem.Status.CANCELLED, expected=status)
    assert QueueItem.objects.get().status == status


@given(st.lists(statuses, min_size=1, max_size=6))
def test_an_items_status_follows_from_its_posts(posts):
    found = {status for status, _ in posts}
    status = states.verdict(posts)
    assert status in QueueItem.Status.values
    assert states.verdict(list(reversed(posts))) == status
    if found & {PostStatus.PENDING, PostStatus.PUBLISHING, PostStatus.UNKNOWN}:
        assert status in ("ready", "posting")
    else:
        assert status in ("posted", "partial", "failed", "cancelled")
    if status == "posted":
        assert (
            found <= {PostStatus.PUBLISHED, PostStatus.CANCELLED, PostStatus.RECALLED} and PostStatus.PUBLISHED in found
        )
    if status == "ready":
        assert all(made == 0 for kind, made in posts)


class Life(RuleBasedStateMachine):
    """Workers, platforms, operators and dead leases in any order: what may never happen, doesn't."""

    def __init__(self) -> None:
        super().__init__()
        self.now = factories.NOW
        self.visible: list[int] = []
        self.held: list[Attempt] = []
        #: Sent, and not yet answered: with the platform's id, or None where it refused. And what was told late.
        self.sent: list[tuple[Attempt, str | None]] = []
        self.ids: dict[int, str] = {}
        self.known: list[tuple[int, str]] = []
        self.accounts = [factories.make_account("facebook") for _ in range(2)]
        self.items = [factories.make_item(*self.accounts, publish_at=self.now) for _ in range(2)]
        self.numbers = itertools.count(1)

    @rule(minutes=st.sampled_from([0, 6, 20]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        leases.expire_leases(self.now)

    @rule(endings=st.lists(st.sampled_from(["published", "lost", "dies before", "dies after", "stalls"]), min_size=2))
    def workers_claim_and_send(self, endings):
        taken = claim.claim(now=self.now, worker="w", limit=2).attempts
        for attempt, ending in zip(taken, endings, strict=False):
            if ending == "stalls":
                self.held.append(attempt)
            else:
                self.send(attempt, ending)

    @rule(refused=st.booleans())
    def a_worker_stalls_after_sending(self, refused):
        """The platform has it, or refuses it, and the worker does not learn of it before its lease has run out."""
        for attempt in claim.claim(now=self.now, worker="w", limit=1).attempts:
            if not deliver.begin_sending(attempt, now=self.now):
                continue
            arrived = None if refused else f"id-{next(self.numbers)}"
            if arrived:
                self.visible.append(attempt.post_id)
                self.ids[attempt.post_id] = arrived
            self.sent.append((attempt, arrived))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def it_answers_late(self, data):
        attempt, arrived = self.sent.pop(0)
        truths = [Published(arrived), OutcomeUnknown("hung up")] if arrived else [Rejected("no"), TransientError("t")]
        result = data.draw(st.sampled_from([*truths, KeyError("id"), ConnectorError("of no kind")]))
        outcomes.record(attempt, result, now=self.now)
        if isinstance(result, Published):
            self.known.append((attempt.post_id, arrived))

    @precondition(lambda self: self.held)
    @rule(ending=st.sampled_from(["published", "lost", "dies after"]))
    def a_stalled_worker_goes_on(self, ending):
        self.send(self.held.pop(0), ending)

    def send(self, attempt, ending):
        if not deliver.begin_sending(attempt, now=self.now):
            return
        if ending != "dies before":
            self.visible.append(attempt.post_id)
        if ending == "published":
            outcomes.record(attempt, Published(f"id-{next(self.numbers)}"), now=self.now)
        elif ending == "lost":
            outcomes.record(attempt, OutcomeUnknown("hung up"), now=self.now)

    @precondition(lambda self: self.held)
    @rule(
        error=st.sampled_from(
            [TransientError("t"), RateLimited("r", retry_after=5), NotReady("n"), Rejected("no"), AccountBlocked("b")]
        )
    )
    def a_worker_is_refused(self, error):
        outcomes.record(self.held.pop(), error, now=self.now)

    @rule(data=st.data())
    def the_platform_is_asked(self, data):
        unknown = Post.objects.filter(status=PostStatus.UNKNOWN).select_related("account", "item").first()
        if unknown is not None:
            out = unknown.pk in self.visible
            id_there = self.ids.get(unknown.pk, f"found-{unknown.pk}")
            reconcile.found_out(unknown, Published(id_there) if out else None, now=self.now)

    @rule(act=st.sampled_from([post_operations.retry, post_operations.requeue_now, post_operations.cancel]))
    def an_operator_presses(self, act):
        act(Post.objects.select_related("account", "item").order_by("pk")[:2], now=self.now)

    @rule()
    def accounts_are_freed(self):
        for account in PlatformAccount.objects.all():
            accounts.resume_account(account, now=self.now)

    @invariant()
    def nothing_is_out_twice(self):
        assert len(self.visible) == len(set(self.visible))

    @invariant()
    def published_means_out(self):
        assert set(Post.objects.filter(status=PostStatus.PUBLISHED).values_list("pk", flat=True)) <= set(self.visible)

    @invariant()
    def what_a_late_answer_proved_is_written_down_or_told(self):
        for post, number in self.known:
            row = Post.objects.get(pk=post)
            told = Alert.objects.filter(post=post, kind="double_risk").exists()
            assert told or (row.status == PostStatus.PUBLISHED and row.external_id == number)

    @invariant()
    def one_in_flight_per_account(self):
        for account in self.accounts:
            assert Post.objects.filter(account=account, status=PostStatus.PUBLISHING).count() <= 1
        assert not Post.objects.exclude(status=PostStatus.PUBLISHING).exclude(in_flight_account=None).exists()

    @invariant()
    def items_agree_with_their_posts(self):
        for item in QueueItem.objects.all():
            assert item.status == states.verdict(item.posts.values_list("status", "attempts_made"))


@pytest.mark.django_db
def test_no_order_of_events_posts_twice():
    """Run by hand, since each example needs an empty database: a savepoint is rolled back after it."""
    from django.db import transaction
    from hypothesis.stateful import run_state_machine_as_test

    class Undo(Exception):
        pass

    class InSavepoint(Life):
        def __init__(self) -> None:
            self.block = transaction.atomic()
            self.block.__enter__()
            super().__init__()

        def teardown(self) -> None:
            self.block.__exit__(Undo, Undo(), None)

    run_state_machine_as_test(
        InSavepoint,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
