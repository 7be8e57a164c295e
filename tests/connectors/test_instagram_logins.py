"""Instagram's two log-ins: each has its own host, its own secret and its own way to a younger token."""

from datetime import UTC, datetime

import pytest

from connectors.base import PlatformSettings
from connectors.instagram import HOSTS, Instagram
from connectors.vendors.meta.login_instagram import InstagramLogin
from tests.connectors.rawserver import RawServer, answer
from tests.connectors.test_instagram import saying


@pytest.mark.parametrize(
    ("api_base", "chosen", "host"),
    [
        ("", None, "https://graph.facebook.com"),
        ("", "facebook", "https://graph.facebook.com"),
        ("", "instagram", "https://graph.instagram.com"),
        ("", "", "https://graph.facebook.com"),
        ("https://graph.facebook.com/", "instagram", "https://graph.instagram.com"),
        ("https://graph.instagram.com", None, "https://graph.instagram.com"),
        ("http://127.0.0.1:9009", "instagram", "http://127.0.0.1:9009"),
    ],
)
def test_the_log_in_chooses_the_host_unless_another_stands_in(api_base, chosen, host):
    options = {} if chosen is None else {"login": chosen}
    assert Instagram("1", {"access_token": "t"}, api_base=api_base, options=options).api_base == host


def test_instagram_login_sends_no_proof_by_facebook_s_secret_and_refreshes_by_its_own_call():
    known = PlatformSettings(meta_app_id="12", meta_app_secret="sandbox-app-secret")
    with saying("me", "token_refreshed") as server:
        connector = Instagram(
            "17841400000000001",
            {"access_token": "IGAA-token"},
            api_base=server.url,
            options={"login": "instagram"},
            settings=known,
        )
        status, fresh = connector.check_token(), connector.refresh_token()
    assert (status.valid, status.account_name, status.expires_at) == (True, "autopost_news", None)
    assert fresh["access_token"] == "IGAA-younger"
    assert 59 <= (fresh["expires_at"] - datetime.now(UTC)).days < 60
    asked_me, asked_refresh = server.asked
    assert asked_me.query == {"fields": "user_id,username"}
    assert asked_refresh.path == "/refresh_access_token"
    assert asked_refresh.query == {"grant_type": "ig_refresh_token", "access_token": "IGAA-token"}


def test_only_a_trade_tells_when_a_token_of_instagram_login_ends():
    told = [Instagram("1", {"access_token": "t"}, options={"login": login}).expiry_is_told for login in HOSTS]
    assert dict(zip(HOSTS, told, strict=True)) == {"facebook": True, "instagram": False}


def connected(platforms, **told):
    """The account that a log-in finds whose exchange tells this."""
    short = answer(content={"access_token": "sandbox-short", "user_id": 1} | told)
    with RawServer(short) as server:
        site = {"app_id": "sandbox-app", "app_secret": "sandbox-app-secret", "token": server.url, "api": platforms.url}
        way = InstagramLogin(site)
        [place] = way.places(way.exchange({"code": "x"}, "http://127.0.0.1:1/back", kept={})).places
    return place


@pytest.mark.parametrize("shape", [list, ",".join])
@pytest.mark.parametrize(("more", "may"), [(("instagram_business_manage_comments",), True), ((), False)])
def test_the_exchange_alone_tells_whether_comments_may_be_written(platforms, shape, more, may):
    rights = shape(["instagram_business_basic", "instagram_business_content_publish", *more])
    assert connected(platforms, permissions=rights).may_follow_up is may


def test_where_no_rights_are_told_it_is_not_known_whether_comments_may_be_written(platforms):
    assert connected(platforms).may_follow_up is None
