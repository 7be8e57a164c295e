"""Nothing that a release has promised is taken away: programs out there rely on it."""

from tests.api import released


def test_what_was_promised_is_still_there():
    gone = set(released.FILE.read_text().splitlines()) - released.promised()
    assert not gone, f"Taken away from the API: {sorted(gone)}. Put it back, or it is another version."
