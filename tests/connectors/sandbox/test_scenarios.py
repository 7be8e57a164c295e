"""Every bad day on every platform: what the caller sees, and what is on the wall afterwards."""

import http.server
import threading
import time

import pytest
import requests

from connectors.sandbox import PLATFORMS, SCENARIOS, WAITS
from connectors.sandbox.stage import samples
from connectors.sandbox.stage.scenarios import named_in
from tests.connectors import sandbox_calls as calls
from tests.support import silence

#: scenario -> HTTP status by platform; None: no answer at all.
STATUS = {
    "ok": {"facebook": 200, "instagram": 200, "telegram": 200, "twitter": 201, "bitly": 201},
    "refuse": dict.fromkeys(SCENARIOS["refuse"].platforms, 503),
    "rate_limit": {"facebook": 400, "instagram": 400, "telegram": 429, "twitter": 429, "bitly": 429},
    "token_expired": {"facebook": 400, "instagram": 400, "telegram": 401, "twitter": 401, "bitly": 403},
    "reject": {"facebook": 400, "instagram": 400, "telegram": 400, "twitter": 403, "bitly": 400},
    "server_error": dict.fromkeys(SCENARIOS["server_error"].platforms, 500),
    "accept_then_500": dict.fromkeys(SCENARIOS["accept_then_500"].platforms, 500),
    "accept_then_hang_up": dict.fromkeys(SCENARIOS["accept_then_hang_up"].platforms),
    "accept_then_time_out": dict.fromkeys(SCENARIOS["accept_then_time_out"].platforms),
    "drop_then_time_out": dict.fromkeys(SCENARIOS["drop_then_time_out"].platforms),
    "not_ready_twice": {"instagram": 400},
    "blocked": {"facebook": 400, "instagram": 400, "telegram": 403, "twitter": 403},
    "billing": {"twitter": 402},
    "duplicate": {"facebook": 400, "twitter": 403},
    "quota": {"instagram": 400, "twitter": 429, "bitly": 429},
    "no_permission": {"facebook": 403, "instagram": 403, "telegram": 400, "twitter": 403},
    "migrate": {"telegram": 400},
    "lagging": {"facebook": 200},
    "account_gone": {"facebook": 400, "instagram": 400},
    "partly_sent": {"telegram": 400},
}
#: Seen by other calls than the one that publishes a text: tried one by one below, where X's posts are read, by
#: ``tests/connectors/test_*_albums.py`` (albums and videos), or by ``test_corrections`` and ``test_taking_back``.
ELSEWHERE = {"container_unreadable", "picture_refused", "fetched_later", "tweet_fields_ignored"}
ELSEWHERE |= {"child_fails", "draft_hang_up", "never_ready", "reply_refused", "change_refused", "answered_late"}
CASES = [(name, platform) for name, by_platform in STATUS.items() for platform in by_platform]


def attempt(sandbox, platform, address, **more):
    """Status of the irreversible call; None when no answer came."""
    try:
        return calls.post_once(sandbox, platform, address, **more).status_code
    except (requests.ConnectionError, requests.Timeout):
        return None


@pytest.fixture(autouse=True)
def impatience():
    """Nobody waits here for an answer that never comes."""
    with silence.noticed():
        yield


def test_every_scenario_is_described_and_tried_here():
    untried = set(SCENARIOS) - set(STATUS) - {"slow", "time_out"} - ELSEWHERE
    assert not untried
    assert all(set(STATUS[name]) == set(SCENARIOS[name].platforms) for name in STATUS)


@pytest.mark.parametrize(("name", "platform"), CASES)
def test_a_scenario_answers_as_the_vendor_would_and_the_wall_tells_the_truth(sandbox, name, platform):
    address = calls.ADDRESSES[platform]
    sandbox.scenario(address, name)
    assert attempt(sandbox, platform, address) == STATUS[name][platform]
    if platform in PLATFORMS:
        created = SCENARIOS[name].created and name != "not_ready_twice"
        assert len(sandbox.wall) == (1 if created else 0)
        assert len(sandbox.creating_calls(address)) == 1
    assert sandbox.calls[-1].scenario == name


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_scenario_for_one_time_is_over_after_it(sandbox, platform):
    address = calls.ADDRESSES[platform]
    sandbox.scenario(address, "server_error", times=1)
    assert attempt(sandbox, platform, address) == 500
    assert attempt(sandbox, platform, address) in (200, 201)
    assert len(sandbox.wall) == 1


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_scenario_touches_no_other_address(sandbox, platform):
    sandbox.scenario("1111", "reject")
    assert attempt(sandbox, platform, calls.ADDRESSES[platform]) in (200, 201)


@pytest.mark.parametrize(
    ("platform", "address"),
    [
        ("facebook", "rate_limit-1"),
        ("instagram", "blocked_2"),
        ("telegram", "@reject_news"),
        ("twitter", "billing_desk"),
    ],
)
def test_an_address_may_carry_its_scenario_in_its_name(sandbox, platform, address):
    assert attempt(sandbox, platform, address) >= 400
    assert sandbox.wall == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_header_chooses_the_scenario_of_one_call(sandbox, platform):
    header = {"X-Sandbox-Scenario": "accept_then_500"}
    assert attempt(sandbox, platform, calls.ADDRESSES[platform], headers=header) == 500
    assert len(sandbox.wall) == 1


def test_the_longest_name_in_an_address_wins_and_ok_switches_it_off(sandbox):
    assert named_in("page_accept_then_time_out") == "accept_then_time_out"
    assert named_in("Server-Error-7") == "server_error"
    assert named_in("tokyo_book_club") == "ok"
    sandbox.scenario("@reject_news", "ok")
    assert attempt(sandbox, "telegram", "@reject_news") == 200


def test_a_misspelt_scenario_is_refused(sandbox):
    with pytest.raises(KeyError, match="hang_upp"):
        sandbox.scenario("1", "hang_upp")


def test_slow_answers_late_but_well(sandbox):
    sandbox.scenario("102938", "slow", seconds=0.3)
    began = time.monotonic()
    assert attempt(sandbox, "facebook", "102938") == 200
    assert time.monotonic() - began >= 0.3
    assert WAITS["slow"] == 2


def test_a_time_out_tosses_a_coin_about_what_was_created(sandbox):
    sandbox.faults({}, seed=3)
    sandbox.scenario("@news_desk", "time_out")
    answers = [attempt(sandbox, "telegram", "@news_desk", text=f"Number {number}") for number in range(12)]
    assert answers == [None] * 12
    assert 0 < len(sandbox.wall) < 12


def test_an_expired_token_cannot_read_either(sandbox):
    for address in ("102938", "sandbox-page-token"):
        sandbox.scenario(address, "token_expired")
    assert calls.error_of(calls.graph_get(sandbox, "102938/published_posts")) == (400, 190, 463)
    told = calls.graph_get(sandbox, "debug_token", input_token=calls.PAGE_TOKEN, token=calls.APP_TOKEN).json()["data"]
    assert told["is_valid"] is False
    assert told["error"]["subcode"] == 463
    assert calls.telegram(sandbox, "getMe", token="7:sandbox-expired").status_code == 401
    sandbox.scenario("news_desk", "token_expired")
    assert calls.x_get(sandbox, "users/me").status_code == 401


def test_random_faults_strike_creating_calls_only_and_repeat_with_their_seed(sandbox):
    sequences = []
    for _ in range(2):
        sandbox.reset()
        sandbox.faults({"server_error": 0.3, "accept_then_500": 0.3}, seed=11)
        assert all(calls.graph_get(sandbox, "102938/published_posts").status_code == 200 for _ in range(5))
        sequences.append([attempt(sandbox, "facebook", "102938", text=f"Number {number}") for number in range(20)])
    assert sequences[0] == sequences[1]
    assert {200, 500} == set(sequences[0])
    kept = [call.created for call in sandbox.creating_calls()]
    assert kept.count(True) == len(sandbox.wall)


def test_random_faults_strike_deletions_where_they_are_asked_to(sandbox):
    sent = [calls.telegram(sandbox, "sendMessage", chat_id="@news_desk", text=str(number)) for number in range(16)]
    ids = [answer.json()["result"]["message_id"] for answer in sent]
    told = []
    for everywhere in (False, True):
        sandbox.world.scenarios.set_faults({"server_error": 0.5}, seed=3, everywhere=everywhere)
        gone, ids = ids[:8], ids[8:]
        asked = [calls.telegram(sandbox, "deleteMessage", chat_id="@news_desk", message_id=number) for number in gone]
        told.append({answer.status_code for answer in asked})
    assert told == [{200}, {200, 500}] and 0 < len(sandbox.wall) < 8


def test_an_unknown_fault_is_refused(sandbox):
    with pytest.raises(KeyError, match="earthquake"):
        sandbox.faults({"earthquake": 1})


def test_a_container_that_cannot_be_read_is_published_all_the_same(sandbox):
    sandbox.scenario("17841400", "container_unreadable")
    draft = calls.container(sandbox, caption="Hi").json()["id"]
    for path in (draft, "17841400/content_publishing_limit"):
        assert calls.error_of(calls.graph_get(sandbox, path)) == (400, 100, 33)
    assert calls.graph_post(sandbox, "17841400/media_publish", creation_id=draft).status_code == 200
    assert calls.graph_get(sandbox, "17841400/media").json()["data"]


@pytest.mark.parametrize("address", ["102938", "17841400"])
def test_an_account_that_is_gone_answers_every_call_so(sandbox, address):
    sandbox.scenario(address, "account_gone", times=3)
    for path in (address, f"{address}/feed", f"{address}/media"):
        error = calls.graph_get(sandbox, path).json()["error"]
        assert (error["code"], error["error_subcode"]) == (100, 33)
        assert error["message"].startswith(f"Unsupported get request. Object with ID '{address}' does not exist")
    assert calls.graph_get(sandbox, address).status_code == 200


def test_a_picture_the_platform_may_not_fetch_can_be_uploaded(sandbox):
    address, content = "https://example.com/a.jpg", calls.picture(sandbox)
    sandbox.scenario("102938", "picture_refused")
    refused = calls.graph_post(sandbox, "102938/photos", url=address)
    assert calls.error_of(refused) == (400, 324, 2069019)
    assert calls.graph_post(sandbox, "102938/photos", files={"source": ("a.jpg", content)}).status_code == 200
    sandbox.scenario("@news_desk", "picture_refused")
    refused = calls.telegram(sandbox, "sendPhoto", chat_id="@news_desk", photo=address)
    assert refused.json()["description"] == "Bad Request: failed to get HTTP URL content"
    upload = {"photo": ("a.jpg", content)}
    assert calls.telegram(sandbox, "sendPhoto", chat_id="@news_desk", files=upload).status_code == 200
    assert len(sandbox.wall) == 2


def test_the_next_address_of_a_picture_may_be_a_better_one(sandbox):
    sandbox.scenario("17841400", "picture_refused", times=1)
    assert calls.error_of(calls.container(sandbox)) == (400, 9004, 2207052)
    assert calls.container(sandbox).status_code == 200


def test_a_picture_that_is_fetched_later_fails_in_its_status_alone(sandbox):
    sandbox.scenario("17841400", "fetched_later")
    made = calls.container(sandbox, image=f"{sandbox.url}/_media/none.jpg").json()["id"]
    told = calls.graph_get(sandbox, made, fields="status_code,status").json()
    assert told["status_code"] == "ERROR" and "2207052" in told["status"]
    good = calls.container(sandbox).json()["id"]
    assert calls.graph_get(sandbox, good, fields="status_code").json()["status_code"] == "FINISHED"


def test_platforms_fetch_pictures_under_their_own_names(sandbox, picture_host):
    calls.graph_post(sandbox, "102938/photos", url=f"{picture_host.url}/a.jpg")
    calls.container(sandbox, image=f"{picture_host.url}/a.jpg")
    calls.telegram(sandbox, "sendPhoto", chat_id="@news_desk", photo=f"{picture_host.url}/a.jpg")
    assert [agent.partition("/")[0].partition(" ")[0] for agent in picture_host.agents] == [
        "facebookexternalhit",
        "facebookexternalhit",
        "TelegramBot",
    ]


@pytest.fixture
def picture_host():
    """A server that notes who asks for its one picture."""
    content = samples.placeholder("https://example.com/a.jpg")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.agents.append(self.headers["User-Agent"])
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.agents, server.url = [], f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
