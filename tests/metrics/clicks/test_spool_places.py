"""The file of waiting clicks: whatever else stands in its place stays where it is."""

from metrics.clicks import spool


def test_a_folder_in_the_place_of_the_file_is_left_alone(settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "srv"
    settings.CLICK_SPOOL.mkdir()
    (settings.CLICK_SPOOL / "precious").write_text("mine")
    assert (spool.bring_in(), spool.waiting()) == (0, 0)
    assert (settings.CLICK_SPOOL / "precious").read_text() == "mine"


def test_a_folder_that_looks_like_one_that_was_taken_is_left_alone(db, settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "clicks.jsonl"
    (tmp_path / "clicks.1-1.taken").mkdir()
    assert (spool.bring_in(), spool.waiting()) == (0, 0)
    assert (tmp_path / "clicks.1-1.taken").is_dir()
