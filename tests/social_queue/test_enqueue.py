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


def test_empty_columns_and_rows_at_the_end_are_nothing(enqueue):
    content = (
        "title,link,channels,,\r\nTrailing,https://example.com/p,telegram,,\r\nMore,https://b.example,fb-page,,,,,\r\n"
    )
    out, err, failed = enqueue(f"{content},,,,\r\n,,,,\r\n", "items.csv")
    assert (err, failed) == ("", False)
    assert out.startswith("2 queued") and "0 bad" in out
    assert QueueItem.objects.order_by("pk").first().channels == ["telegram"]


def test_a_cell_without_a_name_above_it_is_a_fault_of_its_row(enqueue):
    _, err, failed = enqueue(
        "title,,link\na,,https://a.example\nb,x,https://b.example\nc,,https://c.example,y\n", "i.csv"
    )
    assert failed
    assert titles() == ["a"]
    assert err.splitlines()[:2] == [
        "line 3: line has something in cell 2, but the header has no name there.",
        "line 4: line has 4 cells, but the header has 3.",
    ]


@pytest.mark.parametrize(
    ("first", "mark"),
    [("sep=;", ";"), ("SEP=,", ","), ("sep=|", "|"), ("sep=\t", "\t"), ('"sep=;"', ";"), ("sep=;;;", ";")],
)
def test_a_first_line_that_names_the_separator_is_obeyed(enqueue, first, mark):
    rows = [
        first,
        mark.join(["title", "link"]),
        mark.join(["Sep, line", "https://e.example/"]),
        mark.join(["b", "nope"]),
    ]
    if mark == ",":
        rows[2] = '"Sep, line",https://e.example/'
    out, err, failed = enqueue("\ufeff" + "\r\n".join(rows), "items.csv")
    assert titles() == ["Sep, line"]
    assert err.startswith("line 4: link must be")


def test_header_names_are_read_without_case_and_other_names_in_data_keep_theirs(enqueue):
    header = "Title,LINK,Data.Game,data.bonusCode,META.UTM_Campaign,Channels,HashTags,Image_URL"
    row = "Gates,https://a.example/,Gates,X1,december,fb,slot,https://a.example/a.png"
    out, err, failed = enqueue(f"{header}\n{row}\n", "items.csv")
    assert (err, failed) == ("", False)
    item = QueueItem.objects.get()
    assert (item.data, item.meta) == ({"game": "Gates", "bonusCode": "X1"}, {"utm_campaign": "december"})
    assert (item.channels, item.hashtags, item.image_url) == (["fb"], ["slot"], "https://a.example/a.png")
    _, err, failed = enqueue("Title,title,link\n", "items.csv")
    assert failed and "title stands in it twice" in err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be-mark", "utf-32"])
@pytest.mark.parametrize("kind", ["csv", "json", "jsonl"])
def test_a_byte_order_mark_says_the_encoding(enqueue, encoding, kind):
    row = json.dumps({"title": "Größe 日本 🎰", "link": "https://a.example/"}, ensure_ascii=False)
    text = {
        "csv": "title\tlink\r\nGröße 日本 🎰\thttps://a.example/\r\n",
        "json": f"[{row}]",
        "jsonl": f"{row}\n{row}",
    }[kind]
    raw = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-mark" else text.encode(encoding)
    _, err, failed = enqueue(raw, f"items.{kind}" if kind != "csv" else "items.txt")
    assert (err, failed) == ("", False)
    assert set(titles()) == {"Größe 日本 🎰"}


def test_a_list_with_semicolons_a_mark_and_a_line_break_in_a_cell(enqueue):
    content = (
        '\ufefftitle;summary;link;channels;data.rtp\r\nHallo Welt;"Zeile eins\r\nZeile zwei";https://example.com/p;'
    )
    out, err, failed = enqueue(f"{content}telegram;97,2\r\n", "items.csv")
    assert (err, failed) == ("", False)
    item = QueueItem.objects.get()
    assert (item.summary.split(), item.data) == (["Zeile", "eins", "Zeile", "zwei"], {"rtp": "97,2"})


def test_hashtags_of_a_cell_are_told_apart(enqueue, capsys, tmp_path):
    path = tmp_path / "tags.csv"
    path.write_text(
        "title,link,channels,hashtags\nSigns,https://example.com/p,facebook,#promo #sale\n"
        "Words,https://example.com/p,facebook,Gates of Olympus\nBars,https://example.com/p,facebook,a|b;c\n"
    )
    call_command("preview", str(path), "--json")
    captions = [json.loads(line)["caption"] for line in capsys.readouterr().out.splitlines()]
    assert [caption.splitlines()[-1] for caption in captions] == ["#promo #sale", "#GatesofOlympus", "#a #b #c"]


def test_an_invisible_letter_is_named_with_its_line(enqueue):
    lines = [json.dumps(GOOD | {"link": f"https://example.com/p{letter}"}) for letter in ("\u200b", "\u200e", "")]
    _, err, failed = enqueue("\n".join(lines), "items.jsonl")
    assert failed
    assert err.splitlines()[:2] == [
        "line 1: link must not contain invisible characters (U+200B).",
        "line 2: link must not contain invisible characters (U+200E).",
    ]


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
