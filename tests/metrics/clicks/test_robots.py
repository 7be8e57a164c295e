"""People are counted and robots are not, judged by agents that were really seen."""

import itertools
import json
from pathlib import Path

import pytest

from metrics.clicks.robots import device_class, is_robot, robot_name
from tests.support.effort import costs_less

AGENTS = json.loads(Path(__file__).with_name("agents.json").read_text())
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
ROBOTS = [row for row in AGENTS if row["kind"] == "robot"]
PEOPLE = [row for row in AGENTS if row["kind"] != "robot"]


def who(row):
    return row["who"]


def test_the_list_of_agents_has_both_kinds_in_plenty():
    assert len(ROBOTS) >= 80
    assert len(PEOPLE) >= 60


@pytest.mark.parametrize("row", ROBOTS, ids=who)
def test_a_robot_is_not_counted(row):
    assert is_robot(row["agent"])


@pytest.mark.parametrize("row", PEOPLE, ids=who)
def test_a_person_is_counted(row):
    assert not is_robot(row["agent"])


@pytest.mark.parametrize("row", AGENTS, ids=who)
def test_the_device_is_told(row):
    assert device_class(row["agent"]) == row["kind"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Purpose": "prefetch;anonymous-client-ip"},
        {"Purpose": "prefetch"},
        {"purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
        {"HTTP_SEC_PURPOSE": "prefetch"},
        {"HTTP_X_MOZ": "prefetch"},
    ],
)
def test_a_page_fetched_ahead_is_read_by_nobody(headers):
    assert is_robot(CHROME, headers=headers)


@pytest.mark.parametrize("headers", [{}, None, {"Purpose": ""}, {"Accept": "prefetch"}, {"Sec-Fetch-Dest": "document"}])
def test_other_headers_make_nobody_a_robot(headers):
    assert not is_robot(CHROME, headers=headers)


@pytest.mark.parametrize("method", ["HEAD", "head", "OPTIONS", "POST"])
def test_whoever_does_not_get_the_page_does_not_read_it(method):
    assert is_robot(CHROME, method=method)


def test_django_headers_are_understood():
    from django.http.request import HttpHeaders

    assert is_robot(CHROME, headers=HttpHeaders({"HTTP_SEC_PURPOSE": "prefetch"}))
    assert not is_robot(CHROME, headers=HttpHeaders({"HTTP_ACCEPT": "text/html"}))


@pytest.mark.parametrize("agent", [None, "", "\x00", "x" * 100_000, "Mozilla/5.0 (" * 5000, "\udcff", "🤖"])
def test_rubbish_is_a_robot_and_breaks_nothing(agent):
    assert is_robot(agent)
    assert device_class(agent) == "robot"


def test_a_long_agent_cannot_slow_the_link_down():
    hostile = ["a" * 900, "a-" * 900, " Mobile" * 900, " [FB" + ";" * 900, "a" * 70 + " ", "(" * 900]
    # In each try other ones: those that were seen are known.
    tails = (f"{tail}{number}" for number in itertools.count() for tail in hostile)
    for _ in hostile:
        assert costs_less(0.1, lambda: is_robot("Mozilla/5.0 (Linux; Android 10; K) " + next(tails)))


def test_an_agent_seen_before_costs_microseconds():
    is_robot(CHROME)

    def ask():
        for _ in range(2000):
            is_robot(CHROME, headers={"Accept": "text/html"})

    assert costs_less(2000 * 50e-6, ask)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("TelegramBot (like TwitterBot)", "TelegramBot"),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "facebookexternalhit"),
        ("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "Discordbot"),
        ("Mozilla/5.0 (compatible;PetalBot;+https://webmaster.petalsearch.com/site/petalbot)", "PetalBot"),
        ("WhatsApp/2.24.10.85 A", "WhatsApp"),
        ("curl/8.5.0", "curl"),
        ("", "unnamed"),
        ("-", "unnamed"),
    ],
)
def test_a_robot_is_called_by_its_name(agent, name):
    assert robot_name(agent) == name


def test_a_robots_name_fits_its_column():
    assert max(len(robot_name(agent)) for agent in [row["agent"] for row in ROBOTS] + ["bot" * 100, "x" * 9999]) <= 40
