"""Fixtures for every test; importing this file first puts the tests' own environment in force."""

import gc
import io
from pathlib import Path

from tests.support import environment

# Until all tests are collected: what is made till then stays to the end, and looking through it finds no garbage.
gc.disable()
# Before anything of Django is imported: its settings are read once.
_home = environment.prepare()

import django  # noqa: E402
from django.conf import settings as site  # noqa: E402

# Whoever logs in anywhere gets a password first.
site.PASSWORD_HASHERS = ["tests.support.passwords.Quick", *site.PASSWORD_HASHERS[1:]]
# Collected, as they may be here for a site that runs, they have other names.
site.STATIC_ROOT = site.STATIC_ROOT.with_name("not-collected")
django.setup()

from connectors.sandbox.stage import pictures  # noqa: E402

# A sandbox that is slow to draw its own large picture did not time out.
pictures.TIME_OUT = (20, 60)

import hypothesis  # noqa: E402
import pytest  # noqa: E402
from django.core.management import CommandError, call_command  # noqa: E402
from django.db import connection  # noqa: E402

from connectors.sandbox import server  # noqa: E402
from connectors.sandbox.stage.exchange import Exchange  # noqa: E402
from social_queue.delivery.claims import absence  # noqa: E402
from social_queue.upkeep import outage_log  # noqa: E402
from social_queue.workings import held_connections  # noqa: E402
from tests import factories  # noqa: E402
from tests.support import emptying, once, room, static_files  # noqa: E402
from tests.support.answers import Answers  # noqa: E402

#: As a worker of ours does: Python's own 700 would cost a twelfth of the suite's time.
_MADE_BETWEEN_LOOKS = 25_000
pytest_plugins = ["tests.support.begin_at", "tests.support.browser"]
# How long an example takes, or is thought of, says what else the machine had to do.
hypothesis.settings.register_profile("autopost", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("autopost")
emptying.install()
room.install()
static_files.install()


def pytest_configure(config):
    config.addinivalue_line("markers", "only_on(vendor, …): has a meaning there only: sqlite, mysql, postgresql")


def pytest_collection_finish(session):
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN_LOOKS)
    gc.enable()


def pytest_unconfigure(config):
    if _home:
        environment.remove(_home)


def pytest_report_header(config):
    return f"autopost: the tests run on {connection.vendor}"


def pytest_ignore_collect(collection_path):
    """Files of which a further database would run nothing are not imported there."""
    return True if once.holds_nothing_for(collection_path, connection.vendor) else None


def pytest_collection_modifyitems(config, items):
    """Leave out, rather than skip, what another part of the suite runs.

    That is the few tests of one database only, and on every further database all that never look at one at all, or
    only by the way.
    """
    once.check(items)
    elsewhere = {item for item in items if once.belongs_elsewhere(item, connection.vendor)}
    items[:] = [item for item in items if item not in elsewhere]
    if elsewhere:
        config.hook.pytest_deselected(items=list(elsewhere))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _no_skip_in_ci((yield))


def _no_skip_in_ci(report):
    """Where CI=true a skipped test, or file of tests, is a failed one: somebody counts on its having run."""
    if environment.IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"{report.nodeid} was skipped although CI=true: {reason}"
    return report


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """As pytest-django's; afterwards all threads let go of the database, which else can't be dropped."""
    yield
    held_connections.close_idle(0)
    # Those that have ended, too.
    gc.collect()


@pytest.fixture(autouse=True)
def _no_outage_of_another_test():
    outage_log.forget()
    # A claim whose commit was not answered is looked for by every tick of the next minute.
    absence._doubts = type(absence._doubts)()


@pytest.fixture
def now():
    """The moment at which tests take place: 2026-12-01 12:00 UTC."""
    return factories.NOW


@pytest.fixture
def sandbox(settings):
    """The pretended platforms on a free port, empty, with all five addresses pointing at it."""
    from connectors.sandbox import Sandbox

    with Sandbox() as running:
        for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY"):
            setattr(settings, f"{name}_API_URL", running.url)
        for name in ("META_LOGIN", "INSTAGRAM_LOGIN", "INSTAGRAM_TOKEN"):
            setattr(settings, f"{name}_URL", running.url)
        # The sandbox shows pictures on its own, private, address.
        settings.MEDIA_ALLOWED_HOSTS = [running.url.removeprefix("http://")]
        yield running


@pytest.fixture
def answers(sandbox, monkeypatch):
    """``answers.hold()`` lets whoever calls the sandbox wait until ``answers.go()``."""
    held = Answers(sandbox)
    monkeypatch.setattr(Exchange, "pause", lambda call, seconds: held.pause(call, seconds))
    yield held
    held.go()


@pytest.fixture
def curt_silence(sandbox, monkeypatch):
    """Who is given no answer learns of it at once. With a patience that is short for it, other calls might end, too."""
    monkeypatch.setattr(server, "wait_for_the_caller_to_leave", lambda *_: None)


@pytest.fixture
def media_root(settings, tmp_path) -> Path:
    """An empty folder of this test's own for uploaded and generated pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def account_factory(db):
    """``account_factory(platform="facebook", **fields)``; see tests/factories."""
    return factories.make_account


@pytest.fixture
def item_factory(db):
    """``item_factory(*accounts, **fields)``: an item with a pending post on each account."""
    return factories.make_item


@pytest.fixture
def post_factory(db):
    """``post_factory(item=None, account=None, **fields)``."""
    return factories.make_post


@pytest.fixture
def facebook_account(account_factory):
    """An active Page."""
    return account_factory("facebook", slug="fb-page")


@pytest.fixture
def instagram_account(account_factory):
    """An active Instagram professional account."""
    return account_factory("instagram", slug="ig-main")


@pytest.fixture
def telegram_account(account_factory):
    """An active Telegram channel."""
    return account_factory("telegram", slug="tg-news")


@pytest.fixture
def twitter_account(account_factory):
    """An active X handle."""
    return account_factory("twitter", slug="x-news")


@pytest.fixture
def meta_app(settings):
    settings.META_APP_ID, settings.META_APP_SECRET = "sandbox-app", "sandbox-app-secret"


@pytest.fixture
def apps(settings, meta_app):
    """The sandbox' apps, through which people log in."""
    settings.INSTAGRAM_APP_ID, settings.INSTAGRAM_APP_SECRET = "sandbox-app", "sandbox-app-secret"
    settings.X_API_KEY, settings.X_API_SECRET = "sandbox-key", "sandbox-secret"


@pytest.fixture
def enqueue(tmp_path):
    """``enqueue(content, name)`` → (standard output, standard error, did it fail)."""

    def run(content: str | bytes, name: str = "items.json", *options: str):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("enqueue", str(path), *options, stdout=out, stderr=err)
        except CommandError as fault:
            return out.getvalue(), f"{err.getvalue()}{fault}", True
        return out.getvalue(), err.getvalue(), False

    return run
