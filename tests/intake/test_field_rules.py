"""Which addresses and which moments can be used."""

import pytest

from social_queue.intake.bad_fields import BadField
from social_queue.intake.incoming import RULES
from social_queue.models import QueueItem
from social_queue.reading import moments


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com",
        "HTTPS://EXAMPLE.COM/x",
        "http://localhost:8000/x",
        "http://127.0.0.1:65535/x",
        "http://[::1]:9009/x",
        "https://münchen.example/straße?q=ü#ende",
        "https://example.com:/x",
        "https://example.com./x",
        "https://a_b.example.com/a@b?c=d@e",
        "https://example.com/" + "x" * 1980,
    ],
)
def test_absolute_web_addresses_are_taken_as_they_are(link):
    assert RULES["link"].clean(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "",
        "example.com",
        "//example.com/x",
        "/x",
        "ftp://example.com",
        "javascript:alert(1)",
        "mailto:a@example.com",
        "http://",
        "https:///x",
        "https:example.com",
        "https://:80/x",
        "https://?x=1",
        "https://.",
        "https://a..b/",
        "https://user@example.com",
        "https://user:secret@example.com",
        "https://@example.com",
        "https://good.example\\@evil.example/",
        "https://good.example\\.evil.example/",
        "https://example.com:65536",
        "https://example.com:0",
        "https://example.com:99999999999999999999",
        "https://example.com:port",
        "https://example.com:-1",
        "https://[::1",
        "https://[::1]x/",
        "https://[nope]/",
        "https://%65xample.com/",
        " https://example.com",
        "https://example.com ",
        "https://example.com/a b",
        "https://example.com/a\nb",
        "https://exam\tple.com/",
        "https://example.com/\u2028x",
        "https://example.com/\u00a0x",
        "https://example.com/\x7f",
        "https://example.com/" + "x" * 1981,
        None,
        5,
        ["https://example.com"],
    ],
)
def test_no_other_link_is_taken(link):
    with pytest.raises(BadField):
        RULES["link"].clean(link)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "19:00", "2026-13-01", "2026-02-30T00:00", "2026-12-01T25:00", "2026-12-01X19:00", 1796140800, True,
        "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "٢٠٢٦-12-01", "2026-12-01T19:00:00+99:00", [], {},
    ],
)  # fmt: skip
def test_other_moments_are_refused(text):
    with pytest.raises(ValueError, match=r".{20}"):
        moments.parse(text)


@pytest.mark.parametrize("name", [name for name in RULES if "maxLength" in RULES[name].schema()])
def test_what_a_rule_takes_fits_its_column(name):
    column = QueueItem._meta.get_field(name)
    assert column.max_length is None or column.max_length >= RULES[name].schema()["maxLength"]


@pytest.mark.parametrize("name", [name for name in RULES if "maxLength" in RULES[name].schema()])
def test_a_text_is_taken_as_long_as_its_schema_says_and_no_longer(name):
    most = RULES[name].schema()["maxLength"]
    longest = "https://example.com/".ljust(most, "x") if name in ("link", "image_url", "callback_url") else "x" * most
    assert RULES[name].clean(longest) == longest
    with pytest.raises(BadField, match=f"at most {most} characters"):
        RULES[name].clean(f"{longest}x")
