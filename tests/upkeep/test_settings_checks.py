"""A wrong setting stops the start with a sentence that names it."""

import json
import os
import re
import subprocess

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as in_force

from autopost_site import casts, databases, mail
from autopost_site.paths import named
from social_queue.upkeep import settings_checks
from tests.support import children
from tests.support.environment import ROOT


def start(*options: str, **setting) -> subprocess.CompletedProcess:
    """`manage.py check` in a process of its own, as a site that starts would run it."""
    return run("manage.py", "check", *options, **setting)


def run(*words: str, **setting: str) -> subprocess.CompletedProcess:
    """A process that is told those settings, and reads all of them itself."""
    return children.run_anew(*words, told=os.environ | {"DATABASE_URL": "sqlite://:memory:"} | setting)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"LEASE_SECONDS": "100"}, "Q_TIMEOUT (180 s) must be less than LEASE_SECONDS (100 s)"),
        ({"TIME_ZONE": "Mars/Base"}, "The setting TIME_ZONE can't be used: 'Mars/Base' is not a time zone"),
        ({"TELEGRAM_ALERT_BOT_TOKEN": "4242:secret"}, "TELEGRAM_ALERT_CHAT_ID must be set too"),
        (
            {"DEBUG": "true", "PUBLIC_BASE_URL": "https://post.example.com"},
            "DEBUG must be false where strangers come by",
        ),
        ({"DEBUG": "true", "PUBLIC_BASE_URL": "http://8.8.8.8:8000"}, "DEBUG must be false where strangers"),
        ({"DEBUG": "false", "SECRET_KEY": ""}, "SECRET_KEY must be set when DEBUG is false"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_stops_the_start(setting, sentence):
    ended = start(**setting)
    assert ended.returncode != 0
    assert sentence in ended.stderr


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "192.168.1.20", "[::1]:8000", "desk.local", "desk"])
def test_debug_is_for_this_machine_and_its_neighbours(host):
    assert start(DEBUG="true", PUBLIC_BASE_URL=f"http://{host}").returncode == 0


@pytest.mark.parametrize(
    ("host", "public"),
    [
        *((host, True) for host in ("post.example.com", "8.8.8.8", "2606:4700::1111", "localhost.example.com", "a.b.")),
        *((host, False) for host in ("127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "100.64.0.1", "fd00::1", "web.")),
        *((host, False) for host in ("localhost", "x.localhost", "web", "Desk.Local", "a.test", "b.home.arpa", "")),
    ],
)
def test_what_strangers_can_reach(host, public):
    assert casts.is_public(host) is public


def test_a_site_as_the_deployment_page_has_it_passes_django_s_own_checks():
    production = {
        "DEBUG": "false",
        "SECRET_KEY": "".join(map(chr, range(48, 110))),
        "CREDENTIALS_KEY": Fernet.generate_key().decode(),
        "PUBLIC_BASE_URL": "https://post.example.com",
        "TRUST_PROXY": "true",
    }
    ended = start("--deploy", "--fail-level", "WARNING", **production, HSTS_SECONDS="2592000")
    assert ended.returncode == 0, ended.stderr


WHOLE_NUMBERS = re.findall(
    r'read\("(\w+)", [^\n]*?cast=whole\(', (ROOT / "autopost_site" / "settings.py").read_text(encoding="utf-8")
)
ASKED_ONE_BY_ONE = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
told = {}
for name in sys.argv[2:]:
    os.environ[name] = sys.argv[1]
    try:
        sys.modules.pop("autopost_site.settings", None)
        importlib.import_module("autopost_site.settings")
        told[name] = "taken"
    except ImproperlyConfigured as fault:
        told[name] = str(fault)
    del os.environ[name]
print(json.dumps(told))
"""


def _asked(number: str, *names: str) -> dict[str, str]:
    """What each setting says to that number, one after the other in one process."""
    ended = run("-c", ASKED_ONE_BY_ONE, number, *names)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_a_number_beyond_all_reckoning_is_refused_by_its_setting_s_name():
    """Dates, ports and timeouts have an end: without a bound the start would pass and the work would die of it."""
    assert len(WHOLE_NUMBERS) > 20
    for name, said in _asked("99999999999", *WHOLE_NUMBERS).items():
        assert re.fullmatch(rf"The setting {name} can't be used: 99999999999 is more than \d+\.", said), (name, said)


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("99999", ("KEEP_CLICKS_DAYS", "KEEP_ITEMS_DAYS", "KEEP_LOGS_DAYS")),
        ("65535", ("PORT", "SANDBOX_PORT", "COOLDOWN_MINUTES", "Q_RETRY", "UNDO_SECONDS", "HSTS_SECONDS")),
    ],
)
def test_a_number_that_only_means_very_long_is_taken(number, names):
    assert _asked(number, *names) == dict.fromkeys(names, "taken")


@pytest.mark.parametrize(
    ("name", "number"),
    [("PORT", "65536"), ("SANDBOX_PORT", "65536"), ("KEEP_CLICKS_DAYS", "999999"), ("COOLDOWN_MINUTES", "9999999")],
)
def test_what_would_end_no_date_or_open_no_port_is_refused(name, number):
    assert f"{number} is more than" in _asked(number, name)[name]


def test_the_sandbox_says_so_when_there_is_no_such_port():
    ended = run("manage.py", "sandbox", "--port", "70000")
    assert ended.returncode != 0 and "Traceback" not in ended.stderr
    assert "Port 70000 can't be used" in ended.stderr


@pytest.mark.parametrize(
    "address", ["sqlite:///{folder}/none.sqlite3?foo=bar", "mysql://desk:x@127.0.0.1:1/desk?foo=bar"]
)
def test_doctor_says_so_when_the_database_s_driver_knows_no_such_option(tmp_path, address):
    if address.startswith("mysql"):
        pytest.importorskip("MySQLdb")
    ended = run("manage.py", "doctor", DATABASE_URL=address.format(folder=tmp_path))
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    # In the driver's own words, which differ from one Python to the next.
    assert re.search(r"The database can't be used: .*'foo'", ended.stdout + ended.stderr)
    assert "Look at DATABASE_URL" in ended.stdout + ended.stderr


def test_the_settings_of_the_example_start():
    ended = start()
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("cast", "wrong"),
    [
        (casts.whole(1), "0"),
        (casts.whole(), "many"),
        (casts.whole(1, 65535), "65536"),
        (casts.seconds, "0"),
        (casts.seconds, "-1"),
        (casts.seconds, "nan"),
        (casts.one_of("go", "plain"), "gopher"),
        (casts.address, "ftp://example.com"),
        (casts.address, "example.com"),
        (casts.address, "http://example.com:99999"),
        (casts.address, "http://example.com:port"),
        (casts.address, "http://example.com:0"),
        (casts.address, "http://[::1"),
        (casts.address, "http://post example.com"),
        (mail.sender, "the desk"),
        (casts.keys, "garbage"),
        (casts.keys, "ää"),
        (casts.keys, "x" * 43 + "=,short"),
        (casts.zone, ""),
        (casts.zone, "../etc/passwd"),
        (casts.graph_version, "26"),
        (casts.broker, "nonsense"),
        (casts.broker, "redis://"),
        (casts.broker, "redis://127.0.0.1:port/0"),
        (casts.broker, "redis://127.0.0.1/first"),
        (casts.broker, "unix://"),
        (casts.broker, "unix:///run/redis.sock?db=x"),
        (named.log_file, "/no/such/folder/autopost.log"),
        (databases.parse, "oracle://x/y"),
        (databases.parse, "not an address"),
        (databases.parse, "postgres://desk@127.0.0.1"),
        (databases.parse, "sqlite:///"),
        (databases.parse, "sqlite://autopost.sqlite3"),
        (databases.parse, "sqlite:////no/such/folder/autopost.sqlite3"),
        (databases.parse, "sqlite:////tmp"),
    ],
)
def test_values_that_make_no_sense_are_refused(cast, wrong):
    with pytest.raises(ValueError, match="."):
        cast(wrong)


@pytest.mark.parametrize(
    ("cast", "text", "value"),
    [
        (casts.whole(1), "3", 3),
        (casts.whole(1, 65535), "65535", 65535),
        (casts.seconds, "0.2", 0.2),
        (casts.one_of("go", "plain"), " GO ", "go"),
        (casts.address, "https://example.com/", "https://example.com"),
        (casts.address, "http://[::1]:65535/bot", "http://[::1]:65535/bot"),
        (casts.address, "", ""),
        (casts.keys, "x" * 43 + "=, " + "y" * 43 + "=", ["x" * 43 + "=", "y" * 43 + "="]),
        (casts.keys, "", []),
        (casts.zone, "Asia/Jakarta", "Asia/Jakarta"),
        (casts.broker, "redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        (casts.broker, "unix:///run/redis.sock?db=2", "unix:///run/redis.sock?db=2"),
        (casts.broker, " ORM", "orm"),
        (casts.names, " post.example.com,'www.example.com' ,, ", ["post.example.com", "www.example.com"]),
        (mail.sender, "Desk <desk@example.com>", "Desk <desk@example.com>"),
        (named.log_file, "", ""),
        (casts.graph_version, "v26.0", "v26.0"),
    ],
)
def test_values_that_make_sense_are_taken(cast, text, value):
    assert cast(text) == value


def test_a_key_that_is_wrong_is_not_shown():
    with pytest.raises(ValueError, match=r"^(?!.*mistyped).+$"):
        casts.keys("a-key-that-somebody-mistyped")


def test_a_graph_version_that_ended_is_warned_of(settings):
    assert settings_checks.platforms_can_be_spoken_to(None) == []
    settings.GRAPH_API_VERSION = "v18.0"
    [warning] = settings_checks.platforms_can_be_spoken_to(None)
    assert "2026-01-26" in warning.msg


def test_a_graph_version_that_nobody_knows_is_warned_of_once_for_all_its_platforms(settings):
    settings.GRAPH_API_VERSION = "v99.0"
    [warning] = settings_checks.platforms_can_be_spoken_to(None)
    assert "GRAPH_API_VERSION v99.0" in warning.msg and "Set it to" in warning.msg


def test_bitly_without_a_token_is_warned_of(settings):
    assert in_force.LINK_MODE == "go"
    assert settings_checks.bitly_can_be_asked(None) == []
    settings.LINK_MODE = "bitly"
    assert "BITLY_TOKEN" in settings_checks.bitly_can_be_asked(None)[0].msg
    settings.BITLY_TOKEN = "sandbox-t"
    assert settings_checks.bitly_can_be_asked(None) == []


@pytest.mark.parametrize(("given", "missing"), [("META_APP_ID", "META_APP_SECRET"), ("X_API_SECRET", "X_API_KEY")])
def test_an_app_of_which_half_is_missing_is_warned_of(settings, given, missing):
    assert settings_checks.apps_have_both_halves(None) == []
    setattr(settings, given, "half")
    [warning] = settings_checks.apps_have_both_halves(None)
    assert warning.msg.startswith(f"{given} is set and {missing} is not:") and "half" not in warning.msg
