"""``GET reports/clicks``: what programs read of the figures."""

import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metrics.models import ClickTotal
from metrics.reports import figures as report_figures
from metrics.reports.lines import LONGEST, Period
from social_queue.access import keys
from social_queue.models import Post
from tests import factories

pytestmark = pytest.mark.django_db
WHERE = "/api/autopost/reports/clicks"


@pytest.fixture
def auth():
    key = keys.issue("reader", ["read"])[1]
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def figures(facebook_account):
    moment = datetime(2026, 11, 3, 9, 0, tzinfo=timezone.get_current_timezone())
    item = factories.make_item(facebook_account, source="shop")
    post = item.posts.get()
    Post.objects.filter(pk=post.pk).update(status="published", external_id="1", published_at=moment, variant="a")
    told = {"post": post.pk, "queue_item": item.pk, "account": facebook_account.pk, "platform": "facebook"}
    ClickTotal.objects.create(**told, variant="a", hour_at=moment, humans=5, robots=2)
    ClickTotal.objects.create(**told | {"queue_item": 999_999, "post": 0, "account": 0}, hour_at=moment, humans=1)
    return facebook_account.slug


def ask(client, auth, **asked):
    return client.get(WHERE, {"from": "2026-11-02", "to": "2026-11-04", **asked}, headers=auth)


def test_by_day_every_day_of_the_span_has_a_row(client, auth, figures):
    assert ask(client, auth).json() == {
        "rows": [
            {"key": "2026-11-02", "clicks": 0, "robots": 0, "posts": 0},
            {"key": "2026-11-03", "clicks": 6, "robots": 2, "posts": 1},
            {"key": "2026-11-04", "clicks": 0, "robots": 0, "posts": 0},
        ]
    }


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Europe/Berlin", "Africa/Cairo", "America/Havana", "Asia/Kolkata"])
def test_of_many_posts_each_days_are_those_of_its_clock(settings, monkeypatch, facebook_account, zone):
    settings.TIME_ZONE = zone
    chance, there = random.Random(zone), ZoneInfo(zone)
    begins = datetime(2026, 10, 20, tzinfo=UTC)
    moments = [begins + timedelta(minutes=30 * chance.randrange(48 * 14)) for _ in range(200)]
    posts = [factories.make_post(account=facebook_account) for _ in moments]
    for post, moment in zip(posts, moments, strict=True):
        Post.objects.filter(pk=post.pk).update(status="published", external_id="1", published_at=moment)
    really = Counter(moment.astimezone(there).date().isoformat() for moment in moments)
    period = Period(date(2026, 10, 18), date(2026, 11, 6))
    for few in (10_000, 0):
        monkeypatch.setattr(report_figures, "_FEW", few)
        with CaptureQueriesContext(connection) as asked:
            rows = report_figures.rows("day", period)
        assert {row["key"]: row["posts"] for row in rows if row["posts"]} == really
        reads = [one["sql"] for one in asked if re.match(r"SELECT .social_posts.\..published_at", one["sql"])]
        assert bool(reads) is bool(few)


@pytest.mark.parametrize(
    ("by", "keys"),
    [("platform", ["facebook"]), ("account", ["{slug}", ""]), ("source", ["shop", ""]), ("variant", ["a", ""])],
)
def test_by_anything_else_the_most_clicked_come_first(client, auth, figures, by, keys):
    rows = ask(client, auth, by=by).json()["rows"]
    assert [row["key"] for row in rows] == [key.format(slug=figures) for key in keys]
    assert sum(row["clicks"] for row in rows) == 6 and rows[0]["posts"] == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"by": "moon"}, "by"), ({"from": "yesterday"}, "from"), ({"to": "2026-11-01"}, "to"), ({"x": "1"}, "x")],
)
def test_what_is_wrong_is_named(client, auth, asked, field):
    answer = ask(client, auth, **asked)
    assert answer.status_code == 400 and set(answer.json()["error"]["fields"]) == {field}


@pytest.mark.parametrize("by", ["day", "platform"])
@pytest.mark.parametrize(
    "span",
    [
        {"from": "2099-01-01", "to": "2099-01-03"},
        {"from": "2099-01-01"},
        {"from": "0001-01-01", "to": "0001-01-01"},
        {"to": "0001-01-01"},
    ],
    ids=str,
)
def test_days_that_have_no_figures_are_answered_with_none(client, auth, figures, by, span):
    ClickTotal.objects.update(hour_at=timezone.now())
    answer = client.get(WHERE, {"by": by, **span}, headers=auth)
    assert (answer.status_code, answer.json()) == (200, {"rows": []})


def test_of_a_span_that_is_not_over_the_days_so_far_are_told(client, auth, figures):
    begins = timezone.localdate() - timedelta(days=2)
    rows = client.get(
        WHERE, {"from": begins.isoformat(), "to": (begins + timedelta(days=400)).isoformat()}, headers=auth
    ).json()["rows"]
    assert [row["key"] for row in rows][:3] == [(begins + timedelta(days=back)).isoformat() for back in range(3)]
    assert len(rows) in (3, 4)  # midnight may pass


@pytest.mark.parametrize(("days", "status"), [(LONGEST - 2, 200), (LONGEST + 2, 400)])
def test_a_span_until_today_may_be_as_long_as_any(client, auth, days, status):
    today = timezone.localdate()
    begins = (today - timedelta(days=days)).isoformat()
    for span in ({"from": begins}, {"from": begins, "to": today.isoformat()}):
        answer = client.get(WHERE, span, headers=auth)
        assert answer.status_code == status
        assert status == 200 or set(answer.json()["error"]["fields"]) == {"to"}


def test_it_takes_the_scope_read(client):
    key = keys.issue("pusher", ["ingest"])[1]
    assert client.get(WHERE, headers={"Authorization": f"Bearer {key}"}).status_code == 403
    assert client.get(WHERE).status_code == 401
