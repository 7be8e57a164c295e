"""The reports in the admin: right sums in the right hours, a file that no spreadsheet runs, ledgers nobody edits."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import hypothesis
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import strategies as st

from metrics.models import Click, ClickTotal
from metrics.reports.lines import Period
from metrics.reports.report import Report
from social_queue.access import habits
from social_queue.admin.pieces import times
from social_queue.models import Post
from social_queue.spreadsheets import safe
from tests import factories
from tests.metrics.made_clicks import click, published

pytestmark = pytest.mark.django_db
PAGE = "admin:metrics_reports"


def total(post, *, at: datetime, humans: int, robots: int = 0) -> None:
    ClickTotal.objects.create(
        post=post.pk,
        queue_item=post.item_id,
        account=post.account_id,
        platform=post.platform,
        game=post.item.game,
        variant="A",
        hour_at=at,
        humans=humans,
        robots=robots,
    )


@pytest.fixture
def jakarta(settings):
    settings.TIME_ZONE = "Asia/Jakarta"


@pytest.fixture
def two_days(jakarta, facebook_account, telegram_account):
    """Clicks on Tuesday and Wednesday, 1 and 2 December 2026, as Jakarta (UTC+7) counts."""
    item = factories.make_item(title="=HYPERLINK(1)", game="gates of olympus")
    page = published(facebook_account, at=datetime(2026, 12, 1, 3, 0, tzinfo=UTC), item=item)
    chat = published(telegram_account, at=datetime(2026, 12, 1, 3, 0, tzinfo=UTC), item=item)
    total(page, at=datetime(2026, 11, 30, 16, 0, tzinfo=UTC), humans=100)
    total(page, at=datetime(2026, 11, 30, 17, 0, tzinfo=UTC), humans=1)
    total(page, at=datetime(2026, 12, 1, 12, 0, tzinfo=UTC), humans=4, robots=3)
    total(chat, at=datetime(2026, 12, 1, 12, 0, tzinfo=UTC), humans=8)
    total(chat, at=datetime(2026, 12, 2, 16, 0, tzinfo=UTC), humans=16)
    total(chat, at=datetime(2026, 12, 2, 17, 0, tzinfo=UTC), humans=100)
    with time_machine.travel(datetime(2026, 12, 2, 16, 30, tzinfo=UTC)):
        yield Period(date(2026, 12, 1), date(2026, 12, 2))


def test_days_begin_at_midnight_of_the_sites_time_zone(two_days):
    report = Report(two_days)
    assert [(line.key, line.humans, line.robots) for line in report.columns] == [
        (date(2026, 12, 1), 13, 3),
        (date(2026, 12, 2), 16, 0),
    ]
    assert report.sums == {"humans": 29, "robots": 3, "posts": 2, "before": 100}
    assert report.change == -71


def test_the_heat_map_shows_weekdays_and_hours_of_the_sites_time_zone(two_days):
    week = Report(two_days).week
    assert (week[1]["cells"][0]["mean"], week[1]["cells"][19]["mean"], week[2]["cells"][23]["mean"]) == (1, 12, 16)
    assert Report(two_days).best_hour["hour"] == "23:00–00:00"


def test_the_hour_that_the_clock_shows_twice_is_counted_twice(settings, facebook_account):
    settings.TIME_ZONE = "Europe/Berlin"
    post = published(facebook_account, at=datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    for hour, humans in ((0, 10), (1, 3), (2, 1)):  # 02:00 in summer time, 02:00 again in winter time, 03:00
        total(post, at=datetime(2026, 10, 25, hour, 0, tzinfo=UTC), humans=humans, robots=1)
    sunday = Period(date(2026, 10, 25), date(2026, 10, 25))
    with time_machine.travel(datetime(2026, 10, 26, 12, 0, tzinfo=UTC)):
        report = Report(sunday)
        assert (report.sums["humans"], report.sums["robots"]) == (14, 3)
        assert [(line.humans, line.robots) for line in report.columns] == [(14, 3)]
        assert [cell["mean"] for cell in report.week[6]["cells"][1:4]] == [0, 13, 1]


def test_everything_is_told_apart(two_days):
    report = Report(two_days)
    assert [(line.label, line.humans, line.note) for line in report.platforms()] == [
        ("Telegram", 24, "24.0 a post (1 post)"),
        ("Facebook", 5, "5.0 a post (1 post)"),
    ]
    assert [(line.label, line.humans) for line in report.accounts()] == [("tg-news", 24), ("fb-page", 5)]
    assert [(line.label, line.humans) for line in report.games()] == [("Gates of Olympus", 29)]
    assert [(line.label, line.humans) for line in report.items()] == [("=HYPERLINK(1)", 29)]
    assert Report(two_days, "telegram").sums["humans"] == 24


@pytest.mark.parametrize(("days", "columns"), [(30, 30), (365, 53), (900, 31)])
def test_long_periods_are_drawn_by_week_or_month(days, columns):
    report = Report(Period.ending_now(days, today=date(2026, 12, 2)))
    assert abs(len(report.columns) - columns) <= 1


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, date(2026, 11, 3), date(2026, 12, 2)),
        ({"from": "2026-11-30", "to": "2026-12-01"}, date(2026, 11, 30), date(2026, 12, 1)),
        ({"from": "rubbish", "to": "2099-01-01"}, date(2026, 11, 3), date(2026, 12, 2)),
        ({"from": "2026-12-02", "to": "2026-12-01"}, date(2026, 12, 1), date(2026, 12, 1)),
        ({"from": "0001-01-01"}, date(2016, 11, 24), date(2026, 12, 2)),
    ],
)
def test_whatever_is_asked_for_becomes_a_sensible_period(asked, first, last):
    assert Period.read(asked, today=date(2026, 12, 2)) == Period(first, last)


def test_the_page_shows_the_figures_and_escapes_titles(two_days, admin_client):
    ClickTotal.objects.update(queue_item=factories.make_item(title="<script>x</script>").pk)
    page = admin_client.get(reverse(PAGE), {"from": "2026-12-01", "to": "2026-12-02"}).content.decode()
    assert "<b>29</b>" in page and "&lt;script&gt;x" in page and "<script>x" not in page
    assert "Asia/Jakarta" in page


def test_the_page_is_drawn_without_a_single_click_and_in_indonesian(two_days, admin_client):
    assert "Nobody clicked" in admin_client.get(reverse(PAGE), {"to": "2020-01-01"}).content.decode()
    page = admin_client.get(
        reverse(PAGE), {"from": "2026-12-01", "to": "2026-12-02"}, headers={"accept-language": "id"}
    )
    assert "height:81.2%" in page.content.decode()  # a comma here would draw nothing


def test_the_file_has_every_hour_and_no_formula(two_days, admin_client):
    answer = admin_client.get(reverse("admin:metrics_reports_csv"), {"from": "2026-12-01", "to": "2026-12-02"})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert sum(int(row["humans"]) for row in rows) == 29
    assert rows[0]["hour"] == "2026-12-01T00:00+07:00"
    assert {row["title"] for row in rows} == {"'=HYPERLINK(1)"}
    assert "clicks-2026-12-01-2026-12-02.csv" in answer["Content-Disposition"]


def test_the_file_has_the_days_and_hours_of_the_readers_page(two_days, admin_client, admin_user):
    habits.keep(admin_user, zone="Asia/Jayapura")
    asked = {"from": "2026-12-01", "to": "2026-12-02"}
    shown = admin_client.get(reverse(PAGE), asked).context["report"].sums
    answer = admin_client.get(reverse("admin:metrics_reports_csv"), asked)
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert sum(int(row["humans"]) for row in rows) == shown["humans"] == 113
    assert rows[0]["hour"] == "2026-12-01T01:00+09:00"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"])
def test_a_formula_becomes_text(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("x;=1+1;y", "x;'=1+1;y"),
        ("x; =1+1", "x; '=1+1"),
        ('x;"=1+1"', 'x;"\'=1+1"'),
        ("x;＝1;+2;;@3", "x;'＝1;'+2;;'@3"),
        ("=1;-2", "'=1;'-2"),
        # Where cells are separated by semicolons, a quote inside of one holds no lines together.
        ("x\n=1+1", "x\n'=1+1"),
        ('x\r\n "@SUM(A1)', "x\r\n \"'@SUM(A1)"),
        ("\n=1", "'\n'=1"),
        ("\r=1", "'\r'=1"),
        ("a; b - c = d", "a; b - c = d"),
    ],
)
def test_so_does_one_behind_a_semicolon_where_cells_may_begin(text, made):
    assert safe(text) == made


@hypothesis.given(st.text(alphabet="=+-@＝＋－＠;\"' \t\r\nab1", max_size=30))
@hypothesis.settings(deadline=None, derandomize=True)
def test_no_cell_begins_with_a_sign_however_the_file_is_cut(text):
    for cell in re.split("[;\r\n]", safe(text)):
        assert not re.match(r"[\s\"]*[=+\-@＝＋－＠]", cell) or cell == re.split("[;\r\n]", text)[0]
    assert safe(text)[:1] not in ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t")
    assert safe(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("page", ["metrics_reports", "metrics_reports_csv"])
@pytest.mark.parametrize(
    "asked",
    [
        {"from": "0001-01-01", "to": "0001-01-02"},
        {"from": "9999-12-31", "to": "9999-12-31"},
        {"from": "0001-01-01"},
        {"to": "0001-01-01"},
        {"from": "1999-12-31", "to": "2000-01-01"},
    ],
)
def test_days_that_nobody_can_mean_are_answered(admin_client, page, asked):
    assert admin_client.get(reverse(f"admin:{page}"), asked).status_code == 200


def test_numbers_and_plain_words_stay_what_they_are():
    assert [safe(-5), safe("Gates - of - Olympus")] == [-5, "Gates - of - Olympus"]


def test_only_those_who_may_see_clicks_see_the_reports(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.get(reverse("admin:metrics_reports_csv")).status_code == 403
    client.logout()
    assert client.get(reverse(PAGE)).status_code == 302


@pytest.mark.parametrize("model", [Click, ClickTotal])
def test_the_ledgers_are_read_and_never_written(model, admin_client, facebook_account, now):
    post = published(facebook_account, at=now)
    click(post, at=now - timedelta(hours=1))
    total(post, at=now, humans=1)
    name = f"admin:metrics_{model._meta.model_name}"
    row = model.objects.get()
    assert f"#{post.pk}" in admin_client.get(reverse(f"{name}_changelist")).content.decode()
    page = admin_client.get(reverse(f"{name}_change", args=[row.pk]))
    assert page.status_code == 200 and b'name="_save"' not in page.content
    assert admin_client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert admin_client.get(reverse(f"{name}_add")).status_code == 403


def test_a_list_of_clicks_asks_few_questions(admin_client, facebook_account, now, django_assert_max_num_queries):
    click(published(facebook_account, at=now), at=now, times=60)
    with django_assert_max_num_queries(22):
        admin_client.get(reverse("admin:metrics_click_changelist"))


def test_before_the_first_figures_the_page_says_what_is_out_and_when_they_come(admin_client):
    now = timezone.now()
    fb, tg = factories.make_account("facebook"), factories.make_account("telegram")

    def out(account, variant, hours):
        published(account, at=now - timedelta(hours=hours), variant=variant)

    def page():
        return admin_client.get(reverse("admin:metrics_reports")).content.decode()

    out(fb, "A", 5)
    out(tg, "A", 9)
    assert "No platform has published both wordings yet." in page()
    out(fb, "A", 2)
    out(fb, "B", 3)
    come = times.written(now + timedelta(hours=21))
    assert f"Posts out: 2 with wording A, 1 with B. The first figures come {come}." in page()
    Post.objects.update(published_at=now - timedelta(hours=25))
    assert "Posts out:" not in page()
