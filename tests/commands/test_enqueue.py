"""`manage.py enqueue` and `preview`: what people have in files."""

import io
import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from social_queue.models import PlatformAccount, Post, QueueItem
from tests.factories import make_account, make_item
from tests.support.environment import ROOT

pytestmark = pytest.mark.django_db

GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p"}
BAD = {"title": "No link"}


@pytest.fixture(autouse=True)
def _accounts(db):
    make_account("facebook", slug="fb-page")
    make_account("telegram", slug="tg-news")


def titles() -> list[str]:
    return list(QueueItem.objects.order_by("pk").values_list("title", flat=True))


def test_one_object(enqueue):
    out, err, failed = enqueue(json.dumps(GOOD))
    assert (titles(), err, failed) == ([GOOD["title"]], "", False)
    assert out == "1 queued, 0 skipped (cooldown), 0 already there, 0 bad.\n"
    assert QueueItem.objects.get().source == "file"
    assert Post.objects.count() == 2


def test_of_an_array_the_good_rows_go_in_and_the_bad_are_named_with_their_line(enqueue):
    content = '[\n  {"title": "a", "link": "https://a.example"},\n  {"title": "b"},\n\n  5,\n  {\n    "title": "c",\n'
    content += '    "link": "https://c.example"\n  }, {"title": "", "link": "https://d.example"}\n]\n'
    out, err, failed = enqueue(content)
    assert titles() == ["a", "c"]
    assert failed
    assert [line.partition(" must")[0] for line in err.splitlines()[:3]] == [
        "line 3: link is required.",
        "line 5: body",
        "line 9: title",
    ]
    assert "2 queued" in out and "3 bad" in out


def test_a_broken_array_is_refused_as_a_whole(enqueue):
    _, err, failed = enqueue(f"[{json.dumps(GOOD)},\n {json.dumps(GOOD)}\n {{]")
    assert failed
    assert "line 3" in err
    assert titles() == []


@pytest.mark.parametrize("name", ["items.jsonl", "items.ndjson", "items.json", "items"])
def test_json_lines_are_judged_line_by_line(enqueue, name):
    lines = [json.dumps(GOOD | {"title": "a\u2028b"}, ensure_ascii=False), "", json.dumps(BAD), "{broken", "[]"]
    lines.append(json.dumps(GOOD | {"title": "c"}))
    _, err, failed = enqueue("\r\n".join(lines), name)
    assert titles() == ["a\u2028b", "c"]
    assert failed
    assert [line.split(":")[0] for line in err.splitlines()[:3]] == ["line 3", "line 4", "line 5"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_with_a_header(enqueue, mark):
    header = [
        "title",
        "link",
        "data.game",
        "data.rtp",
        "data.jam",
        "meta.variant",
        "channels",
        "hashtags",
        "publish_at",
    ]
    row = ["Gates", "https://a.example/", "Gates", "97.2", "07", "A", "fb|tg-news", "slot|rtp", "2030-01-01T00:00Z"]
    bare = ["Bare", "https://b.example/"]
    out, err, failed = enqueue("\ufeff" + "\r\n".join(mark.join(cells) for cells in (header, row, bare)), "items.csv")
    assert (err, failed) == ("", False)
    first, second = QueueItem.objects.order_by("pk")
    assert first.data == {"game": "Gates", "rtp": 97.2, "jam": "07"}
    assert first.meta == {"variant": "A"}
    assert (first.channels, first.hashtags) == (["fb", "tg-news"], ["slot", "rtp"])
    assert first.publish_at.year == 2030
    assert (second.title, second.data, second.channels) == ("Bare", {}, [])


def test_a_bad_csv_row_is_named_with_the_line_it_begins_in(enqueue):
    content = 'title,link,data\n"two\nlines",https://a.example/,\nx,nope,\ny,https://y.example,"{""game"": 1"\n'
    content += 'z,https://z.example,{},too,many\nlast,https://l.example,"{""game"": ""G""}"\n'
    _, err, failed = enqueue(content, "items.csv")
    assert titles() == ["two\nlines", "last"]
    assert failed
    assert [line.split(":")[1].split()[0] for line in err.splitlines()[:3]] == ["link", "data", "line"]
    assert [line.split(":")[0] for line in err.splitlines()[:3]] == ["line 4", "line 5", "line 6"]


def test_quotes_that_do_not_end_spoil_their_row_only(enqueue):
    _, err, failed = enqueue('title,link\na,https://a.example\n"b,https://b.example\n', "items.csv")
    assert titles() == ["a"]
    assert failed
    assert err.startswith("line 3: line is not CSV")


def test_an_unknown_column_is_an_error_of_every_row(enqueue):
    _, err, failed = enqueue("title,link,colour\na,https://a.example,red\n", "items.csv")
    assert failed
    assert "colour" in err
    assert titles() == []


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("title,link\nGröße,https://a.example\n".encode("cp1252"), "items.csv", "CSV UTF-8"),
        ("title,link\nGröße,https://a.example\n".encode("utf-16-le"), "items.csv", "UTF-16 without a byte-order mark"),
        ("title,link\na,https://a.example\n".encode("utf-16")[:-1], "items.csv", "Not UTF-16-LE"),
        (b"sep=;\r\n", "items.csv", "nothing in it"),
        (b"", "items.json", "nothing in it"),
        (b"\n \n", "items.csv", "nothing in it"),
        (b'{"title": "\xff"}', "items.json", "UTF-8"),
        (b"link,summary\na,b\n", "items.csv", "title"),
        (b"title,link,link\na,b,c\n", "items.csv", "twice"),
        (b"[" * 5000, "items.json", "nested"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(enqueue, content, name, words):
    _, err, failed = enqueue(content, name)
    assert failed
    assert words in err


def test_a_missing_file_says_so():
    with pytest.raises(CommandError, match="No such file"):
        call_command("enqueue", "/nowhere/items.json")


def test_running_a_file_twice_with_references_adds_nothing(enqueue):
    content = json.dumps([GOOD | {"reference": "a"}, GOOD | {"reference": "b"}])
    enqueue(content)
    out, _, failed = enqueue(content)
    assert not failed
    assert "2 already there" in out
    assert QueueItem.objects.count() == 2


def test_source_draft_and_cooldown(enqueue):
    thing = GOOD | {"data": {"game": "G", "window": "W"}}
    out, _, _ = enqueue(json.dumps([thing, thing]), "items.json", "--source", "desk")
    assert out.startswith("1 queued, 1 skipped")
    assert set(QueueItem.objects.values_list("source", flat=True)) == {"desk"}
    enqueue(json.dumps(GOOD), "items.json", "--draft")
    assert QueueItem.objects.filter(status="draft").count() == 1


def test_no_progress_bar_where_nobody_watches(enqueue, capfd):
    _, err, _ = enqueue(json.dumps([GOOD] * 3))
    assert err == ""
    assert "it/s" not in capfd.readouterr().err


def test_the_exit_code_tells_and_standard_input_is_read():
    done = subprocess.run(
        [sys.executable, "manage.py", "enqueue", "-"], input=b"[{]", cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"Not JSON" in done.stderr
    assert b"Traceback" not in done.stderr


def preview(*arguments: str) -> list[dict]:
    out = io.StringIO()
    call_command("preview", *arguments, "--json", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_preview_of_a_file_stores_nothing(tmp_path):
    path = tmp_path / "items.json"
    path.write_text(json.dumps(GOOD))
    rows = preview(str(path))
    assert [row["account"] for row in rows] == ["fb-page", "tg-news"]
    for row in rows:
        assert set(row) == {"item", "account", "platform", "caption", "length", "limit", "problems"}
        assert GOOD["title"] in row["caption"]
        assert 0 < row["length"] <= row["limit"]
        assert row["problems"] == []
    assert not QueueItem.objects.exists()


def test_preview_of_a_stored_item_shows_what_an_editor_wrote():
    item = make_item(PlatformAccount.objects.get(slug="fb-page"))
    item.posts.update(caption="By hand http://autopost.test/go/x", caption_edited=True)
    (row,) = preview(str(item.pk))
    assert (row["item"], row["account"]) == (item.pk, "fb-page")
    assert row["caption"].startswith("By hand")
    assert [problem["code"] for problem in row["problems"]] == ["link_missing"]


def test_preview_of_one_platform_and_for_people(capsys):
    item = make_item(status="draft")
    assert [row["platform"] for row in preview(str(item.pk), "--platform", "tg")] == ["telegram"]
    call_command("preview", str(item.pk))
    assert "of 63206" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["999999"], ["999999999999999999999999"], ["/nowhere.json"]])
def test_preview_of_nothing_says_so(arguments):
    with pytest.raises(CommandError):
        preview(*arguments)


def test_preview_names_bad_rows_and_shows_the_others(tmp_path):
    path = tmp_path / "items.jsonl"
    path.write_text(f"{json.dumps(BAD)}\n{json.dumps(GOOD)}\n")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError):
        call_command("preview", str(path), "--json", stdout=out, stderr=err)
    assert len(out.getvalue().splitlines()) == 2
    assert err.getvalue().startswith("line 1: link is required.")
