"""Downloading a picture, over real sockets: bounded, under guard, and never led astray."""

import itertools
import logging
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.errors import Rejected, TransientError
from connectors.media import inspect, pinned
from connectors.media.inspect import MediaRefused
from connectors.media.reading import read
from tests.connectors.drawn import picture_bytes
from tests.connectors.rawserver import RawServer, answer, closed_port, listening

LIMIT = 200_000
PHOTO = picture_bytes()
GOOD = answer(body=PHOTO, Content_Type="image/jpeg")


def fetch(url: str, **details):
    """Fetch from this machine, which is allowed."""
    details = {"max_bytes": LIMIT, "allowed_hosts": ["127.0.0.1"], "timeout": 60} | details
    return inspect.fetch(url, **details)


def refusal(url: str, **details) -> str:
    with pytest.raises(MediaRefused) as caught:
        fetch(url, **details)
    assert isinstance(caught.value, Rejected)
    return caught.value.message


def trouble(url: str, **details) -> str:
    with pytest.raises(TransientError) as caught:
        fetch(url, **details)
    return caught.value.message


class TestAGoodPicture:
    def test_it_comes_with_its_type_and_size(self):
        with RawServer(GOOD) as server:
            picture = fetch(f"{server.url}/a.jpg?x=1&y=%20")
            [asked] = server.asked
        assert (picture.content, picture.media_type, picture.width, picture.height) == (PHOTO, "image/jpeg", 640, 480)
        assert asked.target == "/a.jpg?x=1&y=%20"
        assert asked.headers["host"] == server.url.removeprefix("http://")

    @pytest.mark.parametrize("said", ["text/html", "image/png", "application/octet-stream"])
    def test_what_the_header_says_of_it_does_not_matter(self, said):
        with RawServer(answer(body=PHOTO, Content_Type=said)) as server:
            assert fetch(server.url).media_type == "image/jpeg"

    def test_it_may_come_in_chunks_and_without_a_length(self):
        size = f"{len(PHOTO):x}".encode()
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + PHOTO + b"\r\n0\r\n\r\n"
        for said in (chunked, b"HTTP/1.0 200 OK\r\n\r\n" + PHOTO):
            with RawServer(said) as server:
                assert fetch(server.url).content == PHOTO


class TestTheGuard:
    def test_a_private_address_is_not_even_connected_to(self):
        with RawServer(GOOD) as server:
            assert "loopback" in refusal(f"{server.url}/a.jpg", allowed_hosts=[])
            assert server.connections == 0

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_to_a_private_address_is_refused(self, status):
        with RawServer(GOOD) as inner:
            leads_on = answer(status, body=b"", Location=f"{inner.url}/admin")
            with RawServer(leads_on) as outer:
                allowed = outer.url.removeprefix("http://")
                assert "loopback" in refusal(f"{outer.url}/a.jpg", allowed_hosts=[allowed])
            assert inner.connections == 0

    @pytest.mark.parametrize(
        "where", ["ftp://8.8.8.8/a", "file:///etc/passwd", "http://a@8.8.8.8/", "http://10.0.0.1/"]
    )
    def test_a_redirect_is_judged_like_any_address(self, where):
        with RawServer(answer(302, body=b"", Location=where)) as server:
            refusal(server.url)

    @pytest.mark.parametrize("where", ["http://[", "//[x", "http://[::1"])
    def test_a_redirect_that_can_t_be_read_is_refused_as_an_address_is(self, where):
        with RawServer(answer(302, body=b"", Location=where)) as server:
            assert "cannot be read" in refusal(server.url)
            with pytest.raises(MediaRefused, match="cannot be read"):
                read(server.url, headers={}, max_bytes=1000, allowed_hosts=[server.url.removeprefix("http://")])

    def test_a_few_redirects_are_followed_relative_ones_too(self):
        hops = [answer(302, body=b"", Location=where) for where in ("/b", "?c=1", "d.jpg")]
        with RawServer(*hops, GOOD) as server:
            assert fetch(f"{server.url}/a").content == PHOTO
            assert [asked.target for asked in server.asked] == ["/a", "/b", "/b?c=1", "/d.jpg"]

    @pytest.mark.parametrize(
        ("where", "asked"),
        [
            ("/日本/Åü.jpg?x=é", b"/%E6%97%A5%E6%9C%AC/%C3%85%C3%BC.jpg?x=%C3%A9"),
            ("/caf\xe9.jpg".encode("latin-1"), b"/caf%E9.jpg"),
        ],
    )
    def test_a_redirect_in_another_script_is_followed_as_browsers_do(self, where, asked):
        """Servers write such addresses as they are stored, mostly UTF-8; what is none is asked for byte by byte."""
        written = where if isinstance(where, bytes) else where.encode()
        leads_on = answer(302, body=b"", Location="HERE").replace(b"HERE", written)
        with RawServer(leads_on, GOOD) as server:
            picture = fetch(f"{server.url}/a")
            assert server.asked[1].target.encode() == asked
            assert picture.found_at == server.url + asked.decode()

    def test_a_redirect_that_goes_in_circles_is_given_up(self):
        with RawServer(answer(302, body=b"", Location="/again")) as server:
            assert "more than 3 redirects" in refusal(server.url)
            assert len(server.asked) == 4

    def test_a_name_is_resolved_once_and_the_checked_address_is_used(self, monkeypatch):
        """A name that turns private after the check (DNS rebinding) gains nothing."""
        really, answers = socket.getaddrinfo, itertools.chain(["127.0.0.1"], itertools.repeat("127.0.0.2"))
        names = []

        def resolve(host, *arguments, **details):
            names.append(host)
            return really(next(answers) if host == "pictures.test" else host, *arguments, **details)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        with RawServer(GOOD) as server:
            port = server.server_address[1]
            fetch(f"http://pictures.test:{port}/a.jpg", allowed_hosts=["pictures.test"])
            assert server.asked[0].headers["host"] == f"pictures.test:{port}"
        assert names.count("pictures.test") == 1

    def test_the_next_address_is_tried_when_one_does_not_answer(self, monkeypatch):
        really = socket.getaddrinfo

        def resolve(host, *arguments, **details):
            if host != "pictures.test":
                return really(host, *arguments, **details)
            return [entry for ip in ("127.0.0.3", "127.0.0.1") for entry in really(ip, *arguments, **details)]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        with RawServer(GOOD) as server:
            url = f"http://pictures.test:{server.server_address[1]}/a.jpg"
            assert fetch(url, allowed_hosts=["pictures.test"]).content == PHOTO

    def test_a_proxy_of_the_environment_is_not_used(self, monkeypatch):
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
        with RawServer(GOOD) as server:
            assert fetch(server.url).content == PHOTO


class TestBounds:
    def test_a_body_that_says_it_is_too_large_is_not_read(self):
        said = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"
        with RawServer(said) as server:
            assert "larger than 200,000 bytes" in refusal(server.url)

    def test_a_body_that_never_ends_is_cut_at_the_limit(self):
        def pour(connection):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(1000):
                connection.sendall(b"x" * 65536)

        with listening(pour) as port:
            assert "larger than 200,000 bytes" in refusal(f"http://127.0.0.1:{port}/a.jpg")

    @pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
    def test_a_drip_is_cut_off_when_the_time_is_up(self, beginning):
        def drip(connection):
            connection.recv(4096)
            connection.sendall(beginning)
            while True:
                connection.sendall(b"x")
                time.sleep(0.1)

        with listening(drip) as port:
            assert "too long" in trouble(f"http://127.0.0.1:{port}/a.jpg", timeout=0.7)

    def test_silence_is_cut_off_when_the_time_is_up(self):
        with RawServer(GOOD, pause=600) as server:
            assert "too long" in trouble(server.url, timeout=0.4)

    def test_slow_redirects_share_one_time_limit(self):
        with RawServer(answer(302, body=b"", Location="/again"), pause=0.3) as server:
            trouble(server.url, timeout=0.7)
            assert len(server.asked) < 4


class TestAnswers:
    @pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 400, 401, 403, 404, 410])
    def test_an_address_without_a_picture_is_refused_for_good(self, status):
        with RawServer(answer(status, body=b"")) as server:
            assert f"{server.url}/a.jpg answered HTTP {status}" in refusal(f"{server.url}/a.jpg")

    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
    def test_a_server_in_trouble_is_asked_again_later(self, status):
        with RawServer(answer(status, body=b"")) as server:
            assert f"HTTP {status}" in trouble(server.url)

    def test_nobody_there_is_the_network_s_fault(self):
        trouble(f"http://127.0.0.1:{closed_port()}/a.jpg")

    @pytest.mark.parametrize(
        "half",
        [
            b"",
            b"HTTP/1.1 20",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + PHOTO,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + PHOTO,
        ],
    )
    def test_half_an_answer_is_the_network_s_fault(self, half):
        with RawServer(half) as server:
            trouble(server.url)

    def test_a_web_page_is_called_one(self):
        with RawServer(answer(body=b"\n<!DOCTYPE html><html>Log in</html>", Content_Type="image/jpeg")) as server:
            assert refusal(f"{server.url}/a.jpg?k=s3cret") == (
                f"{server.url}/a.jpg is not taken: it is a web page, not a picture that we can read."
            )

    def test_a_truncated_picture_is_refused(self):
        with RawServer(answer(body=picture_bytes(kind="PNG")[:-40])) as server:
            assert "damaged" in refusal(server.url)


class TestTls:
    @pytest.fixture
    def certificate(self, tmp_path):
        """A file with a key and its certificate for pictures.test."""
        key = ec.generate_private_key(ec.SECP256R1())
        name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")]), datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=1))
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("pictures.test")]), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        pem = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
        kept = tmp_path / "test.pem"
        kept.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem)
        return kept

    @pytest.fixture
    def port(self, certificate, monkeypatch):
        """A TLS server on this machine that every name leads to."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.names = []
        context.sni_callback = lambda line, name, _context: self.names.append(name)
        really = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **details: really("127.0.0.1", *rest, **details))

        def converse(connection):
            with context.wrap_socket(connection, server_side=True) as line:
                line.recv(4096)
                line.sendall(GOOD)

        with listening(converse) as port:
            yield port

    def test_the_certificate_must_be_the_host_s_although_an_ip_address_is_connected_to(
        self, port, certificate, monkeypatch
    ):
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(pinned, "_tls", lambda: trusting)
        assert fetch(f"https://pictures.test:{port}/a.jpg", allowed_hosts=["pictures.test"]).content == PHOTO
        assert "certificate" in trouble(f"https://other.test:{port}/a.jpg", allowed_hosts=["other.test"])
        assert self.names == ["pictures.test", "other.test"]

    def test_a_certificate_that_nobody_vouches_for_is_not_accepted(self, port):
        assert "certificate" in trouble(f"https://pictures.test:{port}/a.jpg", allowed_hosts=["pictures.test"])


def test_nothing_is_logged_of_an_address_that_holds_a_signature(caplog):
    caplog.set_level(logging.DEBUG)
    with RawServer(answer(404, body=b"")) as server:
        assert "s3cret" not in refusal(f"{server.url}/a.jpg?signature=s3cret")
    assert "s3cret" not in caplog.text
