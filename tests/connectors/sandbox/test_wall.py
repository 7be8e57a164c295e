"""The wall and the doors for other processes: data, page, pictures, control."""

import re

import pytest
import requests

from connectors.looks.text import linked, linked_markup
from connectors.sandbox import Sandbox
from tests.connectors.sandbox_calls import container, graph_post, post_once, telegram, x_post
from tests.support.silence import PATIENT


def read(sandbox, path="/", **parameters):
    """GET on the sandbox' own pages."""
    return requests.get(f"{sandbox.url}{path}", params=parameters, timeout=PATIENT)


def tell(sandbox, door, **content):
    """POST to one of the control doors."""
    return requests.post(f"{sandbox.url}/_sandbox/{door}", json=content, timeout=PATIENT)


def test_the_wall_tells_each_post_with_its_facts(sandbox):
    graph_post(sandbox, "102938/photos", url="https://example.com/a.jpg", caption="Hi https://a.example/go/x1.")
    post_once(sandbox, "telegram", "@news_desk")
    told = read(sandbox, "/wall.json").json()
    assert told["counts"] == {"facebook": 1, "instagram": 0, "telegram": 1, "twitter": 0}
    assert (told["creating_calls"], told["total"]) == (2, 2)
    post = told["posts"][0]
    assert post["links"] == ["https://a.example/go/x1"]
    assert {"platform", "address", "id", "text", "media_url", "permalink", "posted_at", "alt_text"} <= set(post)
    assert post["posted_at"].endswith("+00:00")
    assert [one["platform"] for one in read(sandbox, "/wall.json", since=1).json()["posts"]] == ["telegram"]


def test_the_page_shows_every_platform_and_tells_what_to_do_while_it_is_empty(sandbox):
    page = read(sandbox)
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.count('class="empty"') == 4
    assert "SANDBOX=true" in page.text
    for platform in ("facebook", "instagram", "telegram", "twitter"):
        assert f'data-platform="{platform}"' in page.text


def test_accounts_go_by_the_names_that_the_sandbox_is_told():
    known = {("facebook", "102938"): "Kabar <Main>", ("instagram", "17841400"): "Kabar Foto"}
    with Sandbox(names=lambda platform, address: known.get((platform, address), "")) as running:
        graph_post(running, "102938/photos", url="https://example.com/a.jpg", caption="Hi")
        graph_post(running, "555/photos", url="https://example.com/a.jpg", caption="Hi")
        post_once(running, "instagram", "17841400")
        page = read(running).text
    assert "Kabar &lt;Main&gt;" in page and "Kabar Foto" in page
    # A number stays where nobody told a name; programs find an account by its address either way.
    assert "Page 102938" not in page and "Page 555" in page and 'data-address="102938"' in page


def test_the_page_asks_nobody_else_for_anything(sandbox):
    post_once(sandbox, "instagram", "17841400")
    page = read(sandbox).text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    outside = [url for url in loaded if url.startswith(("http:", "https:", "//")) and "example.com/go/" not in url]
    assert outside == []
    assert "@import" not in page
    assert "default-src 'none'" in read(sandbox).headers["Content-Security-Policy"]


def test_no_text_of_a_post_becomes_markup(sandbox):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"
    graph_post(sandbox, "102938/photos", url="https://example.com/a.jpg", caption=evil, alt_text_custom=evil)
    graph_post(sandbox, "102938/feed", message="Hi", link='https://example.com/"><script>alert(3)</script>')
    made = container(sandbox, "1784<b>1", caption=evil).json()["id"]
    graph_post(sandbox, "1784<b>1/media_publish", creation_id=made)
    x_post(sandbox, text=evil)
    telegram(sandbox, "sendMessage", chat_id="@news_desk", text=evil)
    telegram(
        sandbox, "sendMessage", chat_id="@news_desk", text="&lt;script&gt;alert(4)&lt;/script&gt;", parse_mode="HTML"
    )
    cards = "".join(read(sandbox, "/_posts", since=0).json().values())
    assert "alert(1)" in cards
    assert "<script" not in cards
    assert "<img src=x" not in cards
    assert not re.search(r"<b>1\b", cards)


def test_telegram_formatting_is_shown_and_links_can_be_clicked(sandbox):
    text = "<b>Bold</b> <tg-spoiler>secret</tg-spoiler> https://example.com/go/x <code>https://example.com/no</code>"
    telegram(sandbox, "sendMessage", chat_id="@news_desk", text=text, parse_mode="HTML")
    card = read(sandbox, "/_posts").json()["telegram"]
    assert "<b>Bold</b>" in card
    assert '<a href="https://example.com/go/x" target="_blank" rel="noopener noreferrer nofollow">' in card
    assert '<a href="https://example.com/no"' not in card


def test_words_are_linked_without_the_full_stop():
    assert linked("See https://a.example/x?b=1&c=2. #tag") == (
        'See <a href="https://a.example/x?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">'
        'https://a.example/x?b=1&amp;c=2</a>. <span class="tag">#tag</span>'
    )
    assert linked_markup("<b>a &amp; b</b>") == "<b>a &amp; b</b>"


@pytest.mark.parametrize("platform", ["facebook", "instagram", "telegram", "twitter"])
def test_every_post_has_a_page_of_its_own(sandbox, platform):
    post_once(sandbox, platform, {"telegram": "@news_desk"}.get(platform, "17841400"))
    link = re.search(r'class="when" href="([^"]+)"', read(sandbox, "/_posts").json()[platform])[1]
    assert "Olympus" in read(sandbox, link).text
    assert read(sandbox, "/_post/facebook/1").status_code == 404


def test_pictures_are_served_and_unknown_ones_are_not(sandbox):
    assert read(sandbox, "/_media/sample/wide.jpg").headers["Content-Type"] == "image/jpeg"
    assert read(sandbox, "/_media/sample/tall.png").headers["Content-Type"] == "image/png"
    assert len(read(sandbox, "/_media/sample/huge.jpg").content) > 5_000_000
    assert read(sandbox, "/_media/sample/nothing.jpg").status_code == 404
    assert read(sandbox, "/_media/0000").status_code == 404


def test_another_process_sets_scenarios_reads_calls_and_starts_afresh(sandbox):
    assert tell(sandbox, "scenario", address="102938", scenario="server_error", times=1).status_code == 200
    assert graph_post(sandbox, "102938/feed", message="Hi").status_code == 500
    assert graph_post(sandbox, "102938/feed", message="Hi").status_code == 200
    told = read(sandbox, "/_sandbox/calls.json").json()
    assert [(call["scenario"], call["status"]) for call in told["calls"]] == [("server_error", 500), ("ok", 200)]
    assert told["creating_calls"] == 2
    assert tell(sandbox, "reset").status_code == 200
    assert (sandbox.wall, sandbox.calls) == ([], [])


def test_another_process_turns_random_faults_on_and_off(sandbox):
    assert tell(sandbox, "faults", rates={"server_error": 1}, seed=5, latency=0).status_code == 200
    assert graph_post(sandbox, "102938/feed", message="Hi").status_code == 500
    tell(sandbox, "faults", rates={})
    assert graph_post(sandbox, "102938/feed", message="Hi").status_code == 200


@pytest.mark.parametrize(
    ("door", "content"),
    [
        ("scenario", {}),
        ("scenario", {"address": "1", "scenario": "hang_upp"}),
        ("scenario", {"address": "1", "scenario": "ok", "times": "often"}),
        ("faults", {"rates": {"earthquake": 1}}),
    ],
)
def test_a_senseless_wish_is_answered_with_a_sentence(sandbox, door, content):
    answer = tell(sandbox, door, **content)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_no_token_is_kept_in_the_record_of_calls(sandbox):
    telegram(sandbox, "getMe", token="4242:sandbox-hush")
    graph_post(sandbox, "102938/feed", message="Hi", token="sandbox-hush")
    assert "hush" not in read(sandbox, "/_sandbox/calls.json").text
