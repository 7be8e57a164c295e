"""Where people see an account, as far as its address tells."""

import pytest

from connectors.looks.places import page_of


@pytest.mark.parametrize(
    ("platform", "address", "page"),
    [
        ("telegram", "@kabar_main", "https://t.me/kabar_main"),
        ("telegram", "-1001234567890", ""),
        ("twitter", "@KabarMain", "https://x.com/KabarMain"),
        ("facebook", "1029384756", "https://www.facebook.com/1029384756"),
        ("instagram", "17841400001234567", ""),
        ("telegram", "@kabar/../x", ""),
        ("mastodon", "@us@example.social", ""),
    ],
)
def test_the_page_of_a_place(platform, address, page):
    assert page_of(platform, address) == page
