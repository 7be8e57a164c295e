"""What people paste where the address of an account is wanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectors
from connectors.texts.pasted import BadAddress


@pytest.mark.parametrize(
    ("platform", "pasted", "address"),
    [
        ("telegram", "https://t.me/kabar_main", "@kabar_main"),
        ("telegram", "t.me/x", "@x"),
        ("telegram", "HTTP://T.ME/Kabar/", "@Kabar"),
        ("telegram", "https://telegram.me/kabar_main?boost", "@kabar_main"),
        ("telegram", "https://t.me/s/kabar_main", "@kabar_main"),
        ("telegram", "https://t.me/kabar_main/123", "@kabar_main"),
        ("telegram", "https://kabar-main.t.me", None),
        ("telegram", "https://kabarmain.t.me/5", "@kabarmain"),
        ("telegram", "https://t.me/c/1234567890/5", "-1001234567890"),
        ("telegram", " -1001234567890 ", "-1001234567890"),
        ("telegram", "@kabar_main", "@kabar_main"),
        ("telegram", "https://t.me/+AbCdEf123", None),
        ("telegram", "https://t.me/joinchat/AbCdEf", None),
        ("telegram", "https://t.me/", None),
        ("telegram", "t.me", None),
        ("telegram", "https://x.com/kabar", None),
        ("telegram", "tg://resolve?domain=kabar", None),
        ("twitter", "https://x.com/name", "name"),
        ("twitter", "x.com/x", "x"),
        ("twitter", "https://mobile.twitter.com/Our_Desk/status/20?s=20", "Our_Desk"),
        ("twitter", "https://x.com/@name", "name"),
        ("twitter", "@name", "@name"),
        ("twitter", "https://x.com/home", None),
        ("twitter", "https://x.com/i/lists/5", None),
        ("twitter", "https://netflix.com/name", None),
        ("facebook", "https://www.facebook.com/1029384756", "1029384756"),
        ("facebook", "facebook.com/1029384756/", "1029384756"),
        ("facebook", "https://m.facebook.com/profile.php?id=1029384756&ref=x", "1029384756"),
        ("facebook", "https://www.facebook.com/pages/Our-Page/1029384756", "1029384756"),
        ("facebook", "https://www.facebook.com/people/Our-Page/1029384756/", "1029384756"),
        ("facebook", "1029384756", "1029384756"),
        ("facebook", "https://www.facebook.com/ourpage", None),
        ("facebook", "https://www.facebook.com/profile.php", None),
        ("facebook", "https://www.facebook.com/١٢", None),
        ("instagram", "https://www.instagram.com/17841400000000001", "17841400000000001"),
        ("instagram", "17841400000000001", "17841400000000001"),
        ("instagram", "https://www.instagram.com/ourdesk/", None),
        ("instagram", "instagram.com/ourdesk?igsh=1", None),
        ("instagram", "our.desk", "our.desk"),
        ("facebook", "https://[::1", None),
    ],
)
def test_it_is_taken_apart_or_refused_with_an_example(platform, pasted, address):
    connector = connectors.get(platform)
    if address is not None:
        assert connector.address_from(pasted) == address
        return
    with pytest.raises(BadAddress, match="Write ") as caught:
        connector.address_from(pasted)
    assert pasted.strip() in str(caught.value) and connector.label in str(caught.value)
    example = str(caught.value).rpartition(" like ")[2].split()[0].rstrip(".")
    assert connector.address_from(example) == example


@pytest.mark.parametrize("platform", connectors.names())
@given(text=st.text(max_size=30))
def test_nothing_that_is_typed_makes_it_fall_over_and_an_address_stays_itself(platform, text):
    connector = connectors.get(platform)
    for typed in (text, f"https://{text}", f"https://t.me/{text}", f"https://x.com/{text}", f"facebook.com/{text}"):
        try:
            address = connector.address_from(typed)
        except BadAddress:
            continue
        assert connector.address_from(address) == address
