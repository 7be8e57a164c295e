"""Every connector that declares a log-in keeps what ``connectors.login`` promises, at the sandbox over a socket."""

import logging

import pytest
import requests

import connectors
from connectors.login import LoginTrouble
from connectors.sandbox import Sandbox
from connectors.sandbox.stage import person
from tests.connectors.rawserver import RawServer, answer
from tests.support import silence
from tests.support.logging_in import decide, query_of
from tests.support.silence import PATIENT

BACK = "http://127.0.0.1:8000/admin/connect/x/callback"
KNOWN = {
    "app_id": "sandbox-app",
    "app_secret": "sandbox-app-secret",
    "api_key": "sandbox-key",
    "api_secret": "sandbox-secret",
}
TYPED = {"bot_token": "4242:sandbox-bot"}
WAYS = [(name, way) for name in connectors.names() for way in connectors.get(name).login]
every_way = pytest.mark.parametrize(("name", "kind"), WAYS, ids=[f"{name}-{way.__name__}" for name, way in WAYS])


@pytest.fixture(scope="module")
def world():
    with Sandbox() as running, silence.noticed():
        yield running


def made(kind, world, **more):
    site = {name: KNOWN.get(name, world.url) for name in kind.site_settings}
    return kind(site | more, timeout=silence.PATIENT)


def answer_of(way, world, choice="allow", **fields):
    """(what the platform brings back, what was kept meanwhile)"""
    if not way.has_page:
        return TYPED | fields, {}
    start = way.begin("the-state", BACK)
    back = decide(start.url, choice, **fields)
    assert back.startswith(BACK + "?"), back
    return query_of(back), start.kept


@every_way
def test_a_log_in_finds_places_whose_credentials_work(name, kind, world):
    way = made(kind, world)
    query, kept = answer_of(way, world)
    places = taken(way, query, kept=kept).places
    good = [place for place in places if not place.problem]
    assert good
    for place in good:
        connector = connectors.get(name)(place.address, place.credentials, api_base=world.url, options=place.options)
        assert set(place.credentials) == set(connector.credential_keys) and all(place.credentials.values())
        assert connector.check_token().valid and not connector.check_token().scopes_missing


@every_way
def test_the_state_comes_back_with_the_answer(name, kind, world):
    way = made(kind, world)
    if way.has_page:
        start = way.begin("the-state", BACK)
        for choice in ("allow", "refuse"):
            start = way.begin("the-state", BACK)
            assert way.state_in(query_of(decide(start.url, choice))) == (start.state or "the-state")


@every_way
def test_no_secret_is_printed(name, kind, world, caplog):
    caplog.set_level(logging.DEBUG)
    way = made(kind, world)
    query, kept = answer_of(way, world)
    grant = way.exchange(query, BACK, kept=kept)
    found = way.places(grant)
    secrets = {grant.token, way.site.get("app_secret"), way.site.get("api_secret"), *kept.values(), query.get("code")}
    secrets |= {value for place in found.places for value in place.credentials.values()}
    printed = f"{grant!r} {found!r} {caplog.text}"
    assert not [one for one in secrets if one and one not in KNOWN.values() and len(one) > 4 and one in printed]


@every_way
def test_a_platform_that_does_not_answer_is_named_unreachable(name, kind, world):
    way = made(kind, world)
    query, kept = answer_of(way, world)
    nowhere = {place: "http://127.0.0.1:1" for place in ("api", "token") if place in way.site}
    with pytest.raises(LoginTrouble) as trouble:
        taken(made(kind, world, **nowhere), query, kept=kept)
    assert trouble.value.code == "unreachable"


@every_way
def test_steps_rights_and_settings_are_declared(name, kind, world):
    assert kind.name and kind.label and kind.platform_label and kind.steps
    assert set(kind.required) <= set(kind.site_settings)
    assert made(kind, world, **dict.fromkeys(kind.required, "")).missing == tuple(
        kind.site_settings[one] for one in kind.required
    )


def taken(way, query, *, kept):
    return way.places(way.exchange(query, BACK, kept=kept))


def way_named(name, world, **more):
    return made({kind.__name__: kind for _name, kind in WAYS}[name], world, **more)


def trouble_of(way, world, choice="allow", **fields):
    query, kept = answer_of(way, world, choice, **fields)
    with pytest.raises(LoginTrouble) as trouble:
        taken(way, query, kept=kept)
    return trouble.value.code, str(trouble.value)


def test_pages_without_the_task_or_of_a_portfolio_are_told_apart(world):
    way = way_named("FacebookLogin", world)
    for trouble in ("", "portfolio"):
        query, kept = answer_of(way, world, trouble=trouble)
        places = {place.address: place for place in taken(way, query, kept=kept).places}
        assert set(places) == set(person.PAGES)
        assert [one for one, place in places.items() if place.problem] == ["104000000000003"]


def test_the_linked_account_is_found_and_the_page_without_one_is_named(world):
    way = way_named("InstagramByFacebook", world)
    query, kept = answer_of(way, world)
    found = taken(way, query, kept=kept)
    assert [(place.address, place.name) for place in found.places] == [("17841400000000101", "kabar.harian")]
    assert [values["page"] for _pattern, values in found.notes] == ["Kabar Olahraga", "Kabar Lama"]


@pytest.mark.parametrize("way", ["FacebookLogin", "InstagramByFacebook", "InstagramLogin"])
@pytest.mark.parametrize(
    ("choice", "fields", "code", "words"),
    [
        ("refuse", {}, "denied", "You did not allow everything"),
        ("leave_out", {}, "scopes", "the right to publish on"),
        ("allow", {"trouble": "code_used"}, "code", "was used already"),
        ("allow", {"trouble": "code_old"}, "code", "too old"),
        ("allow", {"trouble": "no_role"}, "denied", "add yourself to it as a tester"),
        ("allow", {"trouble": "server_error"}, "unreachable", "does not answer"),
        ("allow", {"trouble": "slow"}, "unreachable", "does not answer"),
    ],
)
def test_each_wrong_turn_through_meta_has_its_sentence(world, way, choice, fields, code, words):
    found, said = trouble_of(way_named(way, world), world, choice, **fields)
    assert found == code and words in said


@pytest.mark.parametrize("way", ["FacebookLogin", "InstagramLogin"])
def test_a_wrong_app_secret_is_named_with_its_settings(world, way):
    code, said = trouble_of(way_named(way, world, app_secret="wrong"), world)
    assert code == "code" and "_APP_SECRET" in said


def test_a_personal_account_can_not_be_connected(world):
    code, said = trouble_of(way_named("InstagramLogin", world), world, gram=person.PERSONAL)
    assert code == "not_professional" and "personal" in said
    code, said = trouble_of(way_named("InstagramLogin", world), world, trouble="not_business")
    assert code == "not_professional" and "personal" in said
    code, said = trouble_of(way_named("InstagramByFacebook", world), world, page="104000000000002")
    assert code == "not_professional" and "Kabar Olahraga" in said


def test_no_page_at_all_is_nothing_found(world):
    assert trouble_of(way_named("FacebookLogin", world), world, page=None)[0] == "nothing_found"


#: What Instagram's own host has said of a code, in the shape of its errors, and what people read.
OF_A_CODE = {
    "Matching code was not found or was already used": ("code", "This log-in was used already."),
    "This authorization code has been used": ("code", "This log-in was used already."),
    "This authorization code has expired": ("code", "too old"),
    "Invalid redirect_uri": ("code", f"Enter exactly {BACK} in the app"),
    "Insufficient developer role": ("denied", "as a tester"),
    "App not active": ("denied", "as a tester"),
    "The user is not an Instagram Business": ("not_professional", "personal"),
    "Invalid platform app": ("code", "check INSTAGRAM_APP_ID / INSTAGRAM_APP_SECRET"),
    "Try later": ("code", "did not take the log-in: Try later. Nothing was changed."),
    "Really?": ("code", "did not take the log-in: Really? Nothing was changed."),
}


@pytest.mark.parametrize("said", OF_A_CODE)
@pytest.mark.parametrize("shape", ["its own", "Graph's"])
def test_whatever_is_said_of_a_code_has_its_advice(world, shape, said):
    told = {"error_type": "OAuthException", "code": 400, "error_message": said}
    body = told if shape == "its own" else {"error": {"message": said, "type": "OAuthException", "code": 400}}
    with RawServer(answer(400, body)) as server, pytest.raises(LoginTrouble) as trouble:
        way_named("InstagramLogin", world, token=server.url).exchange({"code": "x"}, BACK, kept={})
    code, advice = OF_A_CODE[said]
    assert trouble.value.code == code and advice in str(trouble.value)


def test_the_sandbox_refuses_a_code_in_the_shape_of_instagram_s_own_host(world):
    form = {"client_id": "sandbox-app", "grant_type": "authorization_code", "redirect_uri": BACK, "code": "none"}
    for secret in ("sandbox-app-secret", "wrong"):
        told = requests.post(f"{world.url}/oauth/access_token", data=form | {"client_secret": secret}, timeout=PATIENT)
        assert (told.status_code, set(told.json())) == (400, {"error_type", "code", "error_message"})


@pytest.mark.parametrize("kind", ["FacebookLogin", "InstagramLogin"])
def test_an_address_that_the_app_does_not_know_is_said_letter_by_letter(world, kind):
    way = way_named(kind, world)
    query, kept = answer_of(way, world)
    with pytest.raises(LoginTrouble, match=f"Enter exactly {BACK}/ in the app"):
        way.exchange(query, f"{BACK}/", kept=kept)


@pytest.mark.parametrize(
    ("token", "chat", "code", "words"),
    [
        ("nonsense", "", "code", "no bot's token"),
        ("4242:wrong", "", "code", "does not accept this token"),
        ("4242:sandbox-lonely", "", "nothing_found", "administrator nowhere"),
        ("4242:sandbox-hooked", "", "nothing_found", "it has a webhook"),
        ("4242:sandbox-reader", "", "nothing_found", "Another program is reading"),
        ("4242:sandbox-bot", "@nobody_here", "nothing_found", "does not see @nobody_here"),
    ],
)
def test_each_wrong_turn_with_a_bot_has_its_sentence(world, token, chat, code, words):
    found, said = trouble_of(way_named("TelegramLogin", world), world, bot_token=token, chat=chat)
    assert found == code and words in said and token not in said


def test_chats_are_found_or_named_and_those_where_a_bot_may_not_post_say_so(world):
    way = way_named("TelegramLogin", world)
    places = way.places(way.exchange(TYPED, BACK, kept={})).places
    assert {place.name: bool(place.problem) for place in places} == {"Kabar Harian": False, "Arsip": True}
    named = TYPED | {"chat": "https://t.me/kabar_harian"}
    [place] = way.places(way.exchange(named, BACK, kept={})).places
    assert (place.address, place.aliases) == ("-1001000000001", ("@kabar_harian",))


def test_finding_chats_takes_no_update_away(world):
    way = way_named("TelegramLogin", world)
    for _twice in range(2):
        assert way.places(way.exchange(TYPED, BACK, kept={})).places
    asked = [call.path for call in world.calls if "getUpdates" in call.path]
    assert asked and all("offset" not in path for path in asked)


def test_x_goes_by_digits_where_it_does_not_know_our_address(world):
    way = way_named("TwitterLogin", world)
    start = way.begin("", "http://localhost:8000/admin/connect/twitter/callback")
    assert start.pin
    shown = decide(start.url, handle="kabarolahraga")
    digits = shown.split("data-pin>")[1][:7]
    with pytest.raises(LoginTrouble, match="does not know this PIN"):
        way.exchange({"pin": "0000000"}, "", kept=start.kept)
    [place] = way.places(way.exchange({"pin": digits}, "", kept=start.kept)).places
    assert place.address == "kabarolahraga" and len(digits) == 7


@pytest.mark.parametrize(
    ("choice", "fields", "code", "words"),
    [
        ("refuse", {}, "denied", "You did not allow everything"),
        ("allow", {"trouble": "code_old"}, "code", "too old"),
        ("allow", {"trouble": "server_error"}, "unreachable", "does not answer"),
        ("allow", {"trouble": "slow"}, "unreachable", "does not answer"),
    ],
)
def test_each_wrong_turn_at_x_has_its_sentence(world, choice, fields, code, words):
    found, said = trouble_of(way_named("TwitterLogin", world), world, choice, **fields)
    assert found == code and words in said


def test_an_answer_of_x_is_taken_once(world):
    way = way_named("TwitterLogin", world)
    query, kept = answer_of(way, world)
    way.exchange(query, BACK, kept=kept)
    with pytest.raises(LoginTrouble) as trouble:
        way.exchange(query, BACK, kept=kept)
    assert trouble.value.code == "code"


def test_wrong_keys_of_the_app_are_found_before_anybody_is_sent_away(world):
    with pytest.raises(LoginTrouble, match="X_API_KEY"):
        way_named("TwitterLogin", world, api_secret="wrong").begin("", BACK)


def test_an_app_can_be_tried_without_anybody_logging_in(world):
    for name in ("FacebookLogin", "TwitterLogin"):
        told = [check.well for check in way_named(name, world).check_app(BACK)]
        assert True in told and False not in told
    assert not way_named("FacebookLogin", world, app_secret="wrong").check_app(BACK)[0].well
    assert not way_named("TwitterLogin", world, api_secret="wrong").check_app(BACK)[0].well
    away = way_named("TwitterLogin", world).check_app("http://localhost/x")
    assert [check.well for check in away] == [True, False]
