"""How Telegram counts: https://github.com/tdlib/td, ``decode_html_entity`` in MessageEntity.cpp."""

import pytest

from connectors.vendors.telegram.text import visible_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("&lt;&gt;&amp;&quot;", 4),
        ("&lt&gt ", 3),
        ("&#65;&#x41;&#128512;", 3),
        ("&#1234567;", 10),  # no letter has this number
        ("&#0;", 4),
        ("&#1114110;", 1),
        ("&#1114111;", 10),
        ("&#0000065;", 1),
        ("&#00000065;", 11),  # one digit more than the server reads
        ("&#x000041;", 1),
        ("&#x0000041;", 11),
        ("&#X41;", 6),
        ("&nbsp;&LT;", 10),
        ("&ampere &ltd", 12),
        ("<b>&am</b>p;", 5),
        ('<a href="https://example.com/?a=1&amp;b=2">x</a>', 1),
    ],
)
def test_an_entity_is_one_letter_only_where_the_server_takes_it_for_one(text, length):
    assert visible_length(text) == length
