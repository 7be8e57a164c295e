"""Tokens of Facebook and Instagram: checked by the app or by using them, traded, and never in an address."""

import hashlib
import hmac
import logging
from datetime import UTC, datetime

import pytest

from connectors.base import PlatformSettings
from connectors.errors import SiteFault, TokenInvalid, TransientError
from connectors.facebook import Facebook
from connectors.instagram import SCOPES, Instagram
from connectors.vendors.meta import tokens, versions
from tests.connectors.payloads import recorded
from tests.connectors.rawserver import RawServer, answer

TOKEN, SECRET = "EAAB-page-token", "the-app-s-secret"
APP = PlatformSettings(meta_app_id="138483919580948", meta_app_secret=SECRET)
ME = answer(content={"id": "1029384756", "name": "Our Page"})


def page(server: RawServer, *, settings: PlatformSettings | None = None) -> Facebook:
    return Facebook("1029384756", {"access_token": f" {TOKEN}\n"}, api_base=server.url, settings=settings)


def saying(*cases: str | bytes) -> RawServer:
    return RawServer(*(case if isinstance(case, bytes) else recorded("facebook", case) for case in cases))


class TestChecking:
    def test_a_token_that_never_expires_has_no_end_and_a_page_s_rights_do_not_lapse(self):
        with saying("debug_token_for_ever", ME) as server:
            status = page(server, settings=APP).check_token()
        assert (status.valid, status.expires_at, status.account_name) == (True, None, "Our Page")
        assert status.data_access_expires_at is None
        assert status.scopes_missing == ()
        asked = server.asked[0]
        assert asked.path == "/v26.0/debug_token"
        assert asked.query == {"input_token": TOKEN, "access_token": f"138483919580948|{SECRET}"}

    def test_a_short_lived_token_names_its_end_and_what_it_lacks(self):
        with saying("debug_token_short_lived", ME) as server:
            status = page(server, settings=APP).check_token()
        assert status.expires_at == datetime.fromtimestamp(1795340000, UTC)
        assert status.scopes_missing == ("pages_manage_posts",)

    def test_a_token_meta_calls_invalid_is_invalid_in_meta_s_words(self):
        with saying("debug_token_invalid") as server:
            status = page(server, settings=APP).check_token()
        assert not status.valid and "not authorized" in status.detail

    def test_a_token_that_counts_as_valid_but_cannot_read_is_invalid(self):
        with saying("debug_token_for_ever", "error_data_access_expired") as server:
            status = page(server, settings=APP).check_token()
        assert not status.valid and status.scopes_missing == ()

    @pytest.mark.parametrize(
        ("needed", "lapses"),
        [
            (SCOPES["facebook"], True),
            (("pages_manage_posts", "instagram_basic"), True),
            (Facebook.scopes_needed, False),
            (("pages_show_list", "read_insights", "business_management"), False),
            ((), False),
        ],
    )
    def test_reading_ends_after_ninety_days_only_with_rights_that_lapse(self, needed, lapses):
        end = datetime.fromtimestamp(1803000000, UTC)
        status = tokens.status({"data_access_expires_at": 1803000000}, valid=True, needed=needed)
        assert status.data_access_expires_at == (end if lapses else None)

    def test_an_instagram_account_by_facebook_login_is_told_when_reading_ends(self):
        told = {"data": {"is_valid": True, "expires_at": 0, "data_access_expires_at": 1803000000}}
        with RawServer(answer(content=told), ME, answer(content={"username": "us"})) as server:
            account = Instagram("178414", {"access_token": TOKEN}, api_base=server.url, settings=APP)
            assert account.check_token().data_access_expires_at == datetime.fromtimestamp(1803000000, UTC)

    @pytest.mark.parametrize("settings", [APP, None], ids=["by the app", "by itself"])
    def test_a_version_that_meta_does_not_know_says_nothing_about_the_token(self, settings):
        with saying("error_version_unknown") as server, pytest.raises(SiteFault, match="GRAPH_API_VERSION"):
            page(server, settings=settings).check_token()
        assert len(server.asked) == 1

    def test_a_wrong_app_secret_says_nothing_about_the_account_s_token(self, caplog):
        with saying("error_token_unparsable", ME) as server:
            status = page(server, settings=APP).check_token()
        assert status.valid and "META_APP_SECRET" in caplog.text
        assert SECRET not in caplog.text and TOKEN not in caplog.text

    def test_without_the_app_the_token_is_used_on_itself(self):
        with saying(ME) as server:
            assert page(server).check_token().valid
        assert [asked.path for asked in server.asked] == ["/v26.0/me"]

    def test_without_the_app_an_expired_token_is_found_out_too(self):
        with saying("error_session_expired") as server:
            assert not page(server).check_token().valid

    def test_a_page_hidden_from_a_living_token_is_told(self):
        somebody = answer(content={"id": "7", "name": "Somebody"})
        with saying(somebody, "error_object_missing") as server:
            status = page(server).check_token()
        assert status.valid and "does not exist" in status.detail and "still has a role" in status.detail

    @pytest.mark.parametrize("trouble", ["error_unexpected", "error_page_of_a_proxy"])
    def test_a_platform_in_trouble_tells_nothing(self, trouble):
        with saying(trouble) as server, pytest.raises(TransientError):
            page(server, settings=APP).check_token()


class TestTrading:
    def test_a_token_is_traded_for_one_of_sixty_days(self):
        with saying("token_exchanged") as server:
            fresh = page(server, settings=APP).refresh_token()
        assert fresh["access_token"] == "EAAB-younger"
        assert 59 <= (fresh["expires_at"] - datetime.now(UTC)).days < 60
        assert server.asked[0].query == {
            "grant_type": "fb_exchange_token",
            "client_id": "138483919580948",
            "client_secret": SECRET,
            "fb_exchange_token": TOKEN,
        }

    def test_a_trade_may_name_no_end(self):
        with saying("token_exchanged_for_ever") as server:
            assert page(server, settings=APP).refresh_token()["expires_at"] is None

    def test_a_trade_without_a_token_changes_nothing(self):
        with RawServer(answer(content={"token_type": "bearer"})) as server, pytest.raises(TransientError):
            page(server, settings=APP).refresh_token()

    def test_an_expired_token_cannot_be_traded(self):
        with saying("error_session_expired") as server, pytest.raises(TokenInvalid):
            page(server, settings=APP).refresh_token()

    def test_without_the_app_there_is_nothing_to_trade(self):
        assert Facebook("1", {"access_token": TOKEN}).refresh_token() is None


class TestTravelling:
    def test_the_token_travels_in_a_header_with_the_app_s_proof(self):
        with saying(ME) as server:
            page(server, settings=APP).get("me")
        [asked] = server.asked
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        assert asked.query == {"appsecret_proof": proof}

    def test_without_the_app_s_secret_there_is_no_proof(self):
        with saying(ME) as server:
            page(server).get("me")
        assert TOKEN not in server.asked[0].target and server.asked[0].query == {}

    def test_an_address_stays_one_segment_of_the_path(self):
        with saying(ME) as server:
            connector = Facebook("../me?x", {"access_token": TOKEN}, api_base=server.url)
            connector.get(connector.place)
        assert server.asked[0].target == "/v26.0/..%2Fme%3Fx"

    def test_another_version_than_the_one_asked_for_is_told_once(self, caplog):
        caplog.set_level(logging.WARNING)
        versions.warn.cache_clear()
        old = answer(content={"id": "1"}, facebook_api_version="v22.0")
        with RawServer(old) as server:
            connector = page(server, settings=PlatformSettings(graph_api_version="v19.0"))
            connector.get("me")
            connector.get("me")
        [warning] = [record for record in caplog.records if record.name == "connectors.vendors.meta.versions"]
        assert "v19.0" in warning.message and "v22.0" in warning.message

    def test_the_version_asked_for_is_not_told(self, caplog):
        versions.warn.cache_clear()
        with RawServer(answer(content={"id": "1"}, facebook_api_version="v26.0")) as server:
            page(server).get("me")
        assert "answered" not in caplog.text
