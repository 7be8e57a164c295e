"""Who may call, for what, and how often."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from social_queue.access import keys
from social_queue.models import ApiKey, Post, QueueItem
from tests.factories import NOW
from tests.support.crowd import at_once

GOOD = {"title": "a", "link": "https://example.com/"}


def made(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_api_key", *arguments, stdout=out)
    return out.getvalue().splitlines()[-1]


@pytest.mark.django_db
class TestTheCommand:
    def test_prints_the_key_alone_on_its_last_line_and_keeps_only_a_hash(self, caller, desk_accounts):
        text = made("bot")
        assert text.startswith("ap_") and " " not in text
        row = ApiKey.objects.get()
        assert (row.name, row.scopes) == ("bot", ["ingest", "read"])
        kept = " ".join(str(value) for value in ApiKey.objects.values().get().values())
        assert text not in kept and text.split("_")[2] not in kept
        assert caller(key=text).post("ingest", GOOD).status_code == 201

    def test_gives_the_scopes_asked_for(self):
        made("reader", "--scope", "read")
        assert ApiKey.objects.get().scopes == ["read"]

    def test_refuses_a_name_that_is_taken(self):
        made("bot")
        with pytest.raises(CommandError, match="--renew"):
            made("bot")

    @pytest.mark.parametrize("name", ["", "  ", "x" * 101, "admin:root", ":"])
    def test_refuses_a_name_that_is_none(self, name):
        with pytest.raises(CommandError):
            made(name)

    def test_renews_and_revokes(self, caller):
        old = made("bot")
        new = made("bot", "--renew")
        assert caller(key=old).get("queue").status_code == 401
        assert caller(key=new).get("queue").status_code == 200
        made("bot", "--revoke")
        assert caller(key=new).get("queue").status_code == 401
        with pytest.raises(CommandError):
            made("nobody", "--revoke")


@pytest.mark.django_db
class TestWhoIsRefused:
    @pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer ap_x_y", "Bearer \x00"])
    def test_whoever_has_no_valid_key(self, client, header):
        headers = {} if header is None else {"Authorization": header}
        answer = client.post("/api/autopost/ingest", "{}", content_type="application/json", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["error"]["code"] in {"not_authenticated", "authentication_failed"}

    def test_whoever_has_a_key_that_is_almost_right(self, caller):
        _, text = keys.issue("bot")
        for wrong in (text[:-1], f"{text}0", text.upper(), text.replace("ap_", "ap__")):
            assert caller(key=wrong).get("queue").status_code == 401

    def test_a_revoked_key(self, caller):
        key, text = keys.issue("bot")
        assert keys.revoke(key, now=NOW)
        assert not keys.revoke(key, now=NOW)
        assert caller(key=text).get("queue").status_code == 401

    @pytest.mark.parametrize(
        ("scope", "verb", "path", "status"),
        [
            ("read", "post", "ingest", 403),
            ("read", "post", "cards", 403),
            ("read", "patch", "queue/1", 403),
            ("read", "post", "queue/1/cancel", 403),
            ("read", "post", "queue/1/retry", 403),
            ("read", "post", "preview", 400),
            ("ingest", "post", "preview", 400),
            ("ingest", "get", "queue", 403),
            ("ingest", "get", "posts/1", 403),
            ("ingest", "patch", "queue/1", 404),
            ("manage", "patch", "queue/1", 404),
            ("manage", "post", "queue/1/cancel", 404),
            ("manage", "post", "ingest", 403),
            ("manage", "get", "queue", 403),
        ],
    )
    def test_a_key_without_the_scope(self, caller, scope, verb, path, status):
        answer = getattr(caller(scope), verb)(path, **({} if verb == "get" else {"body": {}}))
        assert answer.status_code == status
        if status == 403:
            assert "scope" in answer.json()["error"]["message"]

    @pytest.mark.parametrize("scope", keys.SCOPES)
    def test_head_asks_for_the_scope_of_get(self, caller, scope):
        made = caller("ingest", "read").post("subscriptions", {"url": "https://example.com/hook"}).json()
        bot = caller(scope)
        paths = ["queue", "posts", "events", "accounts", "slots", "series", "reports/clicks", "subscriptions"]
        for path in [*paths, f"subscriptions/{made['id']}"]:
            head = bot.client.head(f"/api/autopost/{path}", headers=bot._headers({}))
            assert head.status_code == bot.get(path).status_code, path

    def test_a_key_past_its_end_and_it_says_when_that_was(self, caller):
        _, text = keys.issue("bot", expires_at=NOW)
        with time_machine.travel(NOW - timedelta(seconds=1), tick=False) as clock:
            assert caller(key=text).get("queue").status_code == 200
            clock.shift(timedelta(seconds=1))
            answer = caller(key=text).get("queue")
            assert answer.status_code == 401
            assert "2026-12-01T12:00:00Z" in answer.json()["error"]["message"]
            stranger = caller(key=text[:-1] + "x").get("queue")
            assert "2026" not in stranger.json()["error"]["message"]

    def test_the_scheme_is_read_in_any_case(self, client):
        _, text = keys.issue("bot")
        assert client.get("/api/autopost/queue", headers={"Authorization": f"bearer  {text}"}).status_code == 200


@pytest.mark.django_db
class TestAnEnd:
    def test_is_set_by_the_command_and_must_lie_ahead(self):
        made("bot", "--scope", "manage", "--expires", "2036-01-01T00:00:00Z")
        row = ApiKey.objects.get()
        assert (row.scopes, row.expires_at) == (["manage"], datetime(2036, 1, 1, tzinfo=UTC))
        for wrong in ("2001-01-01", "tomorrow", ""):
            with pytest.raises(CommandError, match="--expires"):
                made("other", "--expires", wrong)
        assert ApiKey.objects.count() == 1

    def test_that_has_passed_goes_with_the_old_secret_and_one_ahead_stays(self):
        key, _ = keys.issue("bot", expires_at=NOW)
        keys.renew(key, now=NOW - timedelta(days=1))
        key.refresh_from_db()
        assert key.expires_at == NOW
        keys.renew(key, now=NOW)
        key.refresh_from_db()
        assert key.expires_at is None


@pytest.mark.django_db
class TestWhoseItemsAKeyReaches:
    @pytest.fixture
    def waiting(self, caller, desk_accounts):
        """Pushed in by the key ``bot-ingest``: (its caller, the item's address)."""
        mine = caller("ingest")
        made = mine.post("ingest", GOOD | {"publish_at": "2036-01-01"})
        return mine, f"queue/{made.json()['id']}"

    @pytest.mark.parametrize("scopes", [("ingest", "read"), ("read", "ingest")])
    def test_not_those_of_another_key_nor_an_editors(self, caller, waiting, scopes):
        _mine, address = waiting
        item = QueueItem.objects.get()
        other = caller(*scopes)
        for source in ("bot-ingest", "admin:editor", "BOT-INGEST-READ"):
            QueueItem.objects.update(source=source)
            answers = [other.patch(address, {"link": "https://evil.example/"}), other.patch(address, {})]
            answers += [other.post(f"{address}/{what}") for what in ("cancel", "retry")]
            assert [answer.status_code for answer in answers] == [404] * 4
        nothing = other.patch("queue/999", {})
        assert nothing.json() == answers[0].json(), "what it may not reach looks as if it were not there"
        item.refresh_from_db()
        assert (item.link, item.status) == (GOOD["link"], "ready")

    def test_its_own_and_what_it_is_told_of_them_is_their_status(self, waiting):
        mine, address = waiting
        pk = QueueItem.objects.get().pk
        assert mine.patch(address, {}).json() == {"id": pk, "status": "ready"}
        assert mine.patch(address, {"title": "New"}).json() == {"id": pk, "status": "ready"}
        Post.objects.update(status="failed", attempts_made=1)
        assert mine.post(f"{address}/retry").json() == {"id": pk, "status": "posting"}
        assert mine.post(f"{address}/cancel").json() == {"id": pk, "status": "cancelled"}
        assert QueueItem.objects.get().title == "New"

    def test_all_when_it_manages_and_it_reads_only_with_the_scope_for_that(self, caller, waiting):
        _mine, address = waiting
        pk = QueueItem.objects.get().pk
        assert caller("manage").patch(address, {"title": "New"}).json() == {"id": pk, "status": "ready"}
        assert caller("manage", "read").post(f"{address}/cancel").json()["posts"][0]["status"] == "cancelled"

    def test_not_an_editors_even_when_an_older_release_let_it_be_called_so(self, caller, waiting):
        _mine, address = waiting
        key, text = keys.issue("bot")
        ApiKey.objects.filter(pk=key.pk).update(name="admin:root")
        QueueItem.objects.update(source="admin:root")
        assert caller(key=text).patch(address, {}).status_code == 404


@pytest.mark.django_db
def test_the_last_use_is_noted_to_the_minute(caller):
    key, text = keys.issue("bot")
    with time_machine.travel(NOW, tick=False) as clock:
        caller(key=text).get("queue")
        clock.shift(timedelta(seconds=59))
        caller(key=text).get("queue")
        key.refresh_from_db()
        assert key.last_used_at == NOW
        clock.shift(timedelta(seconds=2))
        caller(key=text).get("queue")
        key.refresh_from_db()
        assert key.last_used_at == timezone.now()


@pytest.mark.django_db
class TestHowOften:
    def test_too_many_in_a_minute_are_429_until_the_next(self, caller, settings):
        settings.API_RATE_LIMIT = 3
        bot, other = caller(), caller("read")
        with time_machine.travel(NOW + timedelta(seconds=20), tick=False) as clock:
            assert [bot.get("queue").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
            refused = bot.get("queue")
            assert refused.headers["Retry-After"] == "40"
            assert refused.json()["error"]["code"] == "throttled"
            assert other.get("queue").status_code == 200
            clock.shift(timedelta(seconds=40))
            assert bot.get("queue").status_code == 200

    def test_nought_is_no_limit(self, caller, settings):
        settings.API_RATE_LIMIT = 0
        bot = caller()
        assert {bot.get("queue").status_code for _ in range(10)} == {200}
        assert ApiKey.objects.get().minute_requests == 0


@pytest.mark.django_db
def test_cards_have_a_limit_of_their_own_and_leave_other_requests_alone(caller, settings, media_root):
    settings.CARD_RATE_LIMIT = 2
    bot = caller("ingest", "read")
    with time_machine.travel(NOW + timedelta(seconds=50), tick=False) as clock:
        drawn = [bot.post("cards", {"title": f"Card {number}"}) for number in range(3)]
        assert [answer.status_code for answer in drawn] == [201, 201, 429]
        assert drawn[-1].headers["Retry-After"] == "10"
        assert bot.get("queue").status_code == 200
        clock.shift(timedelta(seconds=10))
        assert bot.post("cards", {"title": "Card 4"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_limit_is_one_for_all_who_count_at_once(settings):
    settings.API_RATE_LIMIT = 10
    key, _ = keys.issue("bot")
    waits = at_once(lambda _: [keys.seconds_to_wait(key, now=NOW) for _ in range(5)], 6)
    assert sum(wait == 0 for several in waits for wait in several) == 10
