"""Many alerts of one cause are one message that is corrected; a stand-in for Telegram counts what rings."""

import json
import re
from datetime import timedelta

import pytest

from social_queue.alerts import ledger, telling
from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import reconcile
from social_queue.models import Alert, Post
from tests import factories
from tests.connectors.rawserver import RawServer, answer
from tests.support.clock import Clock
from tests.support.environment import NOWHERE

pytestmark = pytest.mark.django_db(transaction=True)

QUARTER = timedelta(minutes=15)


class Telegram(RawServer):
    """Takes messages and corrections; ``rung`` is what rang, as it was sent, ``shown`` every message as it stands."""

    def __init__(self) -> None:
        super().__init__(answer())
        self.rung: list[str] = []
        self.shown: dict[int, str] = {}
        self.corrections = 0
        #: What it says to a correction instead of making it.
        self.refuses: tuple[int, str] | None = None

    def next_answer(self) -> bytes:
        with self.lock:
            asked = self.asked[-1]
            given = json.loads(asked.body)
            if asked.path.endswith("/sendMessage"):
                self.rung.append(given["text"])
                number = len(self.rung)
            elif self.refuses:
                code, words = self.refuses
                return answer(code, {"ok": False, "error_code": code, "description": words})
            else:
                self.corrections += 1
                number = given["message_id"]
                if self.shown[number] == given["text"]:
                    words = "Bad Request: message is not modified: specified new message content is exactly the same"
                    return answer(400, {"ok": False, "error_code": 400, "description": words})
            self.shown[number] = given["text"]
            return answer(content={"ok": True, "result": {"message_id": number, "text": given["text"]}})


@pytest.fixture
def telegram(settings):
    settings.TELEGRAM_ALERT_BOT_TOKEN, settings.TELEGRAM_ALERT_CHAT_ID = "4242:sandbox-alerts", "-100777"
    with Telegram() as server:
        settings.TELEGRAM_API_URL = server.url
        yield server


@pytest.fixture
def clock():
    return Clock()


def due(clock, accounts, posts):
    places = [factories.make_account("facebook") for _ in range(accounts)]
    for number in range(posts):
        factories.make_item(places[number % accounts], publish_at=clock())
    return places


def live(clock, minutes, every=30):
    """What an installation does in so many minutes, the sweeps of every five minutes among it."""
    for second in range(0, 60 * minutes, every):
        dispatch.drain(clock=clock)
        if second % 300 == 0:
            reconcile.reconcile_unknown(clock())
        telling.tell_due(clock())
        clock.forward(seconds=every)


def refused(account, now, number=1):
    for _ in range(number):
        post = factories.make_post(factories.make_item(publish_at=now), account)
        ledger.raise_for_post("rejected", post, reason="No.", now=now)


def given_up(account, now, number=1):
    posts = [factories.make_post(factories.make_item(publish_at=now), account) for _ in range(number)]
    for post in posts:
        ledger.raise_for_post("given_up", post, reason="It does not answer.", now=now)
    return posts


class TestAPlatformThatIsDown:
    @pytest.mark.parametrize("minutes", [2, 22])
    def test_rings_once_and_once_when_it_is_over(self, telegram, sandbox, settings, clock, minutes):
        settings.TELEGRAM_API_URL, settings.FACEBOOK_API_URL = telegram.url, NOWHERE
        due(clock, accounts=6, posts=60)
        live(clock, minutes)
        [message] = telegram.rung
        assert "a platform does not answer" in message
        settings.FACEBOOK_API_URL = sandbox.url
        live(clock, 2)
        assert len(telegram.rung) == 2
        assert telegram.rung[1].startswith("✅ Resolved: a platform does not answer")
        assert Post.objects.filter(status="published").count() == len(sandbox.wall) == 60

    def test_the_message_is_corrected_as_more_waits(self, telegram, settings, clock):
        settings.FACEBOOK_API_URL = NOWHERE
        due(clock, accounts=3, posts=30)
        live(clock, 2)
        assert "30 posts on 3 accounts wait" in telegram.shown[1]
        due(clock, accounts=2, posts=7)
        live(clock, 40)
        assert "37 posts on 5 accounts wait" in telegram.shown[1]
        assert len(telegram.rung) == 1

    def test_nothing_is_corrected_while_nothing_changes(self, telegram, settings, clock):
        settings.FACEBOOK_API_URL = NOWHERE
        due(clock, accounts=3, posts=30)
        live(clock, 20)
        assert telegram.corrections <= 1

    @pytest.mark.parametrize(
        "says", [(404, "Not Found: method not found"), (400, "Bad Request: message can't be edited")]
    )
    def test_where_nothing_can_be_corrected_it_rings_once_a_quarter_of_an_hour(self, telegram, settings, clock, says):
        settings.FACEBOOK_API_URL, telegram.refuses = NOWHERE, says
        due(clock, accounts=3, posts=30)
        for _ in range(44):
            factories.make_item(Post.objects.first().account, publish_at=clock())
            live(clock, 1)
        assert len(telegram.rung) == 3
        assert int(re.search(r"(\d+) posts", telegram.rung[2])[1]) > 55


class TestOneAccountAlone:
    """It has no pause of the platform's: each of its posts is tried four times and given up."""

    def test_its_posts_share_a_message_for_the_third_failure_and_one_for_the_end(self, telegram, settings, clock):
        settings.FACEBOOK_API_URL = NOWHERE
        [place] = due(clock, accounts=1, posts=40)
        live(clock, 30, every=60)
        assert set(Post.objects.values_list("status", flat=True)) == {"failed"}
        third, end = telegram.shown.values()
        assert "third failure" in third and "given up (40 times)" in end
        assert len(telegram.rung) == 2
        assert place.slug in end

        from social_queue.operations import posts as post_operations

        settings.FACEBOOK_API_URL = settings.INSTAGRAM_API_URL
        post_operations.cancel(Post.objects.select_related("item", "account"), now=clock())
        live(clock, 5)
        assert telegram.rung[2].startswith("✅ Resolved: given up (40 times)")
        assert len(telegram.rung) == 3


class TestOneMessageForOneCause:
    def test_what_comes_within_a_quarter_of_an_hour_is_written_into_it(self, telegram, facebook_account, now):
        other = factories.make_account("facebook")
        for minute in range(0, 60, 10):
            given_up(other if minute % 20 else facebook_account, now + timedelta(minutes=minute))
            telling.tell_due(now + timedelta(minutes=minute))
        assert (len(telegram.rung), telegram.corrections) == (1, 5)
        assert "given up (6 times)" in telegram.shown[1]
        assert facebook_account.slug in telegram.shown[1] and other.slug in telegram.shown[1]
        assert Alert.objects.filter(sent_at=None).count() == 0

    def test_what_comes_after_a_quiet_quarter_rings_again(self, telegram, facebook_account, now):
        for moment in (now, now + QUARTER):
            given_up(facebook_account, moment)
            telling.tell_due(moment)
        assert len(telegram.rung) == 2

    def test_another_platform_is_another_cause(self, telegram, facebook_account, telegram_account, now):
        given_up(facebook_account, now)
        telling.tell_due(now)
        given_up(telegram_account, now)
        telling.tell_due(now)
        assert len(telegram.rung) == 2

    def test_refusals_ring_one_by_one_up_to_three_and_then_share_the_third(self, telegram, facebook_account, now):
        for second in range(10):
            moment = now + timedelta(seconds=second)
            refused(facebook_account, moment)
            telling.tell_due(moment)
        assert len(telegram.rung) == 3
        assert "post refused (8 times)" in telegram.shown[3]

    def test_its_end_is_told_once_when_the_last_of_it_is_over(self, telegram, facebook_account, now):
        posts = given_up(facebook_account, now, 5)
        telling.tell_due(now)
        for post in posts[:4]:
            ledger.resolve_post(post, now=now)
            telling.tell_due(now)
        assert len(telegram.rung) == 1
        ledger.resolve_post(posts[4], now=now)
        telling.tell_due(now)
        telling.tell_due(now)
        assert telegram.rung[1:] == [telegram.rung[1]]
        assert telegram.rung[1].startswith("✅ Resolved: given up (5 times)")

    def test_a_correction_that_does_not_arrive_is_made_later(self, telegram, facebook_account, now, settings):
        given_up(facebook_account, now)
        telling.tell_due(now)
        given_up(facebook_account, now)
        settings.TELEGRAM_API_URL = NOWHERE
        assert telling.tell_due(now) == 0
        settings.TELEGRAM_API_URL = telegram.url
        assert telling.tell_due(now + timedelta(minutes=1)) == 1
        assert (len(telegram.rung), "(2 times)" in telegram.shown[1]) == (1, True)

    def test_a_message_that_somebody_deleted_is_followed_by_a_new_one(self, telegram, facebook_account, now):
        given_up(facebook_account, now)
        telling.tell_due(now)
        telegram.refuses = (400, "Bad Request: message to edit not found")
        for minute in range(20):
            moment = now + timedelta(minutes=minute)
            given_up(facebook_account, moment)
            telling.tell_due(moment)
            assert len(telegram.rung) == (1 if minute < 15 else 2)
        assert "given up (16 times)" in telegram.rung[1]
        assert Alert.objects.filter(tell_not_before=None, sent_at=None).count() == 0

    def test_a_message_without_a_number_cannot_be_corrected_and_costs_nothing(self, telegram, facebook_account, now):
        telegram.next_answer = lambda: answer(content={"ok": True, "result": True})
        for minute in (0, 5, 16):
            given_up(facebook_account, now + timedelta(minutes=minute))
            telling.tell_due(now + timedelta(minutes=minute))
        assert [asked.path.rpartition("/")[2] for asked in telegram.asked] == ["sendMessage", "sendMessage"]

    def test_hundreds_at_once_are_told_at_once(self, telegram, facebook_account, now):
        given_up(facebook_account, now, 300)
        assert telling.tell_due(now) == 1
        assert "(300 times)" in telegram.rung[0]
        assert len(telegram.rung[0]) < 4096
        assert Alert.objects.filter(sent_at=None).count() == 0


class TestLongTexts:
    @pytest.mark.parametrize(
        "words", ["x" * 9000, "🎰" * 3000, "&" * 5000, "a\n" + "é" * 9000, "\n".join(["line " * 30] * 60)]
    )
    def test_one_line_that_is_too_long_is_cut_and_not_lost(self, telegram, now, words):
        ledger.raise_alert("shortlink", about="bitly", reason=words, now=now)
        telling.tell_due(now)
        [message] = telegram.rung
        plain = message.replace("&amp;", "&")
        assert words[:20] in plain
        assert plain.endswith("… the rest is in the admin.")
        assert 3000 < len(plain.encode("utf-16-le")) // 2 <= 4096

    def test_a_text_that_fits_is_left_alone(self, telegram, now):
        ledger.raise_alert("shortlink", about="bitly", reason="x" * 3800, now=now)
        telling.tell_due(now)
        assert "x" * 3800 in telegram.rung[0] and "the rest" not in telegram.rung[0]
