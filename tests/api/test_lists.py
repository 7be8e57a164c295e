"""What became of it: lists, pages, filters, rows."""

import base64
import json
from datetime import timedelta
from urllib.parse import quote

import hypothesis
import pytest
from hypothesis import strategies as st

from social_queue.models import Post, QueueItem
from tests.factories import NOW, make_account, make_attempt, make_item, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(caller):
    return caller("read")


def rows(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"next", "previous", "results"}
    return answer.json()["results"]


def packed(cursor: list) -> str:
    """A cursor as we write them."""
    return base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode().rstrip("=")


def walk(reader, path: str, way: str = "next") -> list[list[dict]]:
    """Every page from ``path`` on, by the addresses the API gives."""
    pages, address = [], f"/api/autopost/{path}"
    while address:
        answer = reader.client.get(address, headers=reader._headers({})).json()
        pages.append(answer["results"])
        address = answer[way]
        assert len(pages) < 50
    return pages


class TestPages:
    @pytest.mark.parametrize("sign", ["", "-"])
    @pytest.mark.parametrize("name", ["publish_at", "created_at", "status"])
    @pytest.mark.parametrize("what", ["queue", "posts"])
    def test_hold_every_row_once_in_order_whatever_they_share(self, reader, what, name, sign):
        account = make_account()
        statuses = ["ready", "posted", "posted", "posted", "skipped", "posted", "ready"]
        for number, status in enumerate(statuses):
            make_item(account, publish_at=NOW + timedelta(hours=number // 3), status=status)
        Post.objects.filter(pk__in=[post.pk for post in Post.objects.all()[:3]]).update(status="failed")
        pages = walk(reader, f"{what}?ordering={sign}{name}&page_size=2")
        assert [len(page) for page in pages] == [2, 2, 2, 1]
        found = [row for page in pages for row in page]
        assert len({row["id"] for row in found}) == 7
        if what == "queue" or name != "publish_at":
            values = [row[name] for row in found]
            assert values == sorted(values, reverse=bool(sign))

    def test_lead_back_the_way_they_came(self, reader):
        for _ in range(5):
            make_item()
        first = reader.get("queue?page_size=2").json()
        assert first["previous"] is None
        second = reader.client.get(first["next"], headers=reader._headers({})).json()
        back = reader.client.get(second["previous"], headers=reader._headers({})).json()
        assert back["results"] == first["results"]
        assert back["previous"] is None
        third = reader.client.get(second["next"], headers=reader._headers({})).json()
        assert third["next"] is None

    def test_do_not_shift_when_rows_come_in_meanwhile(self, reader):
        for _ in range(4):
            make_item()
        first = reader.get("queue?page_size=2").json()
        make_item(publish_at=NOW + timedelta(days=1))
        second = reader.client.get(first["next"], headers=reader._headers({})).json()
        assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}

    def test_cost_the_same_number_of_queries_however_long(self, reader, django_assert_max_num_queries):
        accounts = [make_account(), make_account("telegram")]
        for _ in range(10):
            make_item(*accounts)
        # The key, its use, its count, the items, their posts.
        with django_assert_max_num_queries(7):
            assert len(rows(reader.get("queue"))) == 10
        with django_assert_max_num_queries(6):
            assert len(rows(reader.get("posts"))) == 20

    @pytest.mark.parametrize(
        "query",
        [
            *("cursor=x", "cursor=e30", "cursor=W10", "cursor=bnVsbA", "cursor=%00", "page_size=0", "page_size=201"),
            *("page_size=x", "ordering=title", "ordering=--status", "ordering="),
            *(
                "page_size=0000000019999",
                f"page_size=1{'9' * 20}",
                f"page_size={'9' * 5000}",
                "page_size=٥",
                "page_size=²",
            ),
        ],
    )
    def test_that_were_never_given_out_are_refused(self, reader, query):
        answer = reader.get(f"queue?{query}")
        if query == "ordering=":
            assert answer.status_code == 200
            return
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == [query.partition("=")[0]]

    @pytest.mark.parametrize(
        "place",
        [
            *(
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-14:00",
                "0001-01-01T00:00:00+00:00",
                "9999-12-31",
                "",
                5,
            ),
            *(None, [], {}, "2026-12-01T12:00:00+99:99"),
        ],
    )
    @pytest.mark.parametrize("pk", [1, -(10**30), 10**30, True])
    def test_that_name_a_moment_no_row_has_are_refused(self, reader, place, pk):
        make_item()
        answer = reader.get(f"queue?cursor={packed(['-publish_at', place, pk, False])}")
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["cursor"])

    @pytest.mark.parametrize("place", ["\ud800", "a\x00b"])
    def test_that_hold_what_no_database_holds_are_refused(self, reader, place):
        answer = reader.get(f"queue?ordering=status&cursor={packed(['status', place, 1, False])}")
        assert answer.status_code == 400

    @pytest.mark.parametrize("pk", [-(10**30), 10**30, -1, True, 1.5])
    def test_with_a_number_beyond_every_row_are_only_empty_or_full(self, reader, pk):
        make_item()
        answer = reader.get(f"queue?ordering=status&cursor={packed(['status', 'ready', pk, False])}")
        assert answer.status_code == 200

    def test_nested_beyond_reason_are_refused(self, reader):
        text = base64.urlsafe_b64encode(b"[" * 4000).decode()
        assert reader.get(f"queue?cursor={text}").status_code == 400

    @hypothesis.given(parts=st.lists(st.none() | st.integers() | st.floats() | st.text() | st.datetimes().map(str)))
    @hypothesis.settings(
        max_examples=60, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), derandomize=True
    )
    def test_whatever_a_cursor_holds_it_is_our_answer(self, reader, parts):
        for order in ("publish_at", "-status"):
            given = packed([order, *parts][:4])
            assert reader.get(f"queue?ordering={order}&cursor={given}").status_code in (200, 400)

    def test_of_one_ordering_do_not_fit_another(self, reader):
        for _ in range(3):
            make_item()
        cursor = reader.get("queue?page_size=1").json()["next"].partition("cursor=")[2].partition("&")[0]
        assert reader.get(f"queue?ordering=status&cursor={cursor}").status_code == 400


class TestFilters:
    @pytest.fixture(autouse=True)
    def _rows(self, db):
        page, channel = make_account("facebook", slug="fb-page"), make_account("telegram", slug="tg-news")
        make_item(page, title="early", publish_at=NOW - timedelta(hours=1), source="bot", reference="R-1", game="gates")
        make_item(page, channel, title="late", status="posting", source="desk", reference="r-1", game="zeus")
        make_item(title="skipped", status="skipped", publish_at=NOW + timedelta(hours=1))
        Post.objects.filter(account=channel).update(status="failed")

    @pytest.mark.parametrize(
        ("query", "items", "posts"),
        [
            ("", 3, 3),
            ("status=skipped", 1, None),
            ("status=skipped,posting", 2, None),
            ("status=failed", 0, 1),
            ("platform=telegram", 1, 1),
            ("platform=fb", 2, 2),
            ("account=fb-page", 2, 2),
            ("source=bot", 1, 1),
            ("game=GATES%20", 1, 1),
            ("reference=R-1", 1, 1),
            ("reference=r-1", 1, 2),
            ("after=2026-12-01T12:00:00Z", 2, 2),
            ("after=2026-12-01T19:00:00%2B07:00", 2, 2),
            ("after=2026-12-01T19:00:00+07:00", 2, 2),
            ("before=2026-12-01T12:00:00Z", 1, 1),
            ("after=2026-12-01&before=2026-12-01T11:00:01Z", 1, 1),
            ("platform=tg&source=bot", 0, 0),
        ],
    )
    def test_narrow_both_lists(self, reader, query, items, posts):
        assert len(rows(reader.get(f"queue?{query}"))) == items
        if posts is None:
            assert reader.get(f"posts?{query}").status_code == 400
        else:
            assert len(rows(reader.get(f"posts?{query}"))) == posts

    @pytest.mark.parametrize(
        "query",
        [
            "status=lost",
            "platform=myspace",
            "account=nobody",
            "after=soon",
            "before=",
            "colour=red",
            "item=x",
            "item=-1",
        ],
    )
    def test_that_can_not_be_read_are_errors(self, reader, query):
        for what in ("queue", "posts"):
            answer = reader.get(f"{what}?{query}")
            assert answer.status_code == 400
            assert list(answer.json()["error"]["fields"]) == [query.partition("=")[0]]

    @pytest.mark.parametrize("value", ["\x00", "'; drop table", "%", "🎰", "x" * 3000])
    def test_take_any_text(self, reader, value):
        for name in ("source", "game", "reference"):
            assert rows(reader.get(f"queue?{name}={quote(value)}")) == []

    def test_a_null_byte_is_not_passed_over(self, reader):
        make_item(make_account("facebook", slug="page"), source="shop", reference="r-1", data={"game": "Jam"})
        for given in ("source=shop%00", "source=%00", "game=Jam%00", "game=%00", "reference=r-1%00"):
            assert [rows(reader.get(f"{what}?{given}")) for what in ("queue", "posts")] == [[], []], given
        assert reader.get("posts?account=page%00").status_code == 400

    def test_find_the_posts_of_an_item(self, reader):
        item = QueueItem.objects.get(title="late")
        assert {row["item"] for row in rows(reader.get(f"posts?item={item.pk}"))} == {item.pk}


class TestRows:
    def test_an_item_has_its_columns_and_its_posts(self, reader):
        account = make_account("facebook", slug="fb-page")
        item = make_item(account, idempotency_key="k", reference="r")
        (row,) = rows(reader.get("queue?reference=r"))
        columns = {
            *("title", "summary", "link", "image_url", "image", "data", "meta", "channels", "game", "window", "source"),
            *("idempotency_key", "reference", "publish_at", "expires_at", "status", "skip_reason", "duplicate_of"),
        }
        assert columns <= set(row)
        assert (row["id"], row["publish_at"], row["data"]) == (item.pk, "2026-12-01T12:00:00Z", item.data)
        (post,) = row["posts"]
        assert (post["account"], post["platform"], post["status"]) == ("fb-page", "facebook", "pending")

    def test_a_post_has_its_columns_and_its_attempts(self, reader):
        post = make_post(account=make_account("facebook", slug="fb-page"), error_kind="transient", error="No answer")
        make_attempt(post, outcome="transient", http_status=503, error="No answer", sent_at=NOW)
        make_attempt(post)
        row = reader.get(f"posts/{post.pk}").json()
        columns = {
            *("item", "account", "platform", "code", "status", "not_before", "lease_until", "attempts_made"),
            *("failures_in_row", "variant", "caption", "caption_edited", "tracked_url", "draft_ref", "external_id"),
            *("permalink", "published_at", "error_kind", "error", "attempts"),
        }
        assert columns <= set(row)
        assert (row["account"], row["item"], row["error"]) == ("fb-page", post.item_id, "No answer")
        assert [attempt["number"] for attempt in row["attempts"]] == [1, 2]
        assert row["attempts"][0] == {
            "post": post.pk,
            "number": 1,
            "kind": "post",
            "part_number": 1,
            "worker": "tests",
            "started_at": "2026-12-01T12:00:00Z",
            "sent_at": "2026-12-01T12:00:00Z",
            "ended_at": None,
            "outcome": "transient",
            "http_status": 503,
            "error": "No answer",
        }

    def test_an_item_alone_has_the_attempts_at_all_its_posts(self, reader):
        item = make_item(make_account(), make_account("telegram"))
        for post in item.posts.all():
            make_attempt(post)
        row = reader.get(f"queue/{item.pk}").json()
        assert [len(post["attempts"]) for post in row["posts"]] == [1, 1]
        assert {attempt["post"] for attempt in row["attempts"]} == {post["id"] for post in row["posts"]}

    def test_no_secret_is_in_any_row(self, reader):
        item = make_item(make_account("facebook"), make_account("telegram"))
        text = reader.get(f"queue/{item.pk}").content + reader.get("posts").content
        assert b"sandbox-page-token" not in text and b"credentials" not in text
