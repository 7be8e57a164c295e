"""What is kept of a visitor, and what can no longer be learnt from it."""

from datetime import date

import pytest

from metrics.visitors import referrer_host, visitor_hash

DAY = date(2026, 12, 1)
AGENT = "Mozilla/5.0 (Linux; Android 10; K)"


def hashed(ip="203.0.113.7", agent=AGENT, *, day=DAY, secret=b"pepper"):
    return visitor_hash(ip, agent, day=day, secret=secret)


def test_one_visitor_is_one_visitor_all_day():
    assert hashed() == hashed()
    assert len(hashed()) == 32 and int(hashed(), 16) >= 0


@pytest.mark.parametrize(
    "other",
    [{"ip": "203.0.113.8"}, {"agent": AGENT + " "}, {"day": date(2026, 12, 2)}, {"secret": b"salt"}],
    ids=["address", "agent", "day", "secret"],
)
def test_another_address_agent_day_or_secret_is_another_visitor(other):
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
    monday, tuesday = ([hashed(ip, day=date(2026, 12, day)) for ip in visitors] for day in (7, 8))
    assert set(monday).isdisjoint(tuesday)
    same_rank = sum(
        sorted(monday).index(first) == sorted(tuesday).index(second)
        for first, second in zip(monday, tuesday, strict=True)
    )
    assert same_rank < 10


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
