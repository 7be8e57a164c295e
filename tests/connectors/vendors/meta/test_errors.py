"""What every code of Meta's tables means for us, row by row."""

import json

import pytest
import requests

from connectors.errors import (
    PERHAPS_OURS,
    AccountBlocked,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RepeatRefused,
    SiteFault,
    TokenInvalid,
    TransientError,
)
from connectors.vendors.meta import errors as meta_errors
from connectors.vendors.meta.limits import told_wait
from tests.connectors import contract
from tests.connectors.rawserver import RawServer, answer

#: (code, subcode) -> error of a repeatable call, error of a creating call, ``reason`` of a block.
LOST, PERHAPS_DONE, REPEATED = (TransientError, OutcomeUnknown), (Rejected, OutcomeUnknown), (Rejected, RepeatRefused)
_ALIKE = (TransientError, Rejected, RateLimited, TokenInvalid, AccountBlocked, NotReady, SiteFault)
CLEAR = {kind: (kind, kind) for kind in _ALIKE}
ROWS = [
    *[((code, None), LOST, "") for code in (1, 2, -1, -2)],
    *[((code, None), CLEAR[Rejected], "") for code in (3, 100, 240, 120, 220, 321, 324, 1609008)],
    ((100, 33), CLEAR[Rejected], ""),
    *[((code, None), CLEAR[RateLimited], "") for code in (4, 17, 32, 341, 613, *range(80000, 80015))],
    ((613, 1996), CLEAR[RateLimited], ""),
    *[((code, None), CLEAR[AccountBlocked], "permission") for code in (10, 200, 210, 283, 294, 299)],
    *[((code, None), CLEAR[TokenInvalid], "") for code in (102, 104, 190, 490)],
    *[((190, sub), CLEAR[TokenInvalid], "") for sub in (33, 458, 459, 460, 463, 464, 467, 492, 493)],
    ((368, None), CLEAR[AccountBlocked], "policy"),
    *[((368, sub), CLEAR[AccountBlocked], "policy") for sub in (1346003, 1349125, 1404102, 1404112)],
    ((368, 1390008), CLEAR[RateLimited], ""),
    *[((368, sub), CLEAR[AccountBlocked], "checkpoint") for sub in (1404006, 1404078, 4854002)],
    *[((100, sub), CLEAR[AccountBlocked], "policy") for sub in (1404102, 1404112)],
    *[((200, sub), CLEAR[AccountBlocked], "checkpoint") for sub in (1404006, 1404078, 4854002)],
    ((506, None), REPEATED, ""),
    ((324, 1366051), REPEATED, ""),
    ((20, None), PERHAPS_DONE, ""),
    ((20, 1772107), PERHAPS_DONE, ""),
    ((2500, None), CLEAR[SiteFault], ""),
    ((1609005, None), CLEAR[TransientError], ""),
    ((100, 1609005), CLEAR[TransientError], ""),
    *[((100, sub), LOST, "") for sub in (1363047, 1609010)],
    *[((100, sub), CLEAR[RateLimited], "") for sub in (1349125, 1390008)],
    *[((100, sub), CLEAR[Rejected], "") for sub in (1346003, 1366046, 1609008, 2061006, 2069019)],
    # Instagram
    *[((-1, sub), LOST, "") for sub in (2207001, 2207032, 2207053)],
    *[((-2, sub), CLEAR[TransientError], "") for sub in (2207003, 2207020)],
    ((1, 2207057), CLEAR[Rejected], ""),
    ((4, 2207051), CLEAR[AccountBlocked], "policy"),
    ((9, 2207042), CLEAR[RateLimited], ""),
    ((24, 2207006), CLEAR[Rejected], ""),
    ((24, 2207008), CLEAR[TransientError], ""),
    ((25, 2207050), CLEAR[AccountBlocked], "checkpoint"),
    *[((100, sub), CLEAR[Rejected], "") for sub in (2207023, 2207028, 2207035, 2207036, 2207037, 2207040)],
    ((352, 2207026), CLEAR[Rejected], ""),
    ((9004, 2207052), CLEAR[TransientError], ""),
    ((9007, 2207027), CLEAR[NotReady], ""),
    ((36000, 2207004), CLEAR[Rejected], ""),
    ((36001, 2207005), CLEAR[Rejected], ""),
    ((36003, 2207009), CLEAR[Rejected], ""),
    ((36004, 2207010), CLEAR[Rejected], ""),
    *[((-1, sub), LOST, "") for sub in (2207077, 2207081, 2207082, 2207085)],
]


def said(code: object, subcode: object = None, *, status: int = 400, headers: dict | None = None, **more: object):
    """An answer of Meta's as ``requests`` hands it over."""
    response = requests.Response()
    response.status_code = status
    error = {"message": "Words for programmers.", "code": code, **more}
    response._content = json.dumps({"error": error | ({"error_subcode": subcode} if subcode else {})}).encode()
    response.headers.update(headers or {})
    return response


@pytest.mark.parametrize(("numbers", "kinds", "reason"), ROWS)
def test_every_row_of_the_tables_has_its_error(numbers, kinds, reason):
    errors = [meta_errors.classify(said(*numbers), creates=creates) for creates in (False, True)]
    assert tuple(type(error) for error in errors) == kinds
    assert {getattr(error, "reason", "") for error in errors} == {reason}
    assert errors[0].code == "/".join(str(number) for number in numbers if number)


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("code", [1, 4, 100, 190, 200, 506, 98765])
def test_a_server_error_leaves_a_creating_call_unknown_whatever_its_code(code, status):
    assert type(meta_errors.classify(said(code, status=status), creates=True)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (said(98765), CLEAR[Rejected]),
        (said(98765, is_transient=True), LOST),
        (said(98765, is_transient=False), CLEAR[Rejected]),
        (said(98765, is_transient="true"), CLEAR[Rejected]),
        (said(98765, status=500), LOST),
        (said(98765, status=401), CLEAR[TokenInvalid]),
        (said(98765, status=429), CLEAR[RateLimited]),
        (said("190", "463"), CLEAR[TokenInvalid]),
        (said(None), CLEAR[Rejected]),
        (said([1]), CLEAR[Rejected]),
    ],
)
def test_an_unlisted_code_goes_by_is_transient_and_then_by_the_status(answer, kinds):
    assert tuple(type(meta_errors.classify(answer, creates=creates)) for creates in (False, True)) == kinds


def test_a_good_answer_and_one_without_an_error_object_are_left_to_the_general_rule():
    for response in (said(190, status=200), said(190, status=302)):
        assert meta_errors.classify(response, creates=True) is None
    for body in (b"<html>", b"[]", b'{"error": "words"}', b""):
        response = said(1)
        response._content = body
        assert meta_errors.classify(response, creates=True) is None


def test_people_are_shown_the_sentence_meta_wrote_for_people():
    shown = meta_errors.classify(said(100, error_user_title="Too big", error_user_msg="Make it smaller."), creates=True)
    assert str(shown) == "Too big: Make it smaller."
    assert str(meta_errors.classify(said(100), creates=True)) == "Words for programmers."
    assert "98" in str(meta_errors.classify(said(98, message=""), creates=True))


@pytest.mark.parametrize(
    "answer",
    [
        said(506),
        said(324, 1366051),
        said(368, message="You have already posted this."),
        said(368, 1390008, message="Already posted this"),
    ],
)
def test_a_refused_repeat_says_that_it_may_be_our_own_only_where_a_call_could_have_made_it(answer):
    made, looked = (meta_errors.classify(answer, creates=creates) for creates in (True, False))
    assert type(made) is RepeatRefused and made.message.endswith(f" {PERHAPS_OURS}")
    assert type(looked) is Rejected and PERHAPS_OURS not in looked.message


def test_an_unknown_version_names_the_setting_and_what_to_set():
    unknown = said(2500, message="Unknown path components: /v99.0")
    for creates in (False, True):
        fault = meta_errors.classify(unknown, creates=creates)
        assert type(fault) is SiteFault and fault.code == "2500"
        assert "/v99.0. Set GRAPH_API_VERSION to" in fault.message and "v26.0" in fault.message


def test_the_same_code_for_a_missing_token_is_the_account_s():
    missing = said(2500, message="An active access token must be used to query information about the current user.")
    assert type(meta_errors.classify(missing, creates=True)) is TokenInvalid


class TestTheAccountItself:
    """Graph says of the node that a call named that it is not there: the account's fault only if it is the account."""

    @pytest.mark.parametrize(
        ("code", "subcode", "words"),
        [
            (100, 33, "Authorization Error"),
            (100, 33, "Unsupported post request. Object with ID '1029384756' does not exist"),
            (100, 33, "Unsupported get request. Object with ID 1029384756 does not exist"),
            (803, None, "(#803) Some of the aliases you requested do not exist: 1029384756"),
        ],
    )
    def test_it_is_blocked_until_somebody_looks_at_its_id_and_the_token_s_role(self, code, subcode, words):
        error = meta_errors.classify(said(code, subcode, message=words), creates=True)
        blocked = meta_errors.of_the_account(error, "1029384756")
        assert (type(blocked), blocked.reason, blocked.code) == (AccountBlocked, "setup", error.code)
        assert words in blocked.message and "1029384756 is the account's id" in blocked.message
        assert "the token's owner still has a role" in blocked.message

    @pytest.mark.parametrize(
        "answer",
        [
            said(100, 33, message="Unsupported post request. Object with ID '17990000000000001' does not exist"),
            said(100, 33, message="Unsupported post request. Object with ID '10293847567' does not exist"),
            said(100, message="(#100) url should represent a valid URL"),
            said(100, 33, status=500),
            said(190, 33),
        ],
    )
    def test_whatever_else_is_wrong_stays_as_it_is(self, answer):
        error = meta_errors.classify(answer, creates=True)
        assert meta_errors.of_the_account(error, "1029384756") is error


USE_CASES = "X-Business-Use-Case-Usage"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({USE_CASES: '{"1": [{"estimated_time_to_regain_access": 19}]}'}, 19 * 60),
        ({USE_CASES: '{"1": [{"estimated_time_to_regain_access": 2}, {"estimated_time_to_regain_access": "5"}]}'}, 300),
        ({USE_CASES: '{"1": [{"estimated_time_to_regain_access": 0}]}'}, None),
        ({USE_CASES: '{"1": null, "2": [null]}'}, None),
        ({USE_CASES: "not JSON"}, None),
        ({"X-App-Usage": '{"call_count": 104, "total_time": 3}'}, 3600),
        ({"X-App-Usage": '{"call_count": 99, "total_time": 3}'}, None),
        ({"X-App-Usage": "[]"}, None),
        ({}, None),
    ],
)
def test_the_usage_headers_tell_how_long_to_wait_in_minutes(headers, seconds):
    assert told_wait(headers) == seconds
    assert meta_errors.classify(said(80001, headers=headers), creates=True).retry_after == (seconds or 300)


@pytest.mark.parametrize(
    ("ours", "seconds"),
    [
        ([{"estimated_time_to_regain_access": 0}], 300),
        ([{"estimated_time_to_regain_access": 2}, {"estimated_time_to_regain_access": 5}], 300),
        ([{"estimated_time_to_regain_access": 7}], 420),
        (None, 42_000),
    ],
)
def test_an_account_waits_for_no_other_of_its_app(ours, seconds):
    """The header tells of up to 32 places; where ours is among them, the others' waits are not ours."""
    account = contract.make("instagram", "")
    usage = {"4711": [{"type": "pages", "estimated_time_to_regain_access": 700}]}
    usage |= {account.address: ours} if ours else {}
    limited = {"error": {"message": "Calls to this api have exceeded the rate limit.", "code": 613}}
    told = answer(400, limited, X_Business_Use_Case_Usage=json.dumps(usage))
    with RawServer(told) as server, pytest.raises(RateLimited) as caught:
        contract.make("instagram", server.url).get("1")
    assert caught.value.retry_after == seconds
