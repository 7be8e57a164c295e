"""What requests go out on: who is believed to be who they are, at what cost, and by way of which proxy."""

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors import http
from connectors.errors import TransientError
from connectors.wire import line
from tests.connectors.rawserver import RawServer, answer, own_certificate

_CALLS = 5


@pytest.fixture
def tls_server(tmp_path):
    """A server that speaks TLS with a certificate of its own, and the file that vouches for it."""
    with RawServer(answer(content={"id": "1"})) as server:
        server.socket = own_certificate(tmp_path).wrap_socket(server.socket, server_side=True)
        server.own, server.tls = tmp_path / "own.pem", server.url.replace("http:", "https:")
        yield server


@pytest.fixture
def believe(monkeypatch):
    """Let the environment name those who vouch for servers."""

    def name(place, setting="REQUESTS_CA_BUNDLE"):
        for other in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(other, raising=False)
        monkeypatch.setenv(setting, str(place))

    return name


def in_a_new_thread(act):
    """Each thread reads the environment once; raises what ``act`` raises."""
    with ThreadPoolExecutor(1) as crew:
        return crew.submit(act).result()


@pytest.mark.parametrize("setting", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_server_is_believed_whom_the_environment_vouches_for(tls_server, believe, setting):
    believe(tls_server.own, setting)
    assert in_a_new_thread(lambda: http.call("POST", tls_server.tls, json={})).data == {"id": "1"}


def test_a_server_is_not_believed_under_another_name(tls_server, believe):
    believe(tls_server.own)
    with pytest.raises(TransientError, match="certificate"):
        in_a_new_thread(lambda: http.call("POST", tls_server.tls.replace("127.0.0.1", "localhost"), creates=True))
    assert not tls_server.asked


def test_a_folder_of_nobody_vouches_for_nobody(tls_server, believe, tmp_path):
    (tmp_path / "authorities").mkdir()
    believe(tmp_path / "authorities")
    with pytest.raises(TransientError, match="certificate"):
        in_a_new_thread(lambda: http.call("POST", tls_server.tls, creates=True))
    assert not tls_server.asked


@pytest.mark.parametrize("creates", [True, False])
@pytest.mark.parametrize("content", [None, "", "no certificate\n"])
def test_a_file_that_vouches_for_nobody_is_named_with_its_setting_and_nothing_is_sent(
    tls_server, believe, tmp_path, content, creates
):
    if content is not None:
        (tmp_path / "bad.pem").write_text(content)
    believe(tmp_path / "bad.pem")
    with pytest.raises(TransientError, match=r"REQUESTS_CA_BUNDLE.*bad\.pem") as caught:
        in_a_new_thread(lambda: http.call("POST", tls_server.tls, creates=creates))
    assert caught.value.unreachable
    assert not tls_server.asked


def test_authorities_are_read_once_for_all_calls_of_all_threads(tls_server, believe, monkeypatch):
    believe(tls_server.own)
    line._context.cache_clear()
    read, load = [], ssl.SSLContext.load_verify_locations

    def counted(context, *places, **named):
        read.append(threading.current_thread().name)
        return load(context, *places, **named)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counted)
    with ThreadPoolExecutor(_CALLS) as crew:
        together = threading.Barrier(_CALLS)
        for asked in [crew.submit(_call_twice, tls_server.tls, together) for _ in range(_CALLS)]:
            asked.result()
    assert len(tls_server.asked) == 2 * _CALLS
    assert len(read) == 1


def _call_twice(url, together):
    together.wait(timeout=20)
    for _ in range(2):
        http.call("GET", url)


def test_a_proxy_of_the_environment_is_asked_except_for_what_it_is_not_for(monkeypatch):
    with RawServer(answer(content={"by": "proxy"})) as proxy, RawServer(answer(content={"by": "itself"})) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        said = in_a_new_thread(
            lambda: [http.call("GET", url).data["by"] for url in ("http://platform.invalid/me?a=b", server.url)]
        )
        assert said == ["proxy", "itself"]
        assert proxy.asked[0].target == "http://platform.invalid/me?a=b"


def test_nothing_is_encrypted_to_a_proxy_that_cannot_pass_it_on(monkeypatch):
    with RawServer(answer(403)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(TransientError):
            in_a_new_thread(lambda: http.call("POST", "https://platform.invalid/me", json={"token": "x"}))
        assert [(one.method, one.target) for one in proxy.asked] == [("CONNECT", "platform.invalid:443")]
