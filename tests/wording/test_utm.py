"""A link gains its UTM parameters and loses nothing."""

from urllib.parse import parse_qsl, unquote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from social_queue.wording.utm import UtmFault, build_utm, check_meta

DEFAULTS = "utm_source=telegram&utm_medium=social&utm_campaign=autopost"

# Anything a generator may have put into an address, tidy or not; only white space, controls and the two marks that
# end a query are kept out.
_odd = st.text(st.sampled_from("abcXYZ019-._~!$&'()*+,;=:@/?%éß世🎰[]|^`{}\"<>\\"), max_size=40)
_names = st.sampled_from(
    ["a", "b", "utm_source", "UTM_Medium", "utm%5Fcampaign", "utm_content", "ap", "q;r", "%zz", ""]
)
_pairs = st.lists(st.builds("{}{}".format, _names, st.one_of(st.just(""), _odd.map("={}".format))), max_size=6)
_hosts = st.sampled_from(["example.com", "EXAMPLE.com:8443", "bücher.example", "xn--bcher-kva.example", "[::1]:80"])
_paths = st.one_of(st.just(""), _odd.map(lambda text: "/" + text.replace("?", "")))
_tails = st.one_of(st.just(""), _odd.map("#{}".format))
_values = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=5)
_metas = st.dictionaries(st.sampled_from(["utm_source", "utm_campaign", "utm_content", "utm_term", "utm_id"]), _values)
_codes = st.one_of(st.just(""), st.from_regex(r"[A-Za-z0-9]{8}", fullmatch=True))


@st.composite
def links(draw) -> str:
    pairs = draw(_pairs)
    query = "?" + "&".join(pairs) if pairs or draw(st.booleans()) else ""
    return f"https://{draw(_hosts)}{draw(_paths)}{query}{draw(_tails)}"


def _query(url: str) -> str:
    return url.partition("#")[0].partition("?")[2]


def _lower_names(query: str) -> list[str]:
    return [unquote_plus(part.partition("=")[0]).lower() for part in query.split("&") if part]


@given(links(), _metas, _codes)
@example("https://e.com/?a=1&", {}, "")
@example("https://e.com/p?x=1;y=%zz&b=&b=+#/route?utm_source=kept", {}, "AbCd1234")
def test_everything_before_the_new_parameters_survives_byte_for_byte(url, meta, code):
    built = build_utm(url, "telegram", meta, code=code)
    address, hash_sign, fragment = url.partition("#")
    assert built.startswith(address)
    assert built.endswith(hash_sign + fragment)


@given(links(), _metas, _codes)
def test_parameters_already_there_keep_their_order_and_their_repeats(url, meta, code):
    before = [part for part in _query(url).split("&") if part]
    after = [part for part in _query(build_utm(url, "telegram", meta, code=code)).split("&") if part]
    assert after[: len(before)] == before


@given(links(), _metas, _codes)
def test_no_parameter_is_added_beside_one_already_there(url, meta, code):
    before = _lower_names(_query(url))
    added = _lower_names(_query(build_utm(url, "telegram", meta, code=code)))[len(before) :]
    assert not set(added) & set(before)
    assert len(added) == len(set(added))


@given(links(), _metas, _codes)
def test_building_twice_changes_nothing_more(url, meta, code):
    once = build_utm(url, "telegram", meta, code=code)
    assert build_utm(once, "telegram", meta, code=code) == once


@given(links(), _metas, st.from_regex(r"[A-Za-z0-9]{8}", fullmatch=True))
def test_the_code_of_a_post_is_always_in_its_link(url, meta, code):
    assert code in [value for _, value in parse_qsl(_query(build_utm(url, "telegram", meta, code=code)))]


@given(_metas)
def test_values_come_back_from_the_link_as_they_were_given(meta):
    found = dict(parse_qsl(_query(build_utm("https://example.com/p", "x", meta))))
    for name, value in meta.items():
        if value.strip():
            assert found[name] == value.strip()


@given(links(), _metas, _codes)
def test_a_link_grows_by_a_known_length_at_most(url, meta, code):
    assert len(build_utm(url, "telegram", meta, code=code)) <= len(url) + 500 + 2


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", "https://example.com?" + DEFAULTS),
        ("https://example.com/p?", "https://example.com/p?" + DEFAULTS),
        ("https://example.com/p?x=1", "https://example.com/p?x=1&" + DEFAULTS),
        ("https://example.com/p?x=1&", "https://example.com/p?x=1&" + DEFAULTS),
        ("https://example.com/p#top", f"https://example.com/p?{DEFAULTS}#top"),
        ("HTTPS://BÜCHER.example:8443/ä?q=a+b%20c", "HTTPS://BÜCHER.example:8443/ä?q=a+b%20c&" + DEFAULTS),
        ("https://e.com/?b=&b=2&a;b&%zz=1", "https://e.com/?b=&b=2&a;b&%zz=1&" + DEFAULTS),
        ("https://e.com/?utm_source=own", "https://e.com/?utm_source=own&utm_medium=social&utm_campaign=autopost"),
        ("https://e.com/?UTM_SOURCE=", "https://e.com/?UTM_SOURCE=&utm_medium=social&utm_campaign=autopost"),
    ],
)
def test_defaults_are_appended_to(url, expected):
    assert build_utm(url, "telegram", {}) == expected


def test_values_from_meta_replace_the_defaults():
    meta = {"utm_source": "tg channel", "utm_campaign": "malam & siang", "utm_term": 7, "utm_medium": " ", "other": "x"}
    assert build_utm("https://e.com/", "telegram", meta) == (
        "https://e.com/?utm_source=tg%20channel&utm_medium=social&utm_campaign=malam%20%26%20siang&utm_term=7"
    )


def test_a_value_may_have_two_hundred_characters():
    check_meta({"utm_campaign": "x" * 200})
    assert "utm_campaign=" + "x" * 200 in build_utm("https://e.com/", "x", {"utm_campaign": "x" * 200})


def test_a_link_may_grow_by_five_hundred_characters():
    meta = {"utm_source": "x" * 200, "utm_medium": "x" * 200, "utm_campaign": "x" * 63}
    assert len(build_utm("https://e.com/", "x", meta)) == len("https://e.com/?") + 500
    with pytest.raises(UtmFault, match="over 500 characters"):
        build_utm("https://e.com/", "x", meta | {"utm_campaign": "x" * 64})


@pytest.mark.parametrize("value", ["k3Jd8sQa", "%6B3Jd8sQa", "k3%4Ad8sQa"])
def test_a_code_that_is_there_however_it_is_written_is_not_added_again(value):
    built = build_utm(f"https://e.com/?c={value}", "x", {}, code="k3Jd8sQa")
    assert built == f"https://e.com/?c={value}&{DEFAULTS.replace('telegram', 'x')}"


def test_the_campaign_falls_back_to_the_game_made_a_slug():
    built = build_utm("https://e.com/", "x", {}, campaign="Gates of Olympus 1000!")
    assert "utm_campaign=gates-of-olympus-1000" in built


def test_a_name_in_no_latin_letters_leaves_the_default_campaign():
    assert "utm_campaign=autopost" in build_utm("https://e.com/", "x", {}, campaign="奥林匹斯之门")


def test_the_code_goes_into_content_and_into_ap_when_content_is_taken():
    assert "utm_content=k3Jd8sQa" in build_utm("https://e.com/", "x", {}, code="k3Jd8sQa")
    assert build_utm("https://e.com/?ap=1", "x", {"utm_content": "B"}, code="k3Jd8sQa").endswith(
        "utm_content=B&ap_=k3Jd8sQa"
    )


@pytest.mark.parametrize(
    "url", ["", "example.com/p", "//e.com", "ftp://e.com", "https://", "https:///p", "https://:80/", "http://e.com/a b"]
)
def test_a_link_that_is_no_web_address_is_refused_by_name(url):
    with pytest.raises(ValueError, match="^link: "):
        build_utm(url, "x", {})


@pytest.mark.parametrize("value", ["x" * 200, 7])
def test_a_value_that_just_fits_is_taken(value):
    check_meta({"utm_campaign": value})


@pytest.mark.parametrize("value", [True, ["a"], {"a": 1}, "a\nb", "\ud800", "x" * 201, "🎰" * 50])
def test_a_value_that_cannot_travel_is_refused_by_name(value):
    with pytest.raises(UtmFault, match="^meta.utm_campaign: ") as caught:
        check_meta({"utm_campaign": value})
    assert caught.value.field == "meta.utm_campaign"
