"""What a call may never show, keep or share: secrets, cookies, log-ins and connections."""

import logging
import traceback

from connectors import http
from connectors.errors import Rejected
from connectors.masking import mask
from tests.connectors.rawserver import RawServer, answer, closed_port
from tests.connectors.test_http import SECRET, fail


def test_nothing_that_is_printed_or_kept_holds_a_secret(caplog):
    caplog.set_level(logging.DEBUG)
    said = answer(400, {"error": f"{SECRET} is not a token", "more": f"access_token={SECRET}&x=1"})
    with RawServer(said) as server:
        path = f"{server.url}/bot4242:{SECRET}/send?access_token={SECRET}"
        errors = [fail(path, creates=True), fail(f"http://127.0.0.1:{closed_port()}/{SECRET}", creates=True)]
    for error in errors:
        assert SECRET not in "".join(traceback.format_exception(error)) + repr(vars(error))
    assert SECRET not in caplog.text
    assert "***" in caplog.text


def test_a_platform_that_repeats_our_secret_in_its_own_sentence_is_masked():
    with RawServer(answer(400, {})) as server:
        error = fail(server.url, creates=True, classify=lambda _: Rejected(f"There is no {SECRET} here."))
    assert error.message == str(error) == "There is no *** here."
    assert error.args == ("There is no *** here.",)


def test_what_is_kept_of_an_answer_is_its_beginning_unless_the_platform_s_rule_says_what():
    with RawServer(answer(400, body=b"x" * 5000)) as server:
        assert fail(server.url, creates=True).detail == "x" * 500
        told = fail(server.url, creates=True, classify=lambda _: Rejected("No.", detail="The second picture."))
    assert told.detail == "The second picture."


def test_a_secret_is_masked_in_its_quoted_form_too():
    assert mask("a=12%7Cshh%2Fh&b=12|shh/h", ["12|shh/h"]) == "a=***&b=***"


def test_ordinary_words_are_left_alone():
    sentence = "Invalid OAuth access token - Bearer token needed"
    assert mask(sentence, ["", "abc"]) == sentence


def test_no_cookie_is_kept_between_calls():
    with RawServer(answer(content={}, Set_Cookie="session=account-one; Path=/")) as server:
        http.call("GET", server.url)
        http.call("GET", server.url)
        assert "cookie" not in server.asked[1].headers


def test_a_netrc_file_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with RawServer(answer(content={})) as server:
        http.call("GET", server.url)
        assert "authorization" not in server.asked[0].headers


def test_every_call_has_a_connection_of_its_own():
    # The server keeps its side open, as one does that obeys "Connection: close" without saying so.
    said = answer(content={}, Connection="keep-alive")
    with RawServer(said, stays=True) as server:
        for _ in range(3):
            http.call("GET", server.url)
        assert (server.connections, len(server.asked)) == (3, 3)
