"""`manage.py media save` and `load`: a backup, and the move from a folder into a bucket and back."""

import io
import os
import re
import tarfile
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from autopost_site.media import storage as media_storage
from social_queue.media import archive as packed_files
from social_queue.media import files
from tests.support import s3
from tests.support.environment import ROOT

NAMES = ("items/ab/abc.jpg", "cards/cd/cde.png", "fetched/ef/efg.address")


def _told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("media", *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def kept(media_root):
    for name in NAMES:
        files.write_whole(name, name.encode())
    (media_root / "items" / "ab" / ".half").write_bytes(b"under way")
    return media_root


def test_what_was_saved_is_loaded_elsewhere_and_only_once(kept, settings, tmp_path):
    archive = str(tmp_path / "pictures.tar")
    assert _told("save", archive) == "3 files saved."
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert _told("load", archive) == "3 files loaded, 0 were here."
    assert {name: files.read(name) for name in NAMES} == {name: name.encode() for name in NAMES}
    (settings.MEDIA_ROOT / NAMES[0]).write_bytes(b"younger")
    assert _told("load", archive) == "0 files loaded, 3 were here."
    assert files.read(NAMES[0]) == b"younger"


def test_from_a_folder_into_a_bucket_and_back(kept, settings, tmp_path):
    there, back = str(tmp_path / "there.tar"), str(tmp_path / "back.tar")
    _told("save", there)
    folder = settings.STORAGES
    with s3.serving() as bucket:
        address = bucket.settings["MEDIA_STORAGE"]
        parsed = media_storage.parse(address, access_key=s3.KEY, secret_key=s3.SECRET)
        settings.STORAGES = folder | {"default": parsed}
        assert _told("load", there) == "3 files loaded, 0 were here."
        assert sorted(bucket.names()) == sorted(f"desk/{name}" for name in NAMES)
        assert _told("save", back) == "3 files saved."
    settings.STORAGES, settings.MEDIA_ROOT = folder, tmp_path / "again"
    assert _told("load", back) == "3 files loaded, 0 were here."
    assert files.read(NAMES[0]) == NAMES[0].encode()


def test_a_file_that_is_no_archive_is_named(media_root, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear desk")
    with pytest.raises(CommandError, match=r"letter\.txt is no archive of pictures"):
        _told("load", str(tmp_path / "letter.txt"))


def test_nothing_is_written_outside_the_folder(media_root, tmp_path):
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        about = tarfile.TarInfo("../outside.txt")
        about.size = 4
        tar.addfile(about, io.BytesIO(b"evil"))
    with pytest.raises(CommandError, match="is no archive of pictures"):
        _told("load", str(tmp_path / "evil.tar"))
    assert not (tmp_path / "outside.txt").exists()


def test_a_disk_that_is_full_leaves_no_half_archive(kept, tmp_path):
    with pytest.raises(CommandError):
        _told("save", str(tmp_path / "no-such-folder" / "pictures.tar"))
    assert list(tmp_path.glob("*.tar")) == []


@pytest.mark.parametrize("packed", ["media", "./media", "."])
def test_the_folder_packed_by_tar_itself_comes_back_where_it_was(kept, settings, tmp_path, packed):
    """As docs/deployment.md makes the nightly backup: the folder's own name stands before every file's."""
    archive = tmp_path / "media.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(kept, packed)
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert _told("load", str(archive)) == "3 files loaded, 0 were here."
    assert {name: files.read(name) for name in NAMES} == {name: name.encode() for name in NAMES}
    assert sorted(path.name for path in settings.MEDIA_ROOT.iterdir()) == ["cards", "fetched", "items"]


@pytest.mark.parametrize("stray", ["notes.txt", "private/autopost.sqlite3", "pictures/items/ab/abc.jpg"])
def test_an_archive_of_something_else_is_refused_before_anything_is_written(media_root, tmp_path, stray):
    with tarfile.open(tmp_path / "else.tar", "w") as tar:
        for name in (NAMES[0], stray):
            about = tarfile.TarInfo(name)
            about.size = 4
            tar.addfile(about, io.BytesIO(b"else"))
    with pytest.raises(CommandError, match=rf"is no archive of pictures: it holds {stray}, .*items.*fitted"):
        _told("load", str(tmp_path / "else.tar"))
    assert not files.there(NAMES[0])


def test_whatever_the_site_keeps_lies_in_a_folder_that_load_takes():
    written = set()
    for source in (ROOT / "social_queue").rglob("*.py"):
        written |= set(re.findall(r'f"(\w+)/(?:\w+/)*\{(?:name|digest)\[:2\]\}', source.read_text(encoding="utf-8")))
    assert written and written <= set(packed_files.FOLDERS)


def test_what_is_saved_is_loaded_though_a_stray_file_lies_beside_ours(kept, settings, tmp_path):
    (kept / "notes.txt").write_text("whose folder is this?")
    (kept / "lost+found").mkdir()
    (kept / "lost+found" / "17").write_bytes(b"a piece")
    archive = str(tmp_path / "pictures.tar")
    assert _told("save", archive) == "3 files saved."
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert _told("load", archive) == "3 files loaded, 0 were here."


def test_a_picture_that_is_pruned_while_all_are_saved_is_left_out(kept, tmp_path, monkeypatch):
    listed = files.store().written

    def and_pruned(under):
        yield from list(listed(under))
        if under in ("", "items"):
            yield "items/ab/gone.jpg", datetime.now(UTC)

    monkeypatch.setattr(type(files.store()._wrapped), "written", lambda _store, under: and_pruned(under))
    assert _told("save", str(tmp_path / "pictures.tar")) == "3 files saved."
    with tarfile.open(tmp_path / "pictures.tar") as tar:
        assert sorted(tar.getnames()) == sorted(NAMES)


def test_an_archive_that_was_not_copied_whole_is_a_sentence_and_nothing_is_kept(kept, settings, tmp_path):
    """A nightly backup, as docs/deployment.md makes it, of which only a part came over the line."""
    (kept / "items" / "ab" / "large.jpg").write_bytes(os.urandom(200_000))
    archive = tmp_path / "media.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(kept, "media")
    archive.write_bytes(archive.read_bytes()[:100_000])
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    with pytest.raises(CommandError, match=r"media\.tar\.gz is no archive of pictures: Compressed file ended"):
        _told("load", str(archive))
    assert not settings.MEDIA_ROOT.exists()
