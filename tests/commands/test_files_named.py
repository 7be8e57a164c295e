"""A file that can't be read is named with the system's words, and nothing of Python's stands around them."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests import factories

pytestmark = pytest.mark.django_db

_NOWHERE = "/no/such/folder/file"


@pytest.mark.parametrize(
    "words",
    [
        ("enqueue", _NOWHERE),
        ("preview", _NOWHERE),
        ("add_account", "facebook", "1", "--slug", "page", "--credentials-file", _NOWHERE),
        ("webhook_source", "shop", "--map", _NOWHERE),
        ("webhook_source", "shop", "--map", "MAP", "--sample", _NOWHERE),
        ("feed", "blog", "https://blog.example/feed.xml", "--map", _NOWHERE),
        ("correct", "POST", "--file", _NOWHERE),
        ("media", "load", _NOWHERE),
        ("media", "save", _NOWHERE),
    ],
    ids=lambda words: " ".join((words[0], words[-2])),
)
def test_a_file_that_is_not_there(words, tmp_path):
    (tmp_path / "map.json").write_text('{"title": "name", "link": "url"}')
    here = {"POST": str(factories.make_post().pk), "MAP": str(tmp_path / "map.json")}
    given = [here.get(word, word) for word in words]
    with pytest.raises(CommandError) as refused:
        call_command(*given, stdout=io.StringIO(), stderr=io.StringIO())
    told = str(refused.value)
    assert told.endswith(": No such file or directory") and "/no/such/folder/" in told


def test_what_is_no_archive_is_told_on_one_line(tmp_path):
    (tmp_path / "letter").write_text("Dear all,")
    with pytest.raises(CommandError, match=r"^\S+letter is no archive of pictures: .+$") as refused:
        call_command("media", "load", str(tmp_path / "letter"))
    assert "\n" not in str(refused.value)
