"""What a platform that reads HTML would not read: known before anything is sent, by its own rules."""

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import connectors
from connectors.looks.telegram_html import BadMarkup, parse
from social_queue.delivery import dispatch
from social_queue.models import Attempt
from social_queue.wording import captions
from social_queue.wording.markup import faults_of
from tests import factories
from tests.support.clock import Clock

TELEGRAM = connectors.get("telegram")

UNREADABLE = {
    "<a href=https://example.com/x>Read on</a>": "Put the values inside <a href=https://example.com/x> in quotes.",
    '<a href="https://example.com/x>Read on</a>': 'Put the values inside <a href="https://example.com/x> in quotes.',
    '<span class="tg-spoiler big">x</span>': 'Telegram does not take the tag <span class="tg-spoiler big">, only',
    '<span title="tg-spoiler">x</span>': 'Telegram does not take the tag <span title="tg-spoiler">, only',
    '<tg-emoji emoji-id="a">x</tg-emoji>': "Telegram can't read this as HTML: Invalid custom emoji identifier",
    '<tg-time unix="0">x</tg-time>': "Telegram can't read this as HTML: Invalid date specified.",
    '<tg-time unix="1" format="x">x</tg-time>': "Telegram can't read this as HTML: Invalid date format used.",
    "<b\u00a0x>x</b>": "Put the values inside <b\u00a0x> in quotes.",
    "x &#55357; x": "Telegram can't read this as HTML: Text contains invalid Unicode characters",
}
READABLE = (
    '<a href="https://example.com/?a=1&amp;b=2">Read on</a>',
    "<a href='https://example.com/'>Read on</a>",
    "<a href=example.com>Read on</a>",
    '<span class="tg-spoiler">x</span> <SPAN class=tg-spoiler>x</SPAN>',
    '<tg-emoji emoji-id="5368324170671202286">x</tg-emoji>',
    '<tg-time unix="1647531900" format="wDT">x</tg-time>',
    "<blockquote expandable>x</blockquote>",
    '<pre><code class="language-python">x</code></pre>',
    "&lt; &#0; &#128512; &nbsp; & &ampere",
)
_PIECES = st.sampled_from(
    [
        *("<b>", "</b>", "<B>", "</b >", "<b/>", "<b x>", "<b =x>", "<b x=>", '<b x=">">', "<b\u00a0x>", "<s\n>"),
        *('<a href="https://e.com/?a=1&b=2">', "<a href='e.com'>", "<a href=e.com>", "<a href=https://e.com>", "<a>"),
        *('<a href="https://e.com>', "</a>", '<span class="tg-spoiler">', "<span class=tg-spoiler>", "<span>"),
        *('<span class="tg-spoiler x">', '<tg-emoji emoji-id="12">', '<tg-emoji emoji-id="a">', "</tg-emoji>"),
        *('<tg-time unix="1">', '<tg-time unix="0">', '<tg-time unix="1" format="é">', "</tg-time>", "</>", "<", ">"),
        *("&lt;", "&amp", "&amp;", "&nbsp;", "&#0;", "&#x1F600;", "&#55357;", "&#56832;", "&#00000065;", "&#1114111;"),
        *("&#X41;", "&#x0000041;", "&ltd", "</s>", "</span>", "x", " ", "\n", '"', "'", "😀", "é"),
    ]
)


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_the_platform_can_not_read_is_a_fault_with_its_reason(text):
    [sentence] = faults_of(text, TELEGRAM)
    assert sentence.startswith(UNREADABLE[text])


@pytest.mark.parametrize("text", READABLE)
def test_what_it_can_read_is_none(text):
    assert faults_of(text, TELEGRAM) == []
    assert TELEGRAM.limits.length(text) == len(parse(text).text)


@given(st.lists(_PIECES, min_size=1, max_size=6).map("".join))
@example("<b>&am</b>p;")
@hypothesis_settings(max_examples=300, deadline=None)
def test_whatever_is_let_pass_the_platform_reads_and_counts_alike(text):
    text = text.strip()
    if faults_of(text, TELEGRAM):
        return
    try:
        parsed = parse(text)
    except BadMarkup as complaint:
        raise AssertionError(f"{text!r} was let pass: {complaint}") from complaint
    assert TELEGRAM.limits.length(text) == len(parsed.text), text


@pytest.mark.parametrize("text", ["<a href=https://example.com/x>Read on</a>", "x &#55357; x"])
@pytest.mark.django_db(transaction=True)
def test_own_words_that_can_not_be_read_are_a_problem_and_are_not_sent(telegram_account, sandbox, text):
    clock = Clock()
    item = factories.make_item(telegram_account, publish_at=clock(), captions={"telegram": text})
    shown = captions.preview(item, telegram_account, link="https://example.com/")
    assert [problem.code for problem in shown.problems if problem.stops] == ["markup"]
    assert dispatch.drain(clock=clock) == {"rejected": 1}
    post = item.posts.get()
    assert (post.error_kind, post.error) == ("rejected", shown.problems[0].message)
    assert (Attempt.objects.get(post=post).sent_at, sandbox.calls) == (None, [])
