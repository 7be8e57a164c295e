"""Addresses as machines send them."""

from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from connectors.texts.ascii_links import ascii_link
from social_queue.intake.bad_fields import BadField
from social_queue.intake.incoming import RULES
from social_queue.models import Post
from social_queue.operations import previews
from social_queue.wording import links
from tests import factories

_WRITTEN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters="/?#"), max_size=12)
_HOSTS = st.sampled_from(
    ["example.com", "EXAMPLE.com:8443", "bücher.example", "пример.рф", "ไทย.com", "i❤.ws:81", "a_ü.de", "[::1]:80"]
)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://example.com/日本?q=promo#top", "https://example.com/%E6%97%A5%E6%9C%AC?q=promo#top"),
        (
            "https://пример.рф/страница?я=1",
            "https://xn--e1afmkfd.xn--p1ai/%D1%81%D1%82%D1%80%D0%B0%D0%BD%D0%B8%D1%86%D0%B0?%D1%8F=1",
        ),
        ("https://example.com/%E6%97%A5?q=a+b%2Bc", "https://example.com/%E6%97%A5?q=a+b%2Bc"),
        ("https://example.com/%e6日?x=%zz&a;b", "https://example.com/%e6%E6%97%A5?x=%zz&a;b"),
        ("https://EXAMPLE.com/?utm_campaign=a%20b#/round/10?tab=x", None),
        ("https://example.com/ü?ü=é#ß", "https://example.com/%C3%BC?%C3%BC=%C3%A9#%C3%9F"),
        ("https://example.com/😀", "https://example.com/%F0%9F%98%80"),
        ("https://ไทย.com/ราคา", "https://xn--o3cw4h.com/%E0%B8%A3%E0%B8%B2%E0%B8%84%E0%B8%B2"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://MÜNCHEN.example:8080/", "https://xn--mnchen-3ya.example:8080/"),
        # What browsers do with a sharp s, with full-width letters and dots, with emoji and with an underscore.
        ("https://faß.de/", "https://xn--fa-hia.de/"),
        ("https://ｅｘample。com/", "https://example.com/"),
        ("https://i❤.ws/", "https://xn--i-7iq.ws/"),
        ("https://a_ü.example/", "https://xn--a_-yka.example/"),
        ("https://[::1]:80/ü", "https://[::1]:80/%C3%BC"),
        ("https://example.com/\ud83d", "https://example.com/%EF%BF%BD"),
    ],
)
def test_the_host_becomes_punycode_and_the_rest_is_percent_encoded_once(written, sent):
    assert ascii_link(written) == (sent or written)


@pytest.mark.parametrize("letter", ["℀", "⁇", "：", "＠", "／", "？", "＃"])
def test_no_letter_makes_another_host_of_what_stands_behind_it(letter):
    sent = ascii_link(f"https://good.example{letter}evil.example/x")
    assert sent.isascii()
    assert urlsplit(sent).hostname not in ("good.example", "evil.example")
    assert urlsplit(sent).path == "/x"


@given(_HOSTS, _WRITTEN, _WRITTEN, _WRITTEN)
def test_it_is_ascii_stays_so_and_says_the_same(host, path, query, fragment):
    written = f"https://{host}/{path}?{query}#{fragment}"
    sent = ascii_link(written)
    assert sent.isascii() and not any(letter.isspace() for letter in sent)
    assert ascii_link(sent) == sent
    assert unquote(sent.partition("://")[2].partition("/")[2]) == unquote(written.partition("://")[2].partition("/")[2])


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc", "Z")), max_size=40))
def test_what_is_ascii_already_stays_letter_for_letter(rest):
    assert ascii_link(f"https://example.com/{rest}") == f"https://example.com/{rest}"


@given(st.text(max_size=60))
def test_it_never_raises(text):
    assert ascii_link(text).isascii()
    assert ascii_link(f"https://{text}").isascii()


def test_a_link_may_not_outgrow_its_limit_when_it_is_sent():
    assert RULES["link"].clean("https://example.com/" + "日" * 220)
    with pytest.raises(BadField, match="2000 characters as it is sent, percent-encoded, not 2009"):
        RULES["link"].clean("https://example.com/" + "日" * 221)


@pytest.mark.django_db
class TestAPost:
    def test_carries_the_ascii_form_in_its_caption_where_links_are_plain(self, settings, twitter_account):
        settings.LINK_MODE = "plain"
        item = factories.make_item(twitter_account, title="Plain", link="https://example.com/日本/promo?q=1")
        [row] = previews.of_item(item)
        assert "https://example.com/%E6%97%A5%E6%9C%AC/promo?q=1&utm_source=twitter&" in row["caption"]

    def test_counts_such_a_link_as_one_on_a_platform_that_shortens_them(self, settings, twitter_account, capsys):
        settings.LINK_MODE = "plain"
        plain = factories.make_item(twitter_account, title="T", summary="", data={}, link="https://example.com/a")
        foreign = factories.make_item(twitter_account, title="T", summary="", data={}, link="https://пример.рф/日本")
        lengths = [next(iter(previews.of_item(item)))["length"] for item in (plain, foreign)]
        assert lengths[0] == lengths[1]
        call_command("preview", str(foreign.pk), "--json")
        assert "https://xn--e1afmkfd.xn--p1ai/%E6%97%A5%E6%9C%AC?utm_" in capsys.readouterr().out

    def test_leads_to_the_ascii_form_with_its_parameters(self, telegram_account):
        item = factories.make_item(telegram_account, link="https://example.com/日本?q=promo#top")
        tracked = links.expected_link(item.posts.get()).tracked
        assert tracked.startswith("https://example.com/%E6%97%A5%E6%9C%AC?q=promo&utm_source=telegram&")
        assert tracked.endswith("#top")

    def test_of_an_older_item_keeps_a_link_that_only_fits_as_it_came(self, telegram_account):
        item = factories.make_item(telegram_account, link="https://example.com/" + "日" * 1500)
        tracked = links.expected_link(item.posts.get()).tracked
        assert tracked.startswith(f"{item.link}?utm_")
        assert len(tracked) <= Post._meta.get_field("tracked_url").max_length
