"""The log: readable or JSON, rotated, every line about a post carries its number, and no secret is ever in it."""

import json
import logging
import logging.config
import re

import pytest
from django.utils import timezone

from autopost_site import logs
from social_queue.delivery import dispatch, outcomes
from social_queue.workings import log_marks
from tests import factories
from tests.support import children
from tests.support.clock import Clock
from tests.support.environment import NOWHERE

SECRETS = ["sandbox-page-token", "4242:sandbox-bot", "sandbox-bot", "sandbox-secret", "sandbox-token-secret"]


@pytest.fixture
def file_of(tmp_path):
    """``file_of(as_json=True)``: a logger of its own that writes into a file, and the file."""

    def make(*, as_json=False, **handler):
        path = tmp_path / "autopost.log"
        configured = logs.configuration(level="DEBUG", log_file=str(path), as_json=as_json)
        configured["handlers"]["file"] |= handler
        configured["loggers"] = {"tried": {"handlers": ["file"], "level": "DEBUG", "propagate": False}}
        del configured["root"]
        logging.config.dictConfig(configured)
        return logging.getLogger("tried"), path

    yield make
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


def test_a_line_is_readable(file_of):
    logger, path = file_of()
    logger.warning("post %s: %s → %s", 17, "pending", "publishing", extra={"post": 17})
    assert re.fullmatch(r"[\d-]{10} [\d:,]+ WARNING tried: post 17: pending → publishing\n", path.read_text())


def test_a_json_line_parses_and_keeps_its_marks(file_of):
    logger, path = file_of(as_json=True)
    try:
        raise ValueError("broken\nin two")
    except ValueError:
        logger.exception("post %s: “%s”", 17, "Gates", extra={"post": 17, "account": "fb-page", "late": None})
    line = json.loads(path.read_text())
    assert (line["level"], line["logger"], line["message"]) == ("error", "tried", "post 17: “Gates”")
    assert (line["post"], line["account"], line["late"]) == (17, "fb-page", None)
    assert "broken" in line["exception"]
    assert line["at"].endswith("+00:00")


FORGED = "refused\n2026-12-01 12:00:00,000 INFO    social_queue.alerts.ledger: all is well"
#: Controls of terminals, ends of lines of every kind, halves of characters; and what one may write.
ODD = "a\x1b[2Jb\rc\x00d\x85e\x9bf\u2028g\ud800h\x7fi"


@pytest.mark.parametrize("as_json", [False, True])
def test_nobody_elses_text_begins_a_line_of_its_own_or_steers_a_terminal(file_of, as_json):
    logger, path = file_of(as_json=as_json)
    logger.warning("post 1: %s", FORGED)
    logger.warning("item 2: %s", ODD)
    logger.warning("item 3: tab\tand “Gates” 日本 ✨ stay, and so does \\n")
    text = path.read_bytes().decode()
    assert len(text.split("\n")) == 4 and len(text.splitlines()) == 3
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028]", text)
    if as_json:
        said = [json.loads(line)["message"] for line in text.splitlines()]
        assert said[0].endswith(FORGED) and said[1].endswith(ODD)
    else:
        assert "refused\\n2026-12-01" in text and "a\\x1b[2Jb\\rc\\x00d\\x85e\\x9bf\\u2028g\\ud800h\\x7fi" in text
        assert "tab\tand “Gates” 日本 ✨ stay, and so does \\n" in text


def test_a_traceback_keeps_its_lines_and_none_of_them_looks_like_an_entry(file_of):
    logger, path = file_of()
    try:
        raise ValueError(f"{FORGED}\x1b[2J")
    except ValueError:
        logger.exception("it failed", stack_info=True)
    first, *others = path.read_text().splitlines()
    assert first.endswith("it failed")
    assert len(others) > 6 and all(line.startswith("  ") for line in others)
    assert "  Traceback (most recent call last):" in others
    assert any(line.endswith("all is well\\x1b[2J") for line in others)


def test_whoever_does_not_know_the_post_has_it_added(file_of):
    logger, path = file_of()
    with log_marks.about(17):
        logger.info("POST graph.facebook.com: HTTP 500")
        logger.info("post 17: published")
        with log_marks.about(18):
            logger.info("another")
    logger.info("nobody's")
    said = [line.partition("tried: ")[2] for line in path.read_text().splitlines()]
    assert said == [
        "POST graph.facebook.com: HTTP 500 [post 17]",
        "post 17: published",
        "another [post 18]",
        "nobody's",
    ]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("leak", "left"),
    [
        (
            "POST https://api.telegram.org/bot4242:sandbox-bot/sendMessage",
            "POST https://api.telegram.org/bot***/sendMessage",
        ),
        ("GET https://graph.facebook.com/me?access_token=sandbox-page-token&x=1", "me?access_token=***&x=1"),
        ("?client_secret=sandbox-secret&fb_exchange_token=a-b&x=1", "?client_secret=***&fb_exchange_token=***&x=1"),
        ("?fields=id&appsecret_proof=0a1b&x=1", "?fields=id&appsecret_proof=***&x=1"),
        ("Authorization: Bearer sandbox-page-token-that-is-long; x", "Authorization: Bearer ***; x"),
        (
            'OAuth oauth_token="sandbox-page-token", oauth_signature="sandbox-secret", x',
            'OAuth oauth_token="***", oauth_signature="***", x',
        ),
        ('OAuth oauth_consumer_key="sandbox-key", x', 'OAuth oauth_consumer_key="***", x'),
    ],
)
def test_whatever_is_shaped_like_a_token_is_masked_to_the_letter(file_of, as_json, leak, left):
    logger, path = file_of(as_json=as_json)
    logger.info("%s", leak, extra={"address": leak})
    try:
        raise RuntimeError(leak)
    except RuntimeError:
        logger.exception("it failed: %s", leak)
    # In the line, in the sentence about the exception and in its traceback; in JSON as the mark beside them, too.
    text = path.read_text()
    assert text.count(json.dumps(left)[1:-1] if as_json else left) == (4 if as_json else 3)
    assert leak not in text and json.dumps(leak)[1:-1] not in text


@pytest.mark.parametrize("as_json", [False, True])
def test_the_file_rotates_and_no_line_is_lost(file_of, as_json):
    logger, path = file_of(as_json=as_json, maxBytes=2000, backupCount=50)
    for number in range(100):
        logger.info("line number %s", number)
    files = sorted(path.parent.glob("autopost.log*"))
    assert len(files) >= 3
    assert path.stat().st_size < 2500
    said = "".join(file.read_text() for file in files)
    assert all(f"line number {number}" in said for number in range(100))


def test_the_file_is_kept_small_by_default():
    handler = logs.configuration(level="INFO", log_file="autopost.log", as_json=False)["handlers"]["file"]
    assert (handler["maxBytes"], handler["backupCount"]) == (10 * 1024 * 1024, 5)
    assert "file" not in logs.configuration(level="INFO", log_file="", as_json=False)["handlers"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["text", "json"])
def test_every_line_about_a_post_carries_its_number_and_no_line_a_secret(sandbox, media_root, settings, tmp_path, form):
    """A worker of its own at the most talkative level, with platforms that refuse, hang up and do not answer."""
    settings.TELEGRAM_API_URL = NOWHERE
    for platform, scenario in [("facebook", "reject"), ("twitter", "accept_then_hang_up"), ("telegram", "ok")]:
        account = factories.make_account(platform)
        sandbox.scenario(account.address, scenario)
        factories.make_item(account, publish_at=timezone.now())
    path = tmp_path / "worker.log"
    alerts = {"TELEGRAM_ALERT_BOT_TOKEN": "4343:sandbox-alert-secret", "TELEGRAM_ALERT_CHAT_ID": "-1"}

    ended = children.run(
        "manage.py", "dispatch", LOG_FILE=str(path), LOG_FORMAT=form, LOG_LEVEL="debug", **alerts
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr
    text = path.read_text() + ended.stderr + ended.stdout
    assert not [secret for secret in [*SECRETS, "sandbox-alert-secret"] if secret in text]
    lines = path.read_text().splitlines()
    about = [line for line in lines if re.search(r"connectors\.|social_queue\.(outcomes|states|deliver)", line)]
    assert len(about) >= 9
    mark = '"post": ' if form == "json" else "post "
    # The alert's own message is about no post in particular: several may stand in it.
    assert [line for line in about if mark not in line and "/bot***/sendMessage" not in line] == []
    if form == "json":
        assert all(json.loads(line)["message"] for line in lines)


@pytest.mark.django_db(transaction=True)
def test_an_outcome_that_cannot_be_written_is_logged_with_its_post(sandbox, facebook_account, monkeypatch, caplog):
    clock = Clock()
    post = factories.make_post(factories.make_item(publish_at=clock()), facebook_account)
    for name in ("record", "record_all"):
        fault = RuntimeError("the database is gone")
        monkeypatch.setattr(outcomes, name, lambda *_, fault=fault, **__: (_ for _ in ()).throw(fault))

    assert dispatch.drain(clock=clock) == {"unrecorded": 1}

    [line] = [
        line for line in caplog.records if line.name.endswith("delivery.runs.in_hand") and line.levelname == "ERROR"
    ]
    assert line.post == post.pk
    post.refresh_from_db()
    assert post.status == "publishing", "its lease will speak for it"


@pytest.mark.parametrize(
    ("level", "written"), [("ERROR", [40]), ("WARNING", [30, 40]), ("INFO", [20, 30, 40]), ("DEBUG", [20, 30, 40])]
)
def test_the_framework_keeps_to_the_level_too_and_says_nothing_finer(tmp_path, level, written):
    path = tmp_path / "autopost.log"
    try:
        logging.config.dictConfig(logs.configuration(level=level, log_file=str(path), as_json=False))
        for number in (10, 20, 30, 40):
            logging.getLogger("django.request").log(number, "level %s", number)
        assert [int(line.rpartition(" ")[2]) for line in path.read_text().splitlines()] == written
    finally:
        from django.conf import settings

        logging.config.dictConfig(settings.LOGGING)
