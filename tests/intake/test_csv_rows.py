"""Lists as spreadsheets write them."""

import json

import pytest
from django.core.management import call_command

from social_queue.models import QueueItem
from tests.commands.test_enqueue import GOOD, _accounts, titles  # noqa: F401 - a fixture by its name

pytestmark = pytest.mark.django_db


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
