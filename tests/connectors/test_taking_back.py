"""Taking back, for every connector that the registry finds: what is out goes, what stays is said in a sentence."""

from datetime import timedelta

import pytest

import connectors
from connectors.base import Connector
from connectors.errors import NotRecallable, RateLimited, TokenInvalid, TransientError
from connectors.instagram import Instagram
from connectors.vendors.meta.login import InstagramByFacebook
from tests.connectors.contract import deliver, every_platform, every_sandbox_page, make, worded
from tests.connectors.payloads import recorded
from tests.connectors.rawserver import RawServer, answer
from tests.support.logging_in import decide, query_of

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


def by_facebook_login(platforms, tmp_path, **ticked):
    """An Instagram account as a log-in connects it, and the id of its post on the wall."""
    site = {"app_id": "sandbox-app", "app_secret": "sandbox-app-secret", "api": platforms.url, "dialog": platforms.url}
    way, back = InstagramByFacebook(site), "http://127.0.0.1:1/back"
    query = query_of(decide(way.begin("state", back).url, **ticked))
    [place] = way.places(way.exchange(query, back, kept={})).places
    gram = Instagram(place.address, place.credentials, api_base=platforms.url, options=place.options)
    published, _ = deliver(gram, worded(gram, folder=tmp_path, url=platforms.url))
    return gram, published.external_id


def test_a_right_to_delete_that_was_not_given_is_named(platforms, tmp_path):
    rights = [*InstagramByFacebook.needed, "instagram_manage_comments"]
    gram, number = by_facebook_login(platforms, tmp_path, scope=rights)
    with pytest.raises(NotRecallable, match=r"permission for this action\. .*the right instagram_manage_contents\."):
        gram.take_back(number)
    assert len(platforms.wall) == 1


@pytest.mark.parametrize("looks", ["error_no_permission", "media_permalink"])
def test_what_may_neither_be_deleted_nor_looked_at_is_left_to_a_person(looks):
    hidden = answer(400, {"error": {"message": "Unsupported delete request.", "code": 100, "error_subcode": 33}})
    told = pytest.raises(NotRecallable, match="Unsupported delete request")
    with RawServer(hidden, recorded("instagram", looks)) as server, told:
        make("instagram", server.url).take_back("1800")
    assert [asked.method for asked in server.asked] == ["DELETE", "GET"]


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


@pytest.mark.parametrize(("subcode", "lasts"), [(2207085, True), (2207001, False)])
def test_a_fault_of_instagrams_that_lasts_for_weeks_is_told_from_one_that_is_over_in_minutes(subcode, lasts):
    fault = {"error": {"message": "Fatal", "code": -1, "error_subcode": subcode}}
    with RawServer(answer(400, fault)) as server, pytest.raises(TransientError) as caught:
        make("instagram", server.url).take_back("17990000000000001")
    assert caught.value.for_hours is lasts
