"""A link redirects whatever happens, and its click is booked before the answer."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from metrics.clicks import booking, spool, targets
from metrics.models import Click
from social_queue.models import Post
from social_queue.upkeep import health
from tests import factories

PERSON = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
PREVIEW = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"


@pytest.fixture
def post(db, facebook_account):
    targets.forget()
    return factories.make_post(
        account=facebook_account, code="aB3dE5gH", variant="B", tracked_url="https://shop.test/?a=1"
    )


@pytest.fixture(autouse=True)
def own_spool(settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "clicks.jsonl"


def test_a_person_is_redirected_and_counted(client, post):
    answer = client.get("/go/aB3dE5gH", headers={"user-agent": PERSON, "referer": "https://l.facebook.com/l.php?u=x"})

    assert (answer.status_code, answer["Location"]) == (302, "https://shop.test/?a=1")
    assert answer["Cache-Control"] == "no-store"
    click = Click.objects.get()
    assert (click.post, click.queue_item, click.platform, click.variant) == (post.pk, post.item_id, "facebook", "B")
    assert (click.agent, click.referrer_host, click.is_robot) == ("phone", "l.facebook.com", False)
    assert "127.0.0.1" not in str(vars(click))


def test_a_link_preview_is_marked_and_not_counted_as_a_person(client, post):
    assert client.get("/go/aB3dE5gH", headers={"user-agent": PREVIEW}).status_code == 302
    assert Click.objects.get().is_robot


@pytest.mark.parametrize("path", ["/go/aB3dE5gH", "/go/nothing0"])
def test_what_is_answered_is_taken_for_what_it_says_it_is(client, post, path):
    """No middleware is on this way that would say so."""
    assert client.get(path)["X-Content-Type-Options"] == "nosniff"


def test_head_is_answered_and_leaves_no_click(client, post):
    answer = client.head("/go/aB3dE5gH", headers={"user-agent": PERSON})
    assert (answer.status_code, answer["Location"]) == (302, "https://shop.test/?a=1")
    assert not Click.objects.exists()


@pytest.mark.parametrize("code", ["nothing1", None])
def test_every_answer_says_how_long_it_is(client, post, code):
    """Or the web server would send it in chunks, a redirect's nothing as well."""
    answer = client.get(f"/go/{code or post.code}", headers={"User-Agent": PERSON})
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("path", ["/go/nothing1", "/go/ab3de5gh", "/go/aB3dE5gH ", "/go/aB3dE5gH'--"])
def test_an_unknown_code_gets_a_plain_page(client, post, path):
    answer = client.get(path, headers={"user-agent": PERSON})
    assert answer.status_code == 404
    assert b"does not lead anywhere" in answer.content
    assert not Click.objects.exists()


def test_a_reader_of_indonesian_is_told_in_indonesian_that_a_link_is_dead(client, post):
    answer = client.get("/go/nothing1", headers={"user-agent": PERSON, "accept-language": "id-ID,id;q=0.9,en;q=0.5"})
    assert answer.status_code == 404 and answer["Content-Language"] == "id"
    assert "Tautan ini sudah tidak berlaku." in answer.content.decode()
    assert b"lead anywhere" not in answer.content


def test_nothing_in_the_request_can_choose_the_target(client, post):
    answer = client.get(
        "/go/aB3dE5gH?url=https://evil.test&next=//evil.test", headers={"x-forwarded-host": "evil.test"}
    )
    assert answer["Location"] == "https://shop.test/?a=1"


def test_a_post_that_was_never_claimed_leads_to_its_tracked_link_too(client, post):
    Post.objects.update(tracked_url="")
    assert client.get("/go/aB3dE5gH", headers={"user-agent": PERSON})["Location"].startswith(
        "https://example.com/gates/"
    )


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        ("https://shop.test/日本?q=a+b%2Bc#top", "https://shop.test/%E6%97%A5%E6%9C%AC?q=a+b%2Bc#top"),
        ("https://shop.test/ü", "https://shop.test/%C3%BC"),
        ("https://пример.рф/😀", "https://xn--e1afmkfd.xn--p1ai/%F0%9F%98%80"),
        ("https://shop.test/%E6%97%A5", "https://shop.test/%E6%97%A5"),
    ],
)
def test_a_link_of_any_script_is_sent_in_ascii(client, post, stored, sent):
    Post.objects.update(tracked_url=stored)
    answer = client.get("/go/aB3dE5gH", headers={"user-agent": PERSON})
    assert (answer.status_code, answer.headers["Location"]) == (302, sent)


def test_a_slash_behind_the_code_leads_on_too_with_one_click(client, post):
    answer = client.get("/go/aB3dE5gH/", headers={"user-agent": PERSON})
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://shop.test/?a=1")
    assert Click.objects.count() == 1
    assert client.get("/go/nothing1/").status_code == 404
    assert client.get("/go/aB3dE5gH//").status_code == 404


def test_a_click_that_the_database_refuses_waits_in_the_spool(client, post, monkeypatch):
    def refuse(*_arguments, **_named):
        raise DatabaseError("disk full")

    targets.find("aB3dE5gH")
    monkeypatch.setattr(booking, "insert", refuse)
    answer = client.get("/go/aB3dE5gH", headers={"user-agent": PERSON})
    monkeypatch.undo()

    assert answer.status_code == 302
    assert not Click.objects.exists()
    assert spool.bring_in() == 1
    assert Click.objects.get().post == post.pk
    assert spool.bring_in() == 0


@pytest.mark.django_db
class TestHealth:
    def test_all_is_well_on_a_fresh_site(self, client, monkeypatch):
        monkeypatch.setattr(health, "_STARTED_AT", timezone.now())
        answer = client.get("/health")
        assert answer.status_code == 200
        assert answer.json() == {
            "ok": True,
            "tokens": {"fb": "none", "ig": "none", "tg": "none", "twitter": "none"},
            "queue": {"due": 0, "oldest_due_s": 0, "failed_24h": 0, "unknown": 0},
            "worker": {"last_tick_at": None, "clusters": []},
            "database": "ok",
            "disk": "ok",
        }

    def test_a_token_shows_the_worst_of_its_platform(self, client):
        now = timezone.now()
        factories.make_account("facebook", token_checked_at=now)
        factories.make_account("facebook", token_checked_at=now, token_expires_at=now + timedelta(hours=5))
        factories.make_account("telegram", status="needs_token")
        factories.make_account("twitter")
        assert client.get("/health").json()["tokens"] == {
            "fb": "expiring",
            "ig": "none",
            "tg": "invalid",
            "twitter": "unchecked",
        }

    def test_a_site_whose_worker_never_came_is_not_well_for_long(self, client, monkeypatch):
        monkeypatch.setattr(health, "_STARTED_AT", timezone.now() - timedelta(minutes=4))
        assert client.get("/health").status_code == 503

    def test_three_minutes_without_a_tick_are_a_fault(self, client):
        from social_queue.workings import heartbeat

        heartbeat.beat("tick", now=timezone.now() - timedelta(minutes=4))
        assert client.get("/health").status_code == 503
        assert client.get("/health?ready").status_code == 200
        heartbeat.beat("tick", now=timezone.now())
        assert client.get("/health").status_code == 200

    def test_a_broken_database_is_said_in_json(self, client, monkeypatch):
        def broken(*_arguments, **_named):
            raise DatabaseError("gone")

        monkeypatch.setattr(type(connections["default"]), "cursor", broken)
        answer = client.get("/health")
        monkeypatch.undo()
        assert answer.status_code == 503
        assert answer.json()["database"] == "error"
