"""A platform that nobody reaches, or that the site speaks to wrongly, is paused as a whole and tried once a minute."""

from datetime import timedelta

import pytest

from connectors import errors
from connectors.facebook import Facebook
from social_queue.accounts import platforms
from social_queue.delivery import claim, dispatch
from social_queue.delivery.sweeps import expiry
from social_queue.models import Alert, Attempt, PlatformAccount, PlatformState, Post
from social_queue.operations import editing
from social_queue.upkeep import doctor, health
from social_queue.upkeep import health_report as door
from tests.support.clock import Clock
from tests.support.crowd import at_once
from tests.support.environment import NOWHERE
from tests.support.outages import due, look, state

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    return Clock()


class TestAnOutage:
    @pytest.fixture(autouse=True)
    def unplugged(self, sandbox, settings):
        settings.FACEBOOK_API_URL = NOWHERE

    def test_three_posts_on_two_accounts_in_a_row_pause_the_platform(self, clock):
        due(clock, 2, 1)
        assert dispatch.drain(clock=clock) == {"transient": 3}
        assert set(Post.objects.values_list("status", "failures_in_row")) == {("pending", 0)}
        paused = state()
        assert (paused.since_at, paused.next_probe_at) == (clock(), clock() + MINUTE)
        assert "could not be reached" in paused.reason
        assert Alert.objects.get().kind == "platform_down"

    def test_a_claim_that_looked_just_before_the_pause_takes_nothing(self, clock, monkeypatch):
        due(clock, 2, 1)
        probes = claim.probes

        def meanwhile(now):
            PlatformState.objects.create(platform="facebook", state="probing", next_probe_at=now + MINUTE)
            return probes(now)

        monkeypatch.setattr(claim, "probes", meanwhile)
        assert claim.claim(now=clock(), worker="w", limit=20).attempts == []

    @pytest.mark.parametrize("counts", [(1, 1), (5,)])
    def test_two_posts_or_one_account_pause_nothing(self, clock, counts):
        due(clock, *counts)
        assert dispatch.drain(clock=clock) == {"transient": sum(counts)}
        assert state() is None
        pauses = Post.objects.values_list("not_before", "failures_in_row")
        assert set(pauses) == {(clock() + MINUTE, 1)}

    def test_a_site_with_one_account_keeps_its_one_five_and_fifteen_minutes(self, clock):
        due(clock, 3)
        for minutes in (0, 1, 5, 15):
            clock.forward(minutes=minutes)
            assert dispatch.drain(clock=clock) == {"transient": 3}
        assert {post.status for post in Post.objects.all()} == {"failed"}
        assert state() is None

    def test_the_same_posts_tried_again_are_no_other_posts(self, clock):
        due(clock, 1, 1)
        for minutes in (0, 1, 5):
            clock.forward(minutes=minutes)
            assert dispatch.drain(clock=clock) == {"transient": 2}
        assert state() is None

    def test_a_success_between_them_begins_the_row_anew(self, clock, sandbox, settings):
        due(clock, 2)
        dispatch.drain(clock=clock)
        settings.FACEBOOK_API_URL = sandbox.url
        due(clock, 1)
        assert dispatch.drain(clock=clock) == {"published": 1}
        settings.FACEBOOK_API_URL = NOWHERE
        due(clock, 1)
        dispatch.drain(clock=clock)
        assert state() is None

    def test_so_does_any_judgement_of_the_platforms(self, clock, sandbox, settings):
        due(clock, 2)
        dispatch.drain(clock=clock)
        settings.FACEBOOK_API_URL = sandbox.url
        [refused] = due(clock, 1)
        sandbox.scenario(refused.address, "reject")
        dispatch.drain(clock=clock)
        settings.FACEBOOK_API_URL = NOWHERE
        due(clock, 1)
        dispatch.drain(clock=clock)
        assert state() is None

    def test_but_not_a_server_in_trouble_between_them(self, clock, monkeypatch):
        due(clock, 2)
        dispatch.drain(clock=clock)
        with monkeypatch.context() as busy:
            trouble = errors.TransientError("It answered HTTP 503.", http_status=503)
            busy.setattr(Facebook, "prepare", lambda *_: (_ for _ in ()).throw(trouble))
            due(clock, 1)
            assert dispatch.drain(clock=clock) == {"transient": 1}
        due(clock, 1)
        dispatch.drain(clock=clock)
        assert state()

    def test_trouble_of_another_kind_counts_for_nothing(self, clock, monkeypatch):
        due(clock, 2, 2)
        busy = errors.TransientError("The picture's host does not answer.")
        monkeypatch.setattr(Facebook, "prepare", lambda *_: (_ for _ in ()).throw(busy))
        dispatch.drain(clock=clock)
        assert state() is None

    def test_a_pause_is_no_failure_of_any_post_and_all_keep_their_places(self, clock):
        due(clock, 3, 3)
        before = list(Post.objects.order_by("pk").values_list("pk", "not_before", "failures_in_row", "status"))
        look(clock, minutes=30)
        assert list(Post.objects.order_by("pk").values_list("pk", "not_before", "failures_in_row", "status")) == before
        assert [alert.kind for alert in Alert.objects.all()] == ["platform_down"]

    def test_the_time_that_an_editor_gave_meanwhile_stands(self, clock, sandbox, settings):
        due(clock, 1)
        moved = Post.objects.get()
        assert dispatch.drain(clock=clock) == {"transient": 1}
        tomorrow = clock() + timedelta(days=1)
        editing.edit(moved.item_id, {"publish_at": tomorrow.isoformat()}, now=clock(), by_hand=editing.ByHand())
        due(clock, 1, 1)
        assert dispatch.drain(clock=clock) == {"transient": 2} and state()
        moved.refresh_from_db()
        assert (moved.not_before, moved.failures_in_row) == (tomorrow, 0)
        settings.FACEBOOK_API_URL = sandbox.url
        look(clock, minutes=3)
        moved.refresh_from_db()
        assert (moved.status, len(sandbox.wall)) == ("pending", 2)

    @pytest.mark.parametrize("policy", ["skip", "spread"])
    def test_what_waited_for_its_platform_was_not_missed(self, clock, sandbox, settings, policy):
        """However long: nobody is tried for minutes where many accounts share one try a minute."""
        due(clock, *[3] * 8)
        PlatformAccount.objects.update(late_policy=policy, late_after=3)
        look(clock, minutes=30)
        settings.FACEBOOK_API_URL = sandbox.url
        clock.forward(minutes=1)
        assert dispatch.drain(clock=clock) == {"published": 24}
        assert not Alert.objects.filter(kind="missed").exists()

    def test_what_nobody_sends_after_its_platform_works_again_was_missed(self, clock, sandbox, settings):
        due(clock, 5, 5, 5)
        PlatformAccount.objects.update(late_policy="skip", late_after=30)
        look(clock, minutes=2)
        platforms.works("facebook", now=clock())
        settings.FACEBOOK_API_URL = sandbox.url
        clock.forward(minutes=31)
        dispatch.drain(clock=clock)
        tried_before = Post.objects.filter(attempts_made__gt=1, status="published")
        left_out = Post.objects.filter(error_kind="missed")
        assert tried_before.exists() and left_out.count() >= 3
        assert tried_before.count() + left_out.count() == 15

    def test_one_post_a_minute_tries(self, clock):
        due(clock, 20, 20)
        dispatch.drain(clock=clock)
        before = Attempt.objects.count()
        look(clock, minutes=10)
        assert Attempt.objects.count() - before in (9, 10)

    def test_several_workers_try_once_together(self, clock):
        due(clock, 4, 4, 4)
        dispatch.drain(clock=clock)
        clock.forward(minutes=1)
        taken = at_once(lambda number: claim.claim(now=clock(), worker=f"w{number}", limit=20).attempts, 4)
        assert sum(len(attempts) for attempts in taken) == 1

    def test_the_first_that_gets_through_opens_it_and_all_go_on_in_order(self, clock, sandbox, settings):
        places = due(clock, 4, 4)
        look(clock, minutes=3)
        settings.FACEBOOK_API_URL = sandbox.url
        assert dispatch.drain(clock=clock.forward(minutes=1) and clock) == {"published": 8}
        assert state() is None
        assert Alert.objects.get().resolved_at == clock()
        for place in places:
            posts = Post.objects.filter(account=place).order_by("not_before")
            by_time = [posting.id for posting in sandbox.wall if posting.address == place.address]
            assert by_time == [post.external_id for post in posts]

    def test_a_refusal_shows_that_it_can_be_reached_again(self, clock, sandbox, settings):
        places = due(clock, 2, 2)
        dispatch.drain(clock=clock)
        settings.FACEBOOK_API_URL = sandbox.url
        for place in places:
            sandbox.scenario(place.address, "reject")
        clock.forward(minutes=1)
        assert dispatch.drain(clock=clock) == {"rejected": 4}
        assert state() is None

    def test_other_platforms_are_not_concerned(self, clock):
        due(clock, 2, 2)
        due(clock, 1, platform="telegram")
        dispatch.drain(clock=clock)
        assert state()
        assert Post.objects.get(platform="telegram").status == "published"

    def test_the_third_failure_that_was_told_before_the_pause_ends_quietly(self, clock):
        [first, *_] = due(clock, 2)
        for minutes in (0, 1, 5):
            clock.forward(minutes=minutes)
            dispatch.drain(clock=clock)
        assert Alert.objects.filter(kind="failing", resolved_at=None).count() == 2
        due(clock, 1)
        dispatch.drain(clock=clock)
        assert state()
        assert Alert.objects.filter(kind="failing", resolved_at=None).count() == 0
        assert set(Post.objects.values_list("failures_in_row", flat=True)) == {0}

    def test_what_expires_meanwhile_is_cancelled_as_ever(self, clock):
        due(clock, 2, 2)
        dispatch.drain(clock=clock)
        Post.objects.first().item.__class__.objects.update(expires_at=clock() + MINUTE)
        assert expiry.cancel_expired(clock.forward(minutes=2)) == 4

    def test_the_alert_says_how_much_waits(self, clock):
        places = due(clock, 3, 2)
        dispatch.drain(clock=clock)
        due(clock, 4)
        look(clock, minutes=2)
        text = Alert.objects.get().text
        assert "Facebook can't be reached since" in text
        assert "9 posts on 3 accounts wait" in text
        assert all(place.slug in text for place in places)

    def test_health_doctor_and_the_queue_know_of_it(self, clock):
        due(clock, 2, 2, before=1200)
        assert health.late(clock()).count() == 4
        dispatch.drain(clock=clock)
        assert (health.late(clock()).count(), door.queue(clock())["due"]) == (0, 0)
        assert any("Facebook can't be reached" in sentence for sentence in doctor.problems(clock()))
