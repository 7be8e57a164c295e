"""Who may call, for what, and how often."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from social_queue import keys
from social_queue.models import ApiKey
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

    @pytest.mark.parametrize("name", ["", "  ", "x" * 101])
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
        ],
    )
    def test_a_key_without_the_scope(self, caller, scope, verb, path, status):
        answer = getattr(caller(scope), verb)(path, **({} if verb == "get" else {"body": {}}))
        assert answer.status_code == status
        if status == 403:
            assert "scope" in answer.json()["error"]["message"]

    def test_the_scheme_is_read_in_any_case(self, client):
        _, text = keys.issue("bot")
        assert client.get("/api/autopost/queue", headers={"Authorization": f"bearer  {text}"}).status_code == 200


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


@pytest.mark.django_db(transaction=True)
def test_the_limit_is_one_for_all_who_count_at_once(settings):
    settings.API_RATE_LIMIT = 10
    key, _ = keys.issue("bot")
    waits = at_once(lambda _: [keys.seconds_to_wait(key, now=NOW) for _ in range(5)], 6)
    assert sum(wait == 0 for several in waits for wait in several) == 10
