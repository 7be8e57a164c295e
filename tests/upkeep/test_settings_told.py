"""What is said of a setting that can't be used: what it takes, in words for whoever runs the site."""

import os
import re
import subprocess
import sys

import pytest

from autopost_site import casts, databases
from social_queue.upkeep import settings_checks
from tests.support.environment import ROOT

_DATABASES = "Autopost runs on sqlite:///path, mysql://, mariadb:// and postgres:// addresses"


@pytest.mark.parametrize(
    ("cast", "wrong", "words"),
    [
        (casts.whole(1, 65535), "many", "'many' is not a whole number from 1 to 65535."),
        (casts.whole(), "1.5", "'1.5' is not a whole number from 0 to 1000000000."),
        (casts.seconds, "soon", "'soon' is not between 0 and 3600 seconds."),
        (databases.parse, "nonsense", f"'nonsense' is not a database address. {_DATABASES}"),
        (databases.parse, "cockroach://desk:5ecret@host/desk", _DATABASES),
        (
            databases.parse,
            "mysql://desk:5ecret@127.0.0.1:port/desk",
            "'127.0.0.1:port/desk' is not a database address.",
        ),
        (databases.parse, "postgres://desk:5e/cret@host/desk", "'host/desk' is not a database address."),
    ],
)
def test_a_refusal_says_what_is_taken_and_speaks_no_python(cast, wrong, words):
    with pytest.raises(ValueError, match="^" + re.escape(words)) as fault:
        cast(wrong)
    for foreign in ("literal", "convert", "backend", "urllib", "5e"):
        assert foreign not in str(fault.value)


@pytest.mark.parametrize(
    ("setting", "wrong", "right"),
    [
        ("ALLOWED_HOSTS", "https://post.example.com", "post.example.com"),
        ("ALLOWED_HOSTS", "post.example.com:443", ".example.com"),
        ("MEDIA_ALLOWED_HOSTS", "http://10.0.0.7:8080", "10.0.0.7:8080"),
        ("MEDIA_ALLOWED_HOSTS", "10.0.0.0/8", "::1"),
    ],
)
def test_what_names_no_host_among_hosts_is_told(settings, setting, wrong, right):
    setattr(settings, setting, ["127.0.0.1", right])
    assert settings_checks.hosts_are_hosts(None) == []
    setattr(settings, setting, ["127.0.0.1", wrong])
    (told,) = settings_checks.hosts_are_hosts(None)
    assert told.msg.startswith(f"{setting} lets nobody in by '{wrong}'") and "such as" in told.msg


_WITH_A_FILE = """
import sys, decouple
decouple.config.search_path = sys.argv[1]
from autopost_site import settings
"""


def test_an_env_file_in_another_encoding_is_named_and_no_setting_is_blamed(tmp_path):
    (tmp_path / ".env").write_bytes("CARD_BRAND=Café".encode("latin-1"))
    words = [sys.executable, "-c", _WITH_A_FILE, str(tmp_path)]
    started = subprocess.run(words, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=60, check=False)
    last = started.stderr.strip().splitlines()[-1]
    assert "The file .env can't be read, save it in UTF-8" in last and "The setting" not in last
