"""An outage of the database in the log: a line when it begins, one a minute with the count, one when it is over."""

import logging
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, InterfaceError, OperationalError, connection
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from autopost_site import logs
from metrics.clicks import booking, targets
from social_queue.upkeep import outage_course, outage_log
from social_queue.upkeep.outage_course import OutageLog
from social_queue.workings import heartbeat
from tests import factories

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
GONE = OperationalError(2006, "Server has gone away")
REFUSED = OperationalError(2002, "Can't connect")


def _counted(line) -> int:
    return int(re.search(r"requests refused: ([\d,]+)", line)[1].replace(",", ""))


class Told:
    """An outage log with what it said; ``at`` are seconds after NOW."""

    def __init__(self, every=60):
        self.lines = []
        self.log = OutageLog(self.lines.append, every=lambda: timedelta(seconds=every))

    def met(self, at, fault=GONE, *, whom="GET /x", what=outage_log.REFUSED):
        self.log.met(fault, whom=whom, what=what, now=NOW + timedelta(seconds=at))

    def reached(self, at):
        self.log.reached(now=NOW + timedelta(seconds=at))

    def settle(self, at, *, works=True):
        self.log.settle(now=NOW + timedelta(seconds=at), works=works)


@pytest.fixture
def told():
    return Told()


class TestItsCourse:
    def test_it_is_told_when_it_begins_once_a_minute_and_when_it_is_over(self, told):
        for at in range(130):
            for _request in range(100):
                told.met(at)
            told.settle(at)
        told.reached(131)
        told.settle(132)
        told.met(133, whom="GET /late")
        told.reached(135)
        for at in range(136, 150):
            told.settle(at)
        begins, one, two, over = told.lines
        assert "is away" in begins and "GET /x: " in begins and "gone away" in begins
        assert "away for 1 min 0 s: requests refused: 6,001 (6,001 since the last line); now GET /x: " in one
        assert "away for 2 min 0 s: requests refused: 12,001 (6,000 since the last line); now GET /x: " in two
        assert over == "the database is back after 2 min 15 s: requests refused: 13,001"
        assert not told.log.is_open

    def test_the_next_one_is_another(self, told):
        told.met(0)
        told.reached(5)
        # Nobody came between its end and the next: both are told then.
        told.met(3600)
        assert [("away" in line, "back after 5 s" in line) for line in told.lines] == [
            (True, False),
            (False, True),
            (True, False),
        ]

    def test_a_server_out_of_connections_that_lets_some_in_is_one_outage(self, told):
        for at in range(55):
            told.met(at, OperationalError(1040, "Too many connections"))
            told.reached(at)
            told.settle(at)
        assert len(told.lines) == 1

    def test_another_fault_is_told_at_once(self, told):
        for _time in range(3):
            told.met(1)
            told.met(2, REFUSED, whom="POST /y")
            told.met(3, OperationalError("disk I/O error"))
        assert len(told.lines) == 3
        assert "POST /y meets another fault" in told.lines[1] and "disk I/O error" in told.lines[2]

    def test_what_was_never_lost_is_over_when_nobody_has_met_it_for_a_minute(self, told):
        told.met(0, OperationalError("database or disk is full"))
        told.met(20, OperationalError("database or disk is full"))
        told.settle(70)
        told.settle(90, works=False)  # nor is anything known by somebody who holds no connection
        assert len(told.lines) == 1
        told.settle(90)
        assert "nobody has met" in told.lines[1] and "lasted 20 s: requests refused: 2" in told.lines[1]

    def test_what_is_counted_is_told_by_its_kind(self, told):
        told.met(0)
        told.met(1, what=outage_log.KEPT)
        told.met(2, what=outage_log.KEPT)
        told.reached(3)
        told.settle(30)
        assert told.lines[-1].endswith("requests refused: 1, clicks kept for later: 2")

    @given(st.lists(st.tuples(st.sampled_from(["met", "met", "met", "reached", "settle"]), st.integers(0, 40))))
    def test_every_one_is_counted_once_and_lines_are_few(self, steps):
        told, at, met = Told(), 0, 0
        for step, later in steps:
            at += later
            met += step == "met"
            getattr(told, step)(at)
        told.reached(at)
        told.settle(at + 3600)
        over = [line for line in told.lines if "back after" in line or "nobody has met" in line]
        counted = sum(map(_counted, over))
        assert counted == met and not told.log.is_open
        assert len(told.lines) <= 2 * len(over) + at / 60
        assert len(over) <= 1 + at / outage_course.CALM.total_seconds()


class TestWhatIsOne:
    def test_one_that_was_raised_anew_for_whoever_waited_is_still_what_it_was(self):
        for first, away in ((InterfaceError("connection already closed"), True), (OperationalError(1213, "x"), False)):
            anew = OperationalError("somebody else's")
            anew.__cause__ = first
            assert outage_log.is_away(anew) == away
            assert outage_course._kind(anew) == outage_course._kind(first)

    @pytest.mark.parametrize("fault", [GONE, REFUSED, InterfaceError("connection already closed")])
    def test_a_database_that_is_away(self, fault):
        assert outage_log.is_away(fault)

    @pytest.mark.parametrize(
        "fault",
        [
            OperationalError(1054, "Unknown column"),
            OperationalError(1213, "Deadlock found"),
            OperationalError(1205, "Lock wait timeout exceeded"),
            OperationalError(1317, "Query execution was interrupted"),
            OperationalError("database is locked"),
            OperationalError("database table is locked"),
            DataError("Out of range"),
            ValueError("gone away"),
        ],
    )
    def test_every_other_fault_is_none(self, fault):
        request = RequestFactory().get("/x")
        assert not outage_log.is_away(fault)
        assert not outage_log.refused(fault, request, now=NOW)
        assert not outage_log.noted(fault, whom="a click", what=outage_log.KEPT, now=NOW)


@pytest.fixture
def lines(monkeypatch, caplog):
    """What is logged at the level of errors, by a log of its own and as the settings have it."""
    fresh = OutageLog(outage_log.logger.error, every=lambda: timedelta(seconds=60))
    monkeypatch.setattr(outage_log, "_log", fresh)
    caplog.set_level(logging.ERROR)
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def _raising(fault):
    def refuse(*_arguments, **_named):
        raise fault

    return refuse


@pytest.mark.django_db
class TestAtTheDoors:
    @pytest.fixture
    def every_door(self, client, admin_client, settings):
        """Asks each door once while the database raises this; the statuses."""
        settings.METRICS_TOKEN = "a-token-for-numbers"
        admin_client.raise_request_exception = False
        key = {"Authorization": "Bearer ap_0123abcd_x"}

        def ask(fault):
            with connection.execute_wrapper(_raising(fault)):
                return [
                    client.get("/api/autopost/queue", headers=key).status_code,
                    client.post("/api/autopost/webhook/shop", b"{}", content_type="application/json").status_code,
                    client.get("/go/nobody-knows").status_code,
                    client.get("/health").status_code,
                    client.get("/health?ready").status_code,
                    client.get("/metrics", headers={"Authorization": "Bearer a-token-for-numbers"}).status_code,
                    admin_client.get("/admin/queue/post/").status_code,
                ]

        return ask

    def test_each_counts_and_one_line_is_written_for_all(self, every_door, lines):
        assert every_door(GONE) == [503, 503, 503, 503, 503, 503, 500]
        every_door(GONE)
        assert every_door(InterfaceError("connection already closed")) == [503, 503, 503, 503, 503, 503, 500]
        assert [line.split(":")[0] for line in lines()] == [
            "the database is away, or takes nothing",
            "while the database is away, GET /api/autopost/queue meets another fault",
        ]
        assert "GET /api/autopost/queue" in lines()[0]
        assert outage_log._log._open.counts == Counter({outage_log.REFUSED: 21})

    def test_another_fault_is_written_as_ever_by_each(self, every_door, lines):
        every_door(GONE)
        before = len(lines())
        every_door(OperationalError(1054, "Unknown column"))
        # Our own line and Django's, of each.
        assert len(lines()) - before >= 13 and any("/health: " in line for line in lines()[before:])
        assert any("Service Unavailable: /go/" in line for line in lines()[before:])

    def test_a_503_for_another_reason_is_written_while_it_lasts(self, every_door, lines, client):
        every_door(GONE)
        before = len(lines())
        heartbeat.beat("tick", now=timezone.now() - timedelta(hours=1))
        assert client.get("/health").status_code == 503
        assert lines()[before:] == ["Service Unavailable: /health"]

    def test_it_can_be_switched_off(self, every_door, lines, settings):
        settings.LOG_OUTAGES_EVERY = 0
        every_door(GONE)
        assert len(lines()) >= 13 and not outage_log._log.is_open

    def test_clicks_that_wait_are_counted_with_it(self, client, lines, monkeypatch, settings, tmp_path, caplog):
        settings.CLICK_SPOOL = tmp_path / "clicks.jsonl"
        targets.forget()
        post = factories.make_post(factories.make_item(factories.make_account("facebook")))
        targets.find(post.code)
        caplog.set_level(logging.WARNING)
        monkeypatch.setattr(booking, "insert", _raising(GONE))
        for _visit in range(5):
            assert client.get(f"/go/{post.code}").status_code == 302
        assert len(caplog.records) == 1 and outage_log._log._open.counts[outage_log.KEPT] == 5
        assert len((tmp_path / "clicks.jsonl").read_text().splitlines()) == 5


def test_the_configuration_folds_what_django_says_itself(tmp_path):
    configured = logs.configuration(level="ERROR", log_file=str(tmp_path / "autopost.log"), as_json=True)
    assert configured["loggers"]["django.request"]["filters"] == ["folded"]
