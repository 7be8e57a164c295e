"""One request, one classification: what ``connectors.http`` makes of every way an answer can fail to come."""

import contextlib
import socket
import ssl
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connectors import http
from connectors.errors import OutcomeUnknown, RateLimited, Rejected, TokenInvalid, TransientError
from tests.connectors.rawserver import HALF_ANSWERS, RawServer, answer, closed_port, listening, own_certificate

SECRET = "s3cret-Zq81-token"
#: For servers that never answer, and for those that do, however busy the machine is.
QUICK, PATIENT = (0.5, 0.3), (5, 20)


def _reset(connection):
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


#: How a connection ends before the first byte of a request where somebody filters what a country reads.
SHAKEN_OFF = {
    "hung up": lambda connection: connection.recv(65536),
    "hung up unheard": lambda connection: None,
    "reset": _reset,
    "silent": lambda connection: time.sleep(600),
    "half a greeting": lambda connection: connection.sendall(b"\x16\x03\x03\x00\x7a\x02\x00"),
    "an alert": lambda connection: connection.sendall(b"\x15\x03\x03\x00\x02\x02\x50"),
}


def fail(url: str, *, creates: bool, timeout: tuple[float, float] = PATIENT, **request):
    """Make a call that must fail; returns the error."""
    with pytest.raises(http.ConnectorError) as caught:
        http.call("POST", url, creates=creates, timeout=timeout, secrets=[SECRET], **request)
    return caught.value


def kinds(url: str, **request) -> tuple[type, type]:
    """The error of a repeatable and of a creating call."""
    return type(fail(url, creates=False, **request)), type(fail(url, creates=True, **request))


class TestSurelyUnsent:
    """Nothing can have been created, whatever the call was meant to do."""

    def test_a_refused_connection_is_transient_even_for_a_creating_call(self):
        assert kinds(f"http://127.0.0.1:{closed_port()}/x") == (TransientError, TransientError)

    def test_whoever_counts_outages_is_told_that_the_platform_was_not_reached(self):
        assert fail(f"http://127.0.0.1:{closed_port()}/x", creates=True).unreachable
        with RawServer(answer(503)) as server:
            assert not fail(server.url, creates=False).unreachable

    def test_a_name_that_does_not_exist_is_transient_even_for_a_creating_call(self):
        assert kinds("http://nowhere.invalid/x") == (TransientError, TransientError)

    def test_a_connection_that_is_never_accepted_is_transient_even_for_a_creating_call(self):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(0)
            callers = [socket.socket() for _ in range(4)]
            for caller in callers:
                caller.setblocking(False)
                caller.connect_ex(deaf.getsockname())
            try:
                url = f"http://127.0.0.1:{deaf.getsockname()[1]}/x"
                assert kinds(url, timeout=QUICK) == (TransientError, TransientError)
            finally:
                for caller in callers:
                    caller.close()

    def test_a_server_that_does_not_speak_tls_is_transient_even_for_a_creating_call(self):
        with listening(lambda connection: connection.sendall(answer(400, {}))) as port:
            assert kinds(f"https://127.0.0.1:{port}/x") == (TransientError, TransientError)

    def test_a_certificate_that_nobody_vouches_for_is_transient_even_for_a_creating_call(self, tmp_path):
        context = own_certificate(tmp_path)

        def shake_hands(connection):
            with contextlib.suppress(ssl.SSLError):
                context.wrap_socket(connection, server_side=True).close()

        with listening(shake_hands) as port:
            assert kinds(f"https://127.0.0.1:{port}/x") == (TransientError, TransientError)

    @pytest.mark.parametrize("how", SHAKEN_OFF)
    def test_a_connection_lost_while_shaking_hands_is_transient_even_for_a_creating_call(self, how):
        with listening(SHAKEN_OFF[how]) as port:
            assert kinds(f"https://127.0.0.1:{port}/x", timeout=QUICK) == (TransientError, TransientError)
            assert fail(f"https://127.0.0.1:{port}/x", creates=True, timeout=QUICK).unreachable

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_a_proxy_that_is_not_there_passed_nothing_on(self, monkeypatch, scheme):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{closed_port()}")
        with ThreadPoolExecutor(1) as crew:
            error = crew.submit(fail, f"{scheme}://platform.invalid/x", creates=True).result()
        assert type(error) is TransientError and error.unreachable

    @pytest.mark.parametrize("said", [answer(403), answer(407), answer(502), b"", b"garbage"])
    def test_a_proxy_that_opens_no_tunnel_passed_nothing_on(self, monkeypatch, said):
        with RawServer(said) as proxy, ThreadPoolExecutor(1) as crew:
            monkeypatch.setenv("https_proxy", proxy.url)
            error = crew.submit(fail, "https://platform.invalid/x", creates=True).result()
        assert type(error) is TransientError and error.unreachable

    @pytest.mark.parametrize("url", ["http://", "not an address", "http://exa mple/x", "http://[::1/x"])
    def test_an_address_that_makes_no_sense_is_rejected(self, url):
        assert kinds(url) == (Rejected, Rejected)

    @pytest.mark.parametrize("token", [f"{SECRET}\nHost: evil", f"{SECRET}’"])
    def test_a_token_that_fits_in_no_header_is_rejected_without_being_shown(self, token):
        with RawServer(answer(content={"id": 1})) as server:
            error = fail(server.url, creates=True, headers={"Authorization": f"Bearer {token}"})
            assert server.asked == []
        assert type(error) is Rejected
        assert SECRET not in f"{error!r} {error.detail}"


class TestPerhapsSent:
    """The request may have arrived: unknown after a creating call, transient after any other."""

    @pytest.mark.parametrize("name", [name for name in HALF_ANSWERS if not name.startswith(("an empty", "null"))])
    def test_half_an_answer_leaves_a_creating_call_unknown(self, name):
        with RawServer(HALF_ANSWERS[name]) as server:
            assert kinds(server.url) == (TransientError, OutcomeUnknown)
            assert len(server.asked) == 2

    def test_no_answer_in_time_leaves_a_creating_call_unknown(self):
        with RawServer(answer(), pause=600) as server:
            assert kinds(server.url, timeout=QUICK) == (TransientError, OutcomeUnknown)

    def test_a_call_that_names_no_time_ends_long_before_a_lease_does(self):
        assert sum(http.TIMEOUT) <= 60

    def test_a_reset_connection_leaves_a_creating_call_unknown(self):
        with listening(_reset) as port:
            assert kinds(f"http://127.0.0.1:{port}/x") == (TransientError, OutcomeUnknown)

    @pytest.mark.parametrize("lost", [lambda connection: connection.recv(65536), _reset], ids=["hung up", "reset"])
    def test_a_proxy_that_is_lost_once_it_has_the_request_leaves_a_creating_call_unknown(self, monkeypatch, lost):
        with listening(lost) as port, ThreadPoolExecutor(1) as crew:
            monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
            found = crew.submit(kinds, "http://platform.invalid/x").result()
        assert found == (TransientError, OutcomeUnknown)

    def test_a_platform_that_is_lost_behind_a_tunnel_leaves_a_creating_call_unknown(self, tmp_path, monkeypatch):
        context = own_certificate(tmp_path)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "own.pem"))

        def open_a_tunnel_and_hang_up(connection):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with context.wrap_socket(connection, server_side=True) as inside:
                inside.recv(65536)

        with listening(open_a_tunnel_and_hang_up) as port, ThreadPoolExecutor(1) as crew:
            monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
            # What stands before it has no name here but this.
            monkeypatch.setenv("no_proxy", "")
            found = crew.submit(kinds, "https://127.0.0.1:1/x").result()
        assert found == (TransientError, OutcomeUnknown)

    def test_a_connection_lost_once_hands_were_shaken_leaves_a_creating_call_unknown(self, tmp_path, monkeypatch):
        context = own_certificate(tmp_path)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "own.pem"))

        def shake_hands_and_hang_up(connection):
            context.wrap_socket(connection, server_side=True).close()

        with listening(shake_hands_and_hang_up) as port, ThreadPoolExecutor(1) as crew:
            # A new thread, since each reads the environment once.
            assert crew.submit(kinds, f"https://127.0.0.1:{port}/x").result() == (TransientError, OutcomeUnknown)

    def test_an_answer_whose_headers_contradict_each_other_leaves_a_creating_call_unknown(self):
        said = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"
        with RawServer(said) as server:
            assert kinds(server.url) == (TransientError, OutcomeUnknown)

    def test_an_answer_that_cannot_be_unpacked_leaves_a_creating_call_unknown(self):
        with RawServer(answer(body=b"not gzip", Content_Encoding="gzip")) as server:
            assert kinds(server.url) == (TransientError, OutcomeUnknown)

    @pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 599])
    def test_a_server_error_leaves_a_creating_call_unknown(self, status):
        with RawServer(answer(status, {})) as server:
            assert kinds(server.url) == (TransientError, OutcomeUnknown)

    def test_an_answer_without_the_expected_field_is_lost(self):
        whole = http.Answer(200, {"id": ""}, {})
        for creates, kind in ((False, TransientError), (True, OutcomeUnknown)):
            with pytest.raises(kind):
                http.require(whole, "id", creates=creates)
        assert http.require(http.Answer(200, {"id": 7}, {}), "id") == "7"


class TestAnswers:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [(400, Rejected), (403, Rejected), (404, Rejected), (413, Rejected), (401, TokenInvalid), (429, RateLimited)],
    )
    def test_a_clear_no_is_the_same_for_every_call(self, status, kind):
        with RawServer(answer(status, {})) as server:
            assert kinds(server.url) == (kind, kind)
            assert fail(server.url, creates=True).http_status == status

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_not_followed(self, status):
        with RawServer(answer(content={"id": "1"})) as target:
            with RawServer(answer(status, {}, Location=target.url)) as server:
                assert kinds(server.url) == (Rejected, Rejected)
            assert target.asked == []

    def test_a_limit_names_its_seconds(self):
        with RawServer(answer(429, {}, Retry_After="17")) as server:
            assert fail(server.url, creates=True).retry_after == 17

    def test_a_limit_may_name_a_moment(self):
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
        with RawServer(answer(429, {}, Retry_After=moment)) as server:
            assert 80 < fail(server.url, creates=True).retry_after <= 90

    @pytest.mark.parametrize("nonsense", ["soon", "-5", "1.5.2026", "Tue, 99 Foo 2026", "\xb2"])
    def test_a_limit_that_names_nonsense_names_nothing(self, nonsense):
        with RawServer(answer(429, {}, Retry_After=nonsense)) as server:
            assert fail(server.url, creates=True).retry_after is None

    def test_the_platform_s_own_rule_goes_before_the_general_one(self):
        with RawServer(answer(500, {"code": 7})) as server:
            error = fail(server.url, creates=True, classify=lambda response: Rejected("No.", code="7"))
        assert (type(error), error.code, error.http_status) == (Rejected, "7", 500)

    @pytest.mark.parametrize("said", [[], None, 7, "fine"])
    def test_what_is_not_an_object_is_not_mistaken_for_one(self, said):
        with RawServer(answer(content=said)) as server:
            assert http.call("GET", server.url).data == {"value": said}


class TestScripts:
    """JSON is UTF-8 (https://www.rfc-editor.org/rfc/rfc8259#section-8.1), whatever the answer is said to be."""

    @pytest.mark.parametrize(
        "said", ["text/javascript", "text/html", "application/json; charset=iso-8859-1", "application/json; charset=x"]
    )
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    def test_letters_come_as_they_were_sent(self, said, mark):
        with RawServer(answer(body=mark + '{"text": "Überall, 世界 🎰"}'.encode(), Content_Type=said)) as server:
            assert http.call("GET", server.url).data == {"text": "Überall, 世界 🎰"}

    def test_what_is_not_utf_8_is_read_as_it_is_said_to_be(self):
        said = "application/json; charset=iso-8859-1"
        with RawServer(answer(body='{"text": "Über"}'.encode("latin-1"), Content_Type=said)) as server:
            assert http.call("GET", server.url).data == {"text": "Über"}


class TestLetters:
    """Half a character and NULs, which no database or not every one takes, are not handed on."""

    HALF = b'{"error": {"message": "Big win \\ud83d", "nul": "a\\u0000b"}, "\\udc00": ["\\u0000", 7, null, true]}'

    def test_an_answer_holds_none(self):
        with RawServer(answer(body=self.HALF)) as server:
            data = http.call("GET", server.url).data
        assert data == {"error": {"message": "Big win \ufffd", "nul": "a\ufffdb"}, "\ufffd": ["\ufffd", 7, None, True]}

    def test_a_whole_emoji_stays(self):
        with RawServer(answer(body=b'{"id": "\\ud83d\\ude00 \xf0\x9f\x98\x80 \xc3\xa9"}')) as server:
            assert http.call("GET", server.url).data == {"id": "\U0001f600 \U0001f600 é"}

    def test_an_error_holds_none(self):
        def classify(response):
            said = response.json()["error"]
            return Rejected(said["message"], code=said["nul"], detail=said["nul"])

        with RawServer(answer(400, body=self.HALF)) as server:
            error = fail(server.url, creates=True, classify=classify)
        assert (str(error), error.message) == ("Big win \ufffd", "Big win \ufffd")
        assert (error.code, error.detail, error.http_status) == ("a\ufffdb", "a\ufffdb", 400)

    def test_an_excerpt_of_something_binary_holds_none(self):
        with RawServer(answer(502, body=b"\x1f\x8b\x08\x00\x00garbage", Content_Type="text/html")) as server:
            assert "\x00" not in fail(server.url, creates=False).detail

    def test_what_is_nested_deeper_than_can_be_read_is_no_answer(self):
        deep = b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        with RawServer(answer(body=deep)) as server:
            assert kinds(server.url) == (TransientError, OutcomeUnknown)
