"""Posts are worded for their platform, from the files or an editor's own wording."""

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import connectors
from connectors.base import Connector, Limits
from social_queue.models import CaptionTemplate, PlatformAccount, QueueItem
from social_queue.wording import captions, hashtags
from social_queue.wording.faults import CaptionTooLong, TemplateFault, TooManyHashtags
from social_queue.wording.markup import BadMarkup
from tests.factories import make_account, make_item, make_post

pytestmark = pytest.mark.django_db

LINK = "https://desk.example/go/Ab12Cd34"
PLATFORMS = connectors.names()
FULL = {
    "title": "RTP Live malam ini 🎰",
    "summary": "Server stabil sejak sore & update berikutnya <21.00 WIB>.",
    "data": {"game": "Sweet Bonanza", "rtp": 97.2, "window": "19:00-21:00", "pattern": "10x manual", "jam": "20:15"},
    "hashtags": ["RTP Live", "#SweetBonanza", "rtplive"],
}


def post_on(platform: str, *, variant: str = "", **item):
    return make_post(make_item(**({"data": {}} | item)), make_account(platform), variant=variant)


def seen(text: str, platform: str) -> str:
    """The text as a reader sees it, markup gone."""
    return html.unescape(re.sub(r"<[^<>]+>", "", text)) if connectors.get(platform).markup == "html" else text


def codes(rendered: captions.Rendered) -> list[str]:
    return [problem.code for problem in rendered.problems]


@pytest.mark.parametrize("variant", ["A", "B"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_everything_the_generator_said_is_in_the_caption(platform, variant):
    rendered = captions.render(post_on(platform, variant=variant, **FULL), link=LINK)
    text = seen(rendered.text, platform)
    for word in (FULL["title"], FULL["summary"], "Sweet Bonanza", "97.2%", "19:00-21:00", "20:15", "10x manual", LINK):
        assert word in text, word
    assert "#RTPLive" in text
    assert rendered.variant == variant
    assert rendered.length == connectors.get(platform).limits.length(rendered.text) <= rendered.limit
    assert codes(rendered) == []


@pytest.mark.parametrize("variant", ["A", "B"])
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("missing", ["game", "rtp", "window", "pattern", "jam", "summary", "hashtags", "link"])
def test_what_is_missing_leaves_no_trace(platform, variant, missing):
    item = {**FULL, "data": {key: value for key, value in FULL["data"].items() if key != missing}}
    item |= {missing: [] if missing == "hashtags" else ""} if missing in item else {}
    rendered = captions.render(post_on(platform, variant=variant, **item), link="" if missing == "link" else LINK)
    text = seen(rendered.text, platform)
    assert "\n\n\n" not in text
    assert "None" not in text
    assert text == text.strip()
    assert not re.search(r"[:|·👉🔗🎮🎯🕖⏰📈➡️]\s*$", text, re.MULTILINE), text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_two_wordings_of_a_platform_differ_and_no_two_platforms_read_alike(platform):
    both = [captions.render(post_on(platform, variant=variant, **FULL), link=LINK).text for variant in "AB"]
    assert both[0] != both[1]
    others = [captions.render(post_on(other, **FULL), link=LINK).text for other in PLATFORMS if other != platform]
    assert both[0] not in others


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("picture", ["", "https://example.com/a.jpg"])
def test_a_long_summary_is_shortened_and_nothing_else(platform, picture):
    limits = connectors.get(platform).limits
    item = {**FULL, "summary": "kata panjang " * (limits.text // 10), "image_url": picture}
    rendered = captions.render(post_on(platform, **item), link=LINK)
    assert rendered.length <= rendered.limit
    assert rendered.limit in (limits.text, limits.text_with_media)
    assert codes(rendered) == ["shortened"]
    assert "kata panjang…" in rendered.text or "kata…" in rendered.text
    assert FULL["title"] in rendered.text
    assert LINK in rendered.text


def test_a_picture_decides_which_limit_holds():
    limits = connectors.get("telegram").limits
    assert limits.text != limits.text_with_media
    assert captions.render(post_on("telegram"), link=LINK).limit == limits.text
    pictured = post_on("telegram", image_url="https://example.com/a.jpg")
    assert captions.render(pictured, link=LINK).limit == limits.text_with_media


def test_title_and_link_go_out_even_when_nothing_else_has_room():
    title = "j" * 250
    rendered = captions.render(post_on("twitter", **{**FULL, "title": title}), link="https://example.com/" + "x" * 200)
    assert title in rendered.text
    assert "97.2" not in rendered.text
    assert "#" not in rendered.text
    assert codes(rendered) == ["shortened", "hashtags_cut", "data_left_out"]


def test_hashtags_give_way_before_the_lines_made_of_data():
    post = post_on("twitter", **{**FULL, "title": "j" * 185, "summary": ""})
    rendered = captions.render(post, link="https://example.com/x")
    assert "97.2" in rendered.text
    assert codes(rendered) == ["hashtags_cut"]


def test_a_title_that_does_not_fit_fails_the_post_with_a_sentence():
    with pytest.raises(CaptionTooLong, match=r"need \d+ characters on X \(Twitter\), but only 280 are allowed"):
        captions.render(post_on("twitter", title="j" * 281, summary="x"), link=LINK)


def test_a_platform_with_a_limit_gets_only_so_many_hashtags():
    post = post_on("instagram", hashtags=[f"tag{number}" for number in range(40)], summary="tentang #satu dan #dua")
    rendered = captions.render(post, link=LINK)
    assert hashtags.count(rendered.text) == connectors.get("instagram").limits.hashtags == 30
    assert codes(rendered) == ["hashtags_cut", "many_hashtags"]
    assert "#tag27" in rendered.text
    assert "#tag28" not in rendered.text


def test_too_many_hashtags_in_the_text_itself_are_a_fault():
    post = post_on("instagram", summary=" ".join(f"#t{number}" for number in range(31)))
    with pytest.raises(TooManyHashtags, match="31 hashtags, but Instagram allows only 30"):
        captions.render(post, link=LINK)


def test_an_editors_wording_replaces_the_file_while_it_is_in_use():
    row = CaptionTemplate.objects.create(platform="facebook", variant="A", body="Redaksi: {{ title }}\n{{ link }}")
    post = post_on("facebook", title="Judul")
    assert captions.render(post, link=LINK).text == f"Redaksi: Judul\n{LINK}"
    CaptionTemplate.objects.filter(pk=row.pk).update(active=False)
    assert "Redaksi" not in captions.render(post, link=LINK).text


def test_a_wording_of_an_editors_own_does_not_touch_the_other_variant():
    CaptionTemplate.objects.create(platform="facebook", variant="B", body="B: {{ title }}\n{{ link }}")
    assert captions.render(post_on("facebook", title="Judul"), link=LINK).variant == "A"
    assert captions.render(post_on("facebook", title="Judul", variant="B"), link=LINK).text.startswith("B: Judul")


def test_a_faulty_wording_fails_the_post_with_name_and_line():
    CaptionTemplate.objects.create(platform="facebook", variant="A", body="ok\n{% include 'secrets' %}")
    with pytest.raises(TemplateFault, match="line 2 of the caption template facebook A of the admin"):
        captions.render(post_on("facebook"), link=LINK)


def test_a_variant_that_does_not_exist_is_worded_as_the_first_and_says_so():
    assert captions.render(post_on("facebook", variant="Z"), link=LINK).variant == "A"


def test_a_link_that_the_template_forgot_is_told():
    CaptionTemplate.objects.create(platform="facebook", variant="A", body="{{ title }}")
    assert codes(captions.render(post_on("facebook"), link=LINK)) == ["link_missing"]


def test_an_account_without_links_gets_none():
    post = post_on("twitter", **FULL)
    PlatformAccount.objects.filter(pk=post.account_id).update(include_link=False)
    post.account.refresh_from_db()
    rendered = captions.render(post, link=LINK)
    assert "http" not in rendered.text
    assert codes(rendered) == []


def test_a_rewritten_caption_is_left_as_it_is():
    post = post_on("facebook", **FULL)
    post.caption, post.caption_edited = f"Saya sendiri\n\n\n\n{LINK}", True
    rendered = captions.render(post, link=LINK)
    assert rendered.text == post.caption
    assert codes(rendered) == []


def test_a_rewritten_caption_is_checked():
    post = post_on("twitter", **FULL)
    post.caption, post.caption_edited = "x" * 281, True
    with pytest.raises(CaptionTooLong, match="The rewritten caption needs 281 characters"):
        captions.render(post, link=LINK)


@pytest.mark.parametrize("text", ["<b>a", "a</b>", "<b><i>a</b></i>", "1 < 2"])
def test_a_rewritten_caption_with_broken_markup_is_refused(text):
    post = post_on("telegram")
    post.caption, post.caption_edited = f"{text} {LINK}", True
    with pytest.raises(BadMarkup):
        captions.render(post, link=LINK)
    shown = captions.preview(post.item, post.account, link=LINK, edited=post.caption)
    assert (codes(shown), shown.text) == (["markup"], post.caption)


def test_a_preview_needs_no_saved_rows_and_lists_faults():
    item = QueueItem(title="j" * 281, summary="", link="https://example.com/", data={}, meta={}, hashtags=[])
    account = PlatformAccount(platform="twitter", slug="x", address="x")
    shown = captions.preview(item, account, link=LINK)
    assert codes(shown) == ["too_long"]
    assert shown.length > shown.limit == 280
    assert "j" * 281 in shown.text
    item.title = "Judul"
    assert codes(captions.preview(item, account, link=LINK)) == []
    assert codes(captions.preview(item, account, link=LINK, edited="x" * 300)) == ["too_long"]


def test_a_preview_and_the_post_read_alike():
    post = post_on("telegram", variant="B", **FULL)
    shown = captions.preview(post.item, post.account, link=LINK, variant="B")
    assert shown == captions.render(post, link=LINK)


class Fifth(Connector):
    """A platform that the house has never heard of."""

    name = "fifth"
    label = "The Fifth"
    limits = Limits(text=60, text_with_media=60, media_bytes=1, media_types=("image/png",))


def test_a_fifth_platform_needs_only_its_template_file(tmp_path, settings, monkeypatch):
    settings.CAPTION_TEMPLATE_DIRS = [*settings.CAPTION_TEMPLATE_DIRS, tmp_path]
    monkeypatch.setattr(connectors, "get", {"fifth": Fifth}.__getitem__)
    item = QueueItem(title="Judul", summary="kata " * 30, data={}, hashtags=[])
    account = PlatformAccount(platform="fifth")
    missing = captions.preview(item, account, link=LINK)
    assert [problem.code for problem in missing.problems] == ["template"]
    assert "fifth.txt" in missing.problems[0].message
    (tmp_path / "fifth.txt").write_text("{{ title }}: {{ summary }}\n{{ link }}")
    assert captions.preview(item, account, link=LINK).text == f"Judul: kata kata kata kata…\n{LINK}"


_words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=400)


@pytest.mark.parametrize("platform", PLATFORMS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=_words.filter(str.strip), summary=_words, tags=st.lists(_words, max_size=40), value=_words)
def test_whatever_comes_in_the_caption_fits_or_a_sentence_says_why(platform, title, summary, tags, value):
    item = QueueItem(title=title[:300], summary=summary, data={"game": value, "rtp": value}, hashtags=tags)
    shown = captions.preview(item, PlatformAccount(platform=platform), link=LINK)
    if {"too_long", "too_many_hashtags"} & set(codes(shown)):
        return
    assert shown.length == connectors.get(platform).limits.length(shown.text) <= shown.limit
    assert LINK in shown.text
    assert " ".join(title[:300].split()) in " ".join(seen(shown.text, platform).split())
