"""Taking back, for every connector that the registry finds: what is out goes, what stays is said in a sentence."""

from datetime import timedelta

import pytest

import connectors
from connectors.base import Connector
from connectors.errors import NotRecallable, RateLimited, TokenInvalid, TransientError
from connectors.instagram import Instagram
from tests.connectors.contract import deliver, every_platform, every_sandbox_page, make, worded

JUST_NOW, OLD = timedelta(minutes=1), timedelta(hours=49)


def out(name, platforms, tmp_path):
    """A connector, and the id of its post on the wall."""
    connector = make(name, platforms.url)
    published, _ = deliver(connector, worded(connector, folder=tmp_path, url=platforms.url))
    assert len(platforms.wall) == 1
    return connector, published.external_id


@every_platform
def test_the_verb_and_its_sentence_belong_together(name):
    kind = connectors.get(name)
    assert (kind.take_back is Connector.take_back) == (kind.why_it_stays is Connector.why_it_stays)


def test_a_connector_that_declares_none_says_so_in_a_sentence():
    assert Connector.why_it_stays(None, JUST_NOW).endswith("on this platform.")
    with pytest.raises(NotRecallable, match="on this platform"):
        Connector.take_back(None, "1")


@every_sandbox_page
def test_what_is_out_goes_from_the_wall_and_a_second_time_changes_nothing(name, platforms, tmp_path):
    connector, number = out(name, platforms, tmp_path)
    assert connector.why_it_stays(JUST_NOW) == ""
    connector.take_back(number)
    assert platforms.wall == []
    connector.take_back(number)


@every_sandbox_page
@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("rate_limit", RateLimited),
        ("token_expired", TokenInvalid),
        ("server_error", TransientError),
        ("accept_then_500", TransientError),
        ("accept_then_hang_up", TransientError),
        ("accept_then_time_out", TransientError),
    ],
)
def test_whatever_happens_on_the_way_it_can_be_asked_again(name, day, fault, platforms, tmp_path):
    connector, number = out(name, platforms, tmp_path)
    platforms.scenario(connector.address, day, times=1)
    with pytest.raises(fault):
        connector.take_back(number)
    platforms.scenario(connector.address, "ok")
    connector.take_back(number)
    assert platforms.wall == []


@every_sandbox_page
@pytest.mark.parametrize("day", ["no_permission", "reject"])
def test_a_refusal_for_good_is_about_this_post_and_never_about_the_account(name, day, platforms, tmp_path):
    connector, number = out(name, platforms, tmp_path)
    platforms.scenario(connector.address, day)
    with pytest.raises(NotRecallable) as refused:
        connector.take_back(number)
    assert refused.value.message and len(platforms.wall) == 1


def test_telegram_keeps_what_is_older_than_two_days():
    connector = make("telegram", "http://127.0.0.1:1")
    assert "48 hours" in connector.why_it_stays(OLD) and not connector.why_it_stays(timedelta(hours=47))


def test_every_message_of_an_album_goes(platforms, tmp_path):
    connector, first = out("telegram", platforms, tmp_path)
    second, _ = deliver(connector, worded(connector, folder=tmp_path, url=platforms.url))
    connector.take_back(f"{first},{second.external_id}")
    assert platforms.wall == []


def test_a_post_of_another_bot_stays(platforms, tmp_path):
    connector, number = out("telegram", platforms, tmp_path)
    other = type(connector)(connector.address, {"bot_token": "7:sandbox-other"}, api_base=platforms.url)
    with pytest.raises(NotRecallable, match="may not delete"):
        other.take_back(number)
    assert len(platforms.wall) == 1


def test_by_instagram_login_nothing_is_deleted():
    gram = Instagram("1", {"access_token": "t"}, options={"login": "instagram"})
    assert "Instagram Login" in gram.why_it_stays(JUST_NOW)


def test_does_not_exist_said_of_a_post_that_can_be_read_is_a_missing_right(platforms, tmp_path):
    """Meta says the same of what is gone and of what this token may not delete."""
    connector, number = out("facebook", platforms, tmp_path)
    platforms.scenario(connector.address, "account_gone", times=1)
    with pytest.raises(NotRecallable, match="missing permissions"):
        connector.take_back(number)
    assert len(platforms.wall) == 1


@every_sandbox_page
def test_a_deletion_that_is_answered_too_late_is_done_and_may_be_repeated(name, platforms, tmp_path):
    connector, number = out(name, platforms, tmp_path)
    platforms.scenario(connector.address, "answered_late", times=1)
    with pytest.raises(TransientError):
        connector.take_back(number)
    assert platforms.wall == []
    connector.take_back(number)
