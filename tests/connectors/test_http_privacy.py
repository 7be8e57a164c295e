"""What a call may never show, keep or share: secrets, cookies, log-ins and connections."""

import logging
import traceback

from connectors import http
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


def test_urllib3_prints_no_token_although_nobody_told_it_the_secret(caplog):
    caplog.set_level(logging.DEBUG, logger="urllib3")
    with RawServer(answer(content={})) as server:
        http.call("GET", server.url, params={"input_token": "EAAB-unheard-of", "access_token": "12|unheard-of"})
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    assert "unheard-of" not in caplog.text


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
