"""What the Python client may never say or send: its key in an error, somebody's password in its place."""

import traceback

import pytest
from autopost_client import Autopost, Unsendable

from tests.connectors.rawserver import RawServer, answer

KEY = "ap_0123abcd_" + "5ec4e7" * 10


@pytest.mark.parametrize("given", [f"{KEY}\r", f"{KEY}\n", f" {KEY}", f"{KEY[:30]}\n{KEY[30:]}", f"{KEY}…"])
def test_a_key_that_fits_into_no_header_is_not_repeated(given):
    with pytest.raises(Unsendable, match="can't be sent: the key") as caught:
        Autopost("http://127.0.0.1:1", given, tries=1).accounts()
    assert KEY[12:30] not in "".join(traceback.format_exception(caught.value))


def test_the_key_is_sent_whatever_the_home_folder_knows_of_the_host(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with RawServer(answer(200, {"next": None, "results": []})) as server:
        assert Autopost(server.url, KEY).accounts() == []
        assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_log_in_in_the_address_does_not_replace_the_key():
    with RawServer(answer(200, {"next": None, "results": []})) as server:
        assert Autopost(server.url.replace("//", "//somebody:else@"), KEY).accounts() == []
        assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
