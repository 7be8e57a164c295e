"""Files that come in by the browser, and lists that go out as files."""

import csv
import io
import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation

from social_queue.access import habits
from social_queue.media import carried as carried_media
from social_queue.media.carried import Medium
from social_queue.models import QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
FILE = (
    "title,link,channels,data.rtp\nGates,https://a.example/,tg-news,97.2\n,https://b.example/,tg-news,\nBad,nope,x,\n"
)


@pytest.fixture
def importing(desk):
    """``importing(content or {field: value}, name=…, act=…)``: the page's answer."""
    factories.make_account("telegram", slug="tg-news")
    address = reverse("import")

    def send(content, name="items.csv", **more):
        if isinstance(content, dict):
            return desk.client.post(address, content | more, follow=True)
        raw = content if isinstance(content, bytes) else content.encode()
        file = io.BytesIO(raw)
        file.name = name
        return desk.client.post(address, {"file": file} | more, follow=True)

    return send


def verdicts(answer) -> dict[int, str]:
    page = answer.content.decode()
    return {int(line): word for line, word in re.findall(r'data-row="(\d+)" data-verdict="(\w+)"', page)}


def carried(answer) -> dict[str, str]:
    """The fields of the table's form as a browser would send them back."""
    fields = {"rows": answer.context["carried"]}
    return fields | {one["field"]: one["text"] for row in answer.context["table"] for one in row["fields"]}


def test_every_row_has_a_verdict_and_nothing_is_queued_yet(importing, desk):
    answer = importing(FILE)
    assert verdicts(answer) == {2: "good", 3: "bad", 4: "bad"}
    assert QueueItem.objects.count() == 0
    text = desk.text(answer)
    assert "1 row can be queued. 1 of them goes out at once. 2 are bad." in text
    assert "Is required." in text and "tg-news" in text


def test_a_bad_row_is_mended_in_place_and_the_good_ones_are_queued(importing, django_user_model):
    table = importing(FILE)
    fields = carried(table)
    title = next(one["field"] for row in table.context["table"] for one in row["fields"] if one["label"] == "title")
    again = importing(fields | {title: "Mended"}, act="judge")
    assert verdicts(again) == {2: "good", 3: "good", 4: "bad"}
    left = importing(carried(again), act="queue-good")
    assert verdicts(left) == {4: "bad"}
    assert set(QueueItem.objects.values_list("title", "source")) == {("Gates", "file"), ("Mended", "file")}
    assert QueueItem.objects.get(title="Gates").data == {"rtp": 97.2}
    entries = LogEntry.objects.filter(change_message="Imported from a file.")
    assert entries.count() == 2 and set(entries.values_list("user__username", flat=True)) == {"editor"}


@pytest.mark.parametrize("rows", ["[" * 100_000, "[[1e400, {}]]", "[[{}, {}]]", "{}1", "[7]"])
def test_a_table_that_is_none_of_ours_is_an_answer(importing, rows):
    answer = importing({"rows": rows}, act="judge")
    assert answer.status_code == 400 and "did not come back whole" in answer.content.decode()


def test_a_table_may_not_be_longer_than_a_file(importing):
    rows = [[line, {"title": "A", "link": "https://a.example/"}] for line in range(1_001)]
    answer = importing({"rows": json.dumps(rows)}, act="queue-good")
    assert answer.status_code == 400 and "at most 1000 are taken" in answer.content.decode()
    assert not QueueItem.objects.exists()


def test_the_same_file_makes_nothing_twice(importing, desk):
    good = FILE.splitlines()[0] + "\n" + FILE.splitlines()[1] + "\n"
    importing(carried(importing(good)), act="queue-good")
    twice = importing(good)
    assert verdicts(twice) == {2: "good"} and "0 rows can be queued" in desk.text(twice)
    assert "known already" in desk.text(twice)
    importing(carried(twice), act="queue-good")
    assert QueueItem.objects.count() == 1


def test_the_same_row_twice_in_one_file_is_one_item(importing, desk):
    line = FILE.splitlines()[1]
    answer = importing(f"{FILE.splitlines()[0]}\n{line}\n{line}\n")
    assert "same as line 2" in desk.text(answer)
    importing(carried(answer), act="queue-good")
    assert QueueItem.objects.count() == 1


def test_bad_rows_come_back_with_their_reasons_and_the_file_can_be_given_in_again(importing):
    fields = carried(importing("title,link,summary\nOne,nope,=SUM(A1)\n", name="i.csv"))
    answer = importing(fields, act="reasons")
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0]["#line"] == "2" and rows[0]["#reason"].startswith("link: Must be")
    assert rows[0]["summary"] == "'=SUM(A1)"
    mended = importing(text.replace("nope", "https://a.example/"))
    assert verdicts(mended) == {2: "good"}
    importing(carried(mended), act="queue-good")
    assert QueueItem.objects.get().summary == "=SUM(A1)"


def test_json_is_judged_and_mended_as_exactly_as_it_was_written(importing):
    body = [{"title": "A", "link": "https://a.example/", "data": {"rtp": "97.2", "n": [1, {"a": None}]}}, {"title": 5}]
    table = importing(json.dumps(body, indent=1), name="items.json")
    assert sorted(verdicts(table).values()) == ["bad", "good"]
    bad = next(row for row in table.context["table"] if row["fields"])
    assert bad["fields"][0]["label"] == "All of the row, as JSON"
    fields = carried(table) | {bad["fields"][0]["field"]: '{"title": "B", "link": "https://b.example/"}'}
    importing(fields, act="queue-good")
    assert QueueItem.objects.get(title="A").data == body[0]["data"]
    assert QueueItem.objects.filter(title="B").exists()
    reasons = b"".join(importing(carried(table), act="reasons").streaming_content).decode()
    assert json.loads(reasons.splitlines()[0])["title"] == 5


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"PK\x03\x04rest", "items.xlsx", "It is a workbook"),
        (b"a,b\n1,2\n", "items.csv", "it has no column “title”"),
        (b"", "items.csv", "There is nothing in it."),
        (b"title,link\n\n", "items.csv", "There is no row in the file."),
        (b"[]", "items.json", "There is no row in the file."),
        (b"title,link\n\xff,a\n", "items.csv", "belongs to no character"),
        (b'[{"title": 1]', "items.json", "Not JSON"),
        (b"title,link\n" + b"a,b\n" * 1001, "items.csv", "at most 1000 are taken at once"),
    ],
)
def test_a_file_that_can_not_be_read_says_why_beside_the_field(importing, desk, content, name, said):
    answer = importing(content, name)
    assert answer.status_code == 400 and said in answer.content.decode()


@pytest.mark.parametrize(
    ("row", "said"),
    [('"Never closed,https://a.example/', "a quotation mark is opened"), ('"A" b,https://a.example/', "written twice")],
)
def test_quotation_marks_that_lead_astray_are_named(importing, row, said):
    table = importing(f"title,link\n{row}\n")
    assert verdicts(table) == {2: "bad"} and said in table.context["table"][0]["told"][0]


def test_a_page_that_comes_back_broken_is_said_in_a_sentence(importing):
    for rows in ("{", "[1]", '[["x", {}]]', '{"a": 1}', "[[1, 2]]"):
        answer = importing({"rows": rows}, act="queue-good")
        assert answer.status_code == 400 and "Choose the file once more" in answer.content.decode(), rows


def test_whoever_may_not_approve_imports_drafts(client, django_user_model, grant, importing):
    person = django_user_model.objects.create_user("writer", is_staff=True)
    grant(person, "queue.add_queueitem", "queue.view_queueitem")
    client.force_login(person)
    table = importing("title,link\nGates,https://a.example/\n")
    importing(carried(table), act="queue-good")
    assert QueueItem.objects.get().status == "draft"
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
    assert client.get(reverse("import")).status_code == 403


def test_what_is_wrong_is_said_in_the_readers_language(importing, client):
    client.cookies["django_language"] = "id"
    answer = importing("title,link\n,nope\n")
    sentences = [one for row in answer.context["table"] for field in row["fields"] for one in field["faults"]]
    with translation.override("id"):
        required = translation.gettext("is required.")
    assert required[:1].upper() + required[1:] in sentences or any("wajib" in one.lower() for one in sentences)


def test_a_list_goes_out_as_it_is_filtered_and_comes_in_again(importing, desk):
    account = factories.make_account("telegram", slug="tg-more")
    factories.make_item(account, title="=cmd|' /C calc'!A0", hashtags=["#a", "#b"])
    factories.make_item(account, title="Other", status="draft")
    page = desk.client.get(reverse("admin:queue_queueitem_changelist"), {"status__exact": "ready"})
    address = page.context["cl"].file
    assert f'href="{address}"' in page.content.decode() and "status__exact=ready" in address
    answer = desk.client.get(address)
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["title"] for row in rows] == ["'=cmd|' /C calc'!A0"]
    assert rows[0]["#posts"] == "tg-more: pending" and rows[0]["hashtags"] == "#a, #b"
    assert verdicts(importing(text)) == {2: "good"}


def test_several_pictures_what_follows_and_the_label_come_in_as_they_went_out(importing, desk):
    factories.make_account("telegram", slug="tg-more")
    follow_ups = [{"text": "One; =two\nthree"}, {"text": "Four", "channels": ["tg-more"]}]
    told = {"follow_ups": follow_ups, "ai": {"generated": True, "tool": "our writer"}, "channels": ["tg-more"]}
    item = factories.make_item(status="draft", title="Album", **told)
    media = [Medium(url=f"https://example.com/{name}.jpg", alt=f"The {name}") for name in ("gate", "hall")]
    carried_media.replace(item, media)
    QueueItem.objects.filter(pk=item.pk).update(**carried_media.columns(media))
    text = b"".join(desk.client.get(reverse("admin:queue_queueitem_export")).streaming_content).decode()
    item.delete()
    table = importing(text)
    assert verdicts(table) == {2: "good"}
    importing(carried(table), act="queue-good")
    again = QueueItem.objects.get()
    assert (again.follow_ups, again.ai) == (follow_ups, told["ai"])
    assert [(medium.url, medium.alt) for medium in carried_media.of(again)] == [(one.url, one.alt) for one in media]


@pytest.mark.parametrize("model", ["post", "alert"])
def test_other_lists_go_out_too(desk, model):
    post = factories.make_post(error="-1 too small")
    answer = desk.client.get(reverse(f"admin:queue_{model}_export"))
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff") and (model != "post" or (post.item.title in text and "'-1 too small" in text))


def test_the_times_of_a_list_that_goes_out_are_on_the_readers_clock(desk, now):
    habits.keep(get_user_model().objects.get(username="editor"), zone="Asia/Jayapura")
    factories.make_item(status="draft", publish_at=now)
    text = b"".join(desk.client.get(reverse("admin:queue_queueitem_export")).streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["publish_at"] == "2026-12-01T21:00:00+09:00"


def test_a_file_is_for_those_who_may_see_the_list(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    assert client.get(reverse("admin:queue_post_export")).status_code == 403
