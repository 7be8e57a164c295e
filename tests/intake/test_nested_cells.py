"""Columns of a file that stand for more than a text: several pictures, what follows, the label of AI."""

import pytest

from social_queue.intake.files import cells, csv_rows, row_files

A, B = "https://example.com/a.jpg", "https://example.com/b;x,y.jpg"
UPLOAD = "0" * 64


def row(**columns) -> dict:
    """The payload of one line, and no faults."""
    read = csv_rows.of_cells(2, columns)
    assert not read.faults, read.faults
    return read.payload


@pytest.mark.parametrize("between", [" ", "\n", "|", " | ", "\n\n"])
def test_addresses_and_uploads_stand_in_one_cell(between):
    assert row(media=between.join((A, B, UPLOAD)))["media"] == [{"url": A}, {"url": B}, {"upload": UPLOAD}]


def test_or_each_in_a_column_of_its_own_with_its_description():
    named = {"media.10": "", "media.2": B, "media.1": A, "media.1.alt": "A gate, open", "media.3": UPLOAD}
    assert row(**named)["media"] == [{"url": A, "alt": "A gate, open"}, {"url": B}, {"upload": UPLOAD}]
    texts = {"follow_ups.1": "One, two", "follow_ups.2": "Three", "follow_ups.2.channels": "tg; fb"}
    assert row(**texts)["follow_ups"] == [{"text": "One, two"}, {"text": "Three", "channels": ["tg", "fb"]}]
    assert row(follow_ups="Just one, with a comma")["follow_ups"] == [{"text": "Just one, with a comma"}]


@pytest.mark.parametrize(
    ("columns", "ai"),
    [({"ai": "yes"}, {"generated": True}), ({"ai": "No"}, {"generated": False}),
     ({"ai": "TRUE", "ai.tool": "our writer"}, {"generated": True, "tool": "our writer"}),
     ({"ai.generated": "0"}, {"generated": False}), ({"ai": '{"generated": true}'}, {"generated": True})],
)  # fmt: skip
def test_the_label_is_a_word(columns, ai):
    assert row(**columns)["ai"] == ai


def test_what_can_not_be_read_is_named_by_its_column():
    assert list(csv_rows.of_cells(2, {"ai": "perhaps", "media": "[1", "media.1": A}).faults) == ["ai", "media"]
    assert list(csv_rows.of_cells(2, {"media": A, "media.1": B}).faults) == ["media.1"]


def test_names_are_read_without_case_and_a_whole_file_too():
    [read] = row_files.read(f"Title,LINK,Media.1,AI,Follow_Ups.1\nGates,{A},{B.replace(',', '')},yes,Soon\n".encode())
    assert (read.payload["media"], read.payload["ai"]) == ([{"url": B.replace(",", "")}], {"generated": True})
    assert read.payload["follow_ups"] == [{"text": "Soon"}]


def test_a_body_of_json_has_cells_that_people_can_mend():
    body = {"title": "Gates", "link": A, "media": [{"url": B, "alt": "é"}], "ai": {"generated": True, "tool": "x"}}
    body["follow_ups"] = [{"text": "One"}, {"text": "Two", "channels": ["tg"]}]
    texts = cells.of_payload(body)
    assert cells.WHOLE not in texts and texts["ai.generated"] == "true"
    assert cells.read(1, texts).payload == body
