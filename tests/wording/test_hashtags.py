"""What people write into lists of hashtags, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_queue.wording import hashtags

_SIGNS = st.text(alphabet="ab #＃,\n\r،、é_-日", max_size=30)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (["#promo #sale"], ("#promo", "#sale")),
        (["#promo#sale"], ("#promo", "#sale")),
        (["Gates of Olympus"], ("#GatesofOlympus",)),
        (["#Gates of Olympus #Sweet Bonanza"], ("#GatesofOlympus", "#SweetBonanza")),
        (["promo, sale,,new"], ("#promo", "#sale", "#new")),
        (["promo\nsale\r\nnew"], ("#promo", "#sale", "#new")),
        (["＃日本 ＃語、三"], ("#日本", "#語", "#三")),
        (["#promo", "PROMO, sale"], ("#promo", "#sale")),
        (["C#", "##", " , "], ("#C",)),
    ],
)
def test_a_second_sign_a_comma_or_a_line_break_starts_another_tag_and_blanks_join_one(given, made):
    assert hashtags.normalised(given) == made


@given(st.lists(_SIGNS, max_size=5))
def test_every_tag_has_one_sign_and_no_blank_and_is_left_alone_the_next_time(given):
    made = hashtags.normalised(given)
    assert all(tag.startswith("#") and tag.count("#") == 1 and len(tag.split()) == 1 for tag in made)
    assert hashtags.normalised(made) == made
    assert hashtags.normalised([", ".join(made)]) == made
