"""What is kept of a visitor, and what can no longer be learnt from it."""

import hashlib
import hmac
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError

from metrics import tasks
from metrics.clicks import salts, targets
from metrics.clicks.visitors import referrer_host, visitor_hash
from metrics.models import Click, VisitorSalt
from tests import factories
from tests.factories import NOW
from tests.support.crowd import at_once

AGENT = "Mozilla/5.0 (Linux; Android 10; K)"


def hashed(ip="203.0.113.7", agent=AGENT, *, salt=b"pepper"):
    return visitor_hash(ip, agent, salt=salt)


@pytest.fixture(autouse=True)
def another_process():
    """No salt is remembered from another test."""
    salts._held.clear()
    yield
    salts._held.clear()


@pytest.fixture
def visit(client, facebook_account):
    """``visit(at)``: somebody follows a link at that moment; returns the visitor's hash."""
    targets.forget()
    factories.make_post(account=facebook_account, code="aB3dE5gH", tracked_url="https://shop.test/")

    def go(at):
        with time_machine.travel(at, tick=False):
            answer = client.get("/go/aB3dE5gH", headers={"user-agent": AGENT}, REMOTE_ADDR="203.0.113.7")
        assert answer.status_code == 302
        return Click.objects.latest("pk").visitor

    return go


def test_one_visitor_is_one_visitor_all_day_and_in_every_process():
    assert hashed() == "af1d951b8235a6ddf6cba9f67a7917f3"


@pytest.mark.parametrize(
    "other",
    [{"ip": "203.0.113.8"}, {"agent": AGENT + " "}, {"salt": b"salt"}],
    ids=["address", "agent", "salt"],
)
def test_another_address_agent_or_salt_is_another_visitor(other):
    assert hashed(**other) != hashed()


def test_two_people_are_not_linked_by_running_their_fields_together():
    assert hashed("a", "bc") != hashed("ab", "c")


def test_neighbouring_addresses_have_nothing_in_common():
    hashes = {hashed(f"203.0.113.{last}") for last in range(256)}
    assert len(hashes) == 256
    shared = [len({digest[place] for digest in hashes}) for place in range(32)]
    assert min(shared) == 16


def test_the_same_visitors_cannot_be_matched_across_two_days_by_order_or_prefix():
    visitors = [f"203.0.113.{last}" for last in range(200)]
    monday, tuesday = ([hashed(ip, salt=salt) for ip in visitors] for salt in (b"monday", b"tuesday"))
    assert set(monday).isdisjoint(tuesday)
    same_rank = sum(
        sorted(monday).index(first) == sorted(tuesday).index(second)
        for first, second in zip(monday, tuesday, strict=True)
    )
    assert same_rank < 10


@pytest.mark.django_db
class TestTheSaltOfADay:
    def test_is_random_one_for_all_processes_and_another_the_next_day(self, visit):
        first = visit(NOW)
        salts._held.clear()
        assert visit(NOW + timedelta(hours=11)) == first
        assert visit(NOW + timedelta(hours=13)) != first
        made = list(VisitorSalt.objects.order_by("day").values_list("salt", flat=True))
        assert len(set(made)) == 2 and {len(salt) for salt in made} == {64}

    def test_is_gone_after_two_days_and_the_hash_cannot_be_made_again(self, visit, settings):
        first = visit(NOW)
        with time_machine.travel(NOW + timedelta(hours=47, minutes=59), tick=False):
            tasks.roll_up()
            assert VisitorSalt.objects.filter(day=NOW.date()).exists()
        with time_machine.travel(NOW + timedelta(hours=48), tick=False):
            tasks.roll_up()
        assert not VisitorSalt.objects.exists()
        salts._held.clear()
        assert visit(NOW) != first, "the same person on the same day, with a salt made anew"
        # What was left to whoever has the settings and the database: the key, the day, the address.
        for salt in (settings.SECRET_KEY, str(NOW.date()), f"visitors of {NOW.date()}"):
            derived = hmac.new(settings.SECRET_KEY.encode(), salt.encode(), hashlib.sha256).digest()
            assert first not in (hashed(salt=derived), hashed(salt=salt.encode()))

    def test_is_not_asked_for_twice_in_one_process(self, visit, django_assert_num_queries):
        visit(NOW)
        with django_assert_num_queries(2):  # the click, and our look at it
            visit(NOW)

    def test_that_cannot_be_read_costs_nobody_the_redirect(self, visit, monkeypatch):
        def away(*_arguments):
            raise DatabaseError("gone")

        monkeypatch.setattr(salts, "_row", away)
        assert visit(NOW) == ""


@pytest.mark.django_db(transaction=True)
def test_threads_that_need_a_new_days_salt_at_once_make_one():
    made = at_once(lambda _number: salts._row(NOW.date(), NOW), 6)
    assert len(set(made)) == 1 == VisitorSalt.objects.count()


def test_an_ipv4_address_spelt_as_ipv6_is_the_same_visitor():
    assert hashed("::ffff:203.0.113.7") == hashed("203.0.113.7") == hashed(" 203.0.113.7 ")


def test_a_phone_that_changes_the_second_half_of_its_ipv6_address_stays_one_visitor():
    assert hashed("2001:db8:1:2::1") == hashed("2001:0db8:0001:0002:ffff::9")
    assert hashed("2001:db8:1:2::1") != hashed("2001:db8:1:3::1")


@pytest.mark.parametrize("ip", ["", "unknown", "not an address", "1.2.3.4.5", "\ud800"])
def test_an_unreadable_address_still_gives_a_hash(ip):
    assert len(hashed(ip)) == 32


def test_an_agent_of_broken_bytes_still_gives_a_hash():
    assert len(hashed(agent="\udcff\ud83d")) == 32


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("https://www.Facebook.com/some/page?x=1", "www.facebook.com"),
        ("https://l.instagram.com/", "l.instagram.com"),
        ("http://t.co:8080/abc", "t.co"),
        ("https://user:secret@example.com./", "example.com"),
        ("android-app://org.telegram.messenger/", "org.telegram.messenger"),
        ("https://[2001:db8::1]:443/", "2001:db8::1"),
        ("  https://web.telegram.org/k/  ", "web.telegram.org"),
        ("", ""),
        (None, ""),
        ("about:blank", ""),
        ("example.com/page", ""),
        ("javascript://example.com/%0aalert(1)", ""),
        ("https://", ""),
        ("https://[broken", ""),
        ("https://two words.example/", ""),
        ("https://" + "a" * 191 + "/", ""),
        ("https://null\x00byte.example/", ""),
    ],
)
def test_the_referrer_is_kept_as_a_host_and_nothing_else(header, host):
    assert referrer_host(header) == host
