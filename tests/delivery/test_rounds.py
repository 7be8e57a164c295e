"""A round of the sweeps ends in time whatever a platform does, and nobody is left out of it for long."""

from collections import Counter
from datetime import timedelta

import pytest

from connectors.errors import OutcomeUnknown
from connectors.facebook import Facebook
from connectors.twitter import Twitter
from social_queue.delivery.sweeps import rounds
from social_queue.models import Alert, Part, Post
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


class _Waiting:
    """Stands for the seconds that questions take; ``asked`` counts them by the post's words."""

    def __init__(self):
        self.seconds, self.asked = 0.0, Counter()

    def hangs(self, seconds):
        def ask(_connector, outgoing, *_draft):
            self.seconds += seconds
            self.asked[outgoing.text] += 1
            raise OutcomeUnknown("No answer.")

        return ask


@pytest.fixture
def waiting(monkeypatch, settings):
    settings.Q_TIMEOUT = 180
    waiting = _Waiting()
    monkeypatch.setattr(rounds, "monotonic", lambda: waiting.seconds)
    monkeypatch.setattr(Facebook, "find_existing", waiting.hangs(10))
    monkeypatch.setattr(Facebook, "find_follow_up", waiting.hangs(10))
    monkeypatch.setattr(Twitter, "find_existing", waiting.hangs(0.5))
    return waiting


def undecided(clock, platform, words):
    post = factories.make_post(
        factories.make_item(publish_at=clock()),
        factories.make_account(platform),
        status="unknown",
        attempts_made=1,
        waiting_since_at=clock(),
        caption=words,
    )
    factories.make_attempt(post, sent_at=clock(), started_at=clock())
    return post


def test_a_platform_that_hangs_keeps_nothing_else_waiting(waiting):
    clock = Clock()
    for number in range(60):
        undecided(clock, "facebook", f"hangs {number}")
    for number in range(3):
        undecided(clock, "twitter", f"answers {number}")
    stopped = factories.make_account("telegram", status="needs_token")
    expires = factories.make_item(publish_at=clock(), expires_at=clock() + timedelta(minutes=1))
    late = factories.make_post(expires, stopped)
    clock.forward(minutes=5)

    rounds.settle(clock())

    late.refresh_from_db()
    assert late.status == "cancelled"
    assert waiting.seconds <= 70
    assert {f"answers {number}" for number in range(3)} <= set(waiting.asked)
    assert sum(words.startswith("hangs") for words in waiting.asked) >= 5


def test_what_was_not_asked_is_asked_first_in_the_rounds_after(waiting):
    clock = Clock()
    for number in range(12):
        undecided(clock, "facebook", f"hangs {number}")
    for _ in range(2):
        clock.forward(minutes=5)
        rounds.settle(clock())
    assert set(waiting.asked.values()) == {1} and len(waiting.asked) == 12


def test_follow_ups_are_asked_about_beside_the_posts(waiting):
    clock = Clock()
    for number in range(20):
        undecided(clock, "facebook", f"hangs {number}")
    out = factories.make_post(
        factories.make_item(publish_at=clock()), factories.make_account(), status="published", external_id="1_2"
    )
    part = Part.objects.create(
        post=out,
        account=out.account,
        number=2,
        text="below",
        status="unknown",
        not_before=clock(),
        attempts_made=1,
        waiting_since_at=clock(),
    )
    clock.forward(minutes=31)
    rounds.settle(clock())
    part.refresh_from_db()
    assert part.not_before > clock() and Alert.objects.filter(kind="undecided").exists()


def test_an_answer_about_a_follow_up_that_cannot_be_written_down_is_put_off(waiting, monkeypatch):
    clock = Clock()
    out = factories.make_post(
        factories.make_item(publish_at=clock()), factories.make_account(), status="published", external_id="1_2"
    )
    part = Part.objects.create(
        post=out, account=out.account, number=2, text="below", status="unknown", not_before=clock(), attempts_made=1
    )

    def refuses(*_args, **_more):
        raise ValueError("no such letter")

    monkeypatch.setattr(Facebook, "find_follow_up", lambda *_: None)
    monkeypatch.setattr(rounds.asking, "found_out", refuses)
    for _ in range(8):
        clock.forward(minutes=5)
        assert rounds.settle(clock()).asked == {"unrecorded": 1}
        part.refresh_from_db()
        assert part.not_before > clock()
    assert part.status == "unknown" and Alert.objects.get().kind == "undecided"
    assert Post.objects.get().attempts_made == 0
