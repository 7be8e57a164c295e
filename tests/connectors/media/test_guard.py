"""Which addresses pictures may come from."""

import socket

import pytest

from connectors.errors import TransientError
from connectors.media.guard import MediaRefused, check, why_not


def refusal(url: str, **details) -> str:
    with pytest.raises(MediaRefused) as caught:
        check(url, **details)
    return str(caught.value)


@pytest.fixture
def resolver(monkeypatch):
    """Names and their addresses, instead of the machine's resolver. Numeric hosts go their usual way."""
    book: dict[str, list[str]] = {}
    really = socket.getaddrinfo

    def answer(host, port, *arguments, **details):
        if host not in book:
            return really(host, port, *arguments, **details)
        return [entry for ip in book[host] for entry in really(ip, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return book


PRIVATE = {
    "127.0.0.1": "loopback",
    "127.8.9.1": "loopback",
    "0.0.0.0": "an unspecified",
    "10.1.2.3": "private",
    "172.16.0.1": "private",
    "192.168.1.1": "private",
    "169.254.169.254": "link-local",
    "100.64.0.1": "not part of the public internet",
    "224.0.0.251": "multicast",
    "255.255.255.255": "private",
    "240.0.0.1": "private",
    "198.18.0.1": "private",
    "192.0.2.7": "private",
    "::1": "loopback",
    "::": "IPv4 address written as an IPv6 one",
    "fe80::1": "link-local",
    "fc00::1": "private",
    "fec0::1": "not part of the public internet",
    "ff02::1": "multicast",
    "192.88.99.1": "not part of the public internet",
    "192.0.0.192": "not part of the public internet",
    "168.63.129.16": "not part of the public internet",
    "3fff:fff::1": "not part of the public internet",
    "::ffff:127.0.0.1": "IPv4 address written as an IPv6 one and a loopback address",
    "::ffff:10.0.0.1": "IPv4 address written as an IPv6 one and a private address",
    "::ffff:8.8.8.8": "IPv4 address written as an IPv6 one",
    "64:ff9b::a00:1": "IPv4 address written as an IPv6 one",
    "2002:7f00:1::": "IPv4 address written as an IPv6 one",
}


class TestAddresses:
    @pytest.mark.parametrize("ip", PRIVATE)
    def test_an_address_that_is_not_public_is_refused_with_its_kind(self, ip):
        host = f"[{ip}]" if ":" in ip else ip
        said = refusal(f"http://{host}/a.jpg")
        assert PRIVATE[ip] in (why_not(ip) or "")
        assert ip in said and "pictures come from public ones only" in said

    @pytest.mark.parametrize(
        "ip", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "192.88.98.1", "192.88.100.1", "168.63.129.17"]
    )
    def test_a_public_address_is_let_through(self, ip):
        assert why_not(ip) is None

    @pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "localhost", "127.0.0.1."])
    def test_other_ways_to_write_a_private_address_are_seen_through(self, host):
        assert "loopback" in refusal(f"http://{host}/a.jpg")

    def test_one_private_address_among_public_ones_is_enough(self, resolver):
        resolver["mixed.test"] = ["8.8.8.8", "10.0.0.7"]
        assert "mixed.test (10.0.0.7)" in refusal("https://mixed.test/a.jpg")

    def test_a_public_name_is_resolved_to_all_its_addresses(self, resolver):
        resolver["fine.test"] = ["8.8.8.8", "1.1.1.1"]
        assert check("https://fine.test/a.jpg").ips == ("8.8.8.8", "1.1.1.1")

    def test_a_name_that_does_not_exist_may_exist_later(self):
        with pytest.raises(TransientError, match="could not be resolved"):
            check("https://nowhere.invalid/a.jpg")


class TestWriting:
    @pytest.mark.parametrize(
        ("url", "rule"),
        [
            ("ftp://example.com/a.jpg", "must begin with http"),
            ("file:///etc/passwd", "must begin with http"),
            ("gopher://127.0.0.1/", "must begin with http"),
            ("//example.com/a.jpg", "must begin with http"),
            ("a.jpg", "must begin with http"),
            ("http:///a.jpg", "must begin with http"),
            ("http://user@8.8.8.8/a.jpg", "user name"),
            ("http://user:secret@8.8.8.8/a.jpg", "user name"),
            ("http://8.8.8.8\\@127.0.0.1/a.jpg", "user name"),
            ("http://8.8.8.8/a\\b.jpg", "backslash"),
            ("http://8.8.8.8/a b.jpg", "space"),
            ("http://8.8.8.8:99999/a.jpg", "cannot be read"),
            ("http://[::1/a.jpg", "cannot be read"),
            ("http://8.8.8.8:25/a.jpg", "ports"),
            ("http://8.8.8.8:22/a.jpg", "ports"),
            (f"http://{'a' * 64}.com/a.jpg", "no name of a host"),
            (f"http://8.8.8.8/{'a' * 2000}", "longer than"),
        ],
    )
    def test_an_address_that_is_badly_written_is_refused_with_the_rule(self, url, rule):
        assert rule in refusal(url)

    def test_a_password_in_an_address_is_not_repeated(self):
        assert "hunter2" not in refusal("http://user:hunter2@8.8.8.8/a.jpg")

    @pytest.mark.parametrize("port", [80, 443, 1024, 8080, 65535])
    def test_the_ports_of_web_servers_are_let_through(self, port):
        assert check(f"http://8.8.8.8:{port}/a.jpg").port == port

    def test_names_and_paths_in_other_scripts_are_sent_as_the_web_writes_them(self, resolver):
        resolver["xn--bcher-kva.test"] = ["8.8.8.8"]
        target = check("https://BÜCHER.test/größe 1.jpg".replace(" ", "%20") + "?q=ä#top")
        assert target.host_header == "xn--bcher-kva.test"
        assert target.resource == "/gr%C3%B6%C3%9Fe%201.jpg?q=%C3%A4"

    @pytest.mark.parametrize(
        ("written", "known_as"),
        [
            ("http://faß.test/", "xn--fa-hia.test"),
            ("http://i❤.test/", "xn--i-7iq.test"),
            ("http://ｅｘample。test/", "example.test"),
        ],
    )
    def test_a_host_is_looked_up_under_the_name_that_browsers_and_platforms_use(self, resolver, written, known_as):
        resolver[known_as] = ["8.8.8.8"]
        assert check(written).host == known_as

    def test_a_query_is_not_shown_for_it_may_hold_a_signature(self):
        assert check("http://8.8.8.8:8080/a.jpg?signature=s3cret").shown == "http://8.8.8.8:8080/a.jpg"


class TestAllowedHosts:
    @pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.1:9009", " 127.0.0.1:9009 "])
    def test_a_private_host_may_be_allowed_by_name_or_with_its_port(self, entry):
        assert check("http://127.0.0.1:9009/a.jpg", allowed_hosts=[entry]).ips == ("127.0.0.1",)

    @pytest.mark.parametrize("entry", ["127.0.0.1:9010", "localhost", "127.0.0.1:90", "", "127.0.0.2"])
    def test_another_host_or_port_is_not_what_was_allowed(self, entry):
        refusal("http://127.0.0.1:9009/a.jpg", allowed_hosts=[entry])

    @pytest.mark.parametrize(
        "entry", ["pictures", "pictures.inside", "inside.test", "test", "pictures.inside.test.example"]
    )
    def test_a_host_that_only_begins_or_ends_like_an_allowed_one_is_judged_like_any_other(self, resolver, entry):
        resolver["pictures.inside.test"] = ["10.0.0.5"]
        assert "10.0.0.5" in refusal("http://pictures.inside.test/a.jpg", allowed_hosts=[entry])

    @pytest.mark.parametrize("entry", ["[::1]:9009", "[::1]", "::1"])
    def test_an_ipv6_host_may_be_allowed_too(self, entry):
        assert check("http://[::1]:9009/a.jpg", allowed_hosts=[entry]).ips == ("::1",)

    def test_an_allowed_host_may_have_an_odd_port(self):
        assert check("http://127.0.0.1:81/", allowed_hosts=["127.0.0.1:81"]).port == 81
