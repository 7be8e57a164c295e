"""A post's media taken together: what a platform did not declare is refused before anything is sent."""

import pytest

from connectors.base import Limits, OutgoingMedia, VideoLimits
from connectors.errors import Rejected
from connectors.media import together

PLAIN = Limits(text=500, text_with_media=400, media_bytes=1, media_types=("image/jpeg",))
FILMS = VideoLimits(bytes=1)
ALBUMS = Limits(
    500, 400, 1, ("image/jpeg",), media_count=10, mix=True, video=FILMS, text_with_several=300
)  # fmt: skip
FOUR = Limits(500, 400, 1, ("image/jpeg",), media_count=4, leaves_out=True, video=FILMS)
IMAGE, VIDEO = "image", "video"


@pytest.mark.parametrize(
    ("limits", "kinds", "code"),
    [
        (PLAIN, [], ""),
        (PLAIN, [IMAGE], ""),
        (PLAIN, [IMAGE] * 2, "media_too_many"),
        (PLAIN, [VIDEO], "no_video"),
        (ALBUMS, [IMAGE, VIDEO] * 5, ""),
        (ALBUMS, [IMAGE] * 11, "media_too_many"),
        (FOUR, [IMAGE] * 10, ""),
        (FOUR, [VIDEO], ""),
        (FOUR, [IMAGE, VIDEO], "media_mixed"),
        (FOUR, [VIDEO] * 2, "media_mixed"),
        # Only pictures are left out in silence: whoever adds a film wants it seen.
        (FOUR, [IMAGE] * 4 + [VIDEO], "media_mixed"),
    ],
)
def test_what_forbids_them_has_a_code(limits, kinds, code):
    assert together.problem(kinds, limits) == code
    media = [OutgoingMedia(kind) for kind in kinds]
    if not code:
        assert len(together.taken(media, limits, "X")) == min(len(kinds), limits.media_count)
        return
    with pytest.raises(Rejected, match=r"^X takes ") as caught:
        together.taken(media, limits, "X")
    assert caught.value.code == code


def test_only_where_it_is_declared_something_is_left_out():
    assert [together.left_out([IMAGE] * 6, limits) for limits in (PLAIN, ALBUMS, FOUR)] == [0, 0, 2]


def test_a_text_beside_several_media_may_have_a_limit_of_its_own():
    kinds = ([], [IMAGE], [IMAGE] * 2, [VIDEO])
    assert [ALBUMS.longest(these) for these in kinds] == [500, 400, 300, 300]
    assert [PLAIN.longest(these) for these in kinds] == [500, 400, 400, 400]
