"""What is printed or kept holds no secret: every shape of a token, to the letter, and secrets that we were told."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import http
from connectors.masking import MaskingFilter, mask
from tests.connectors.rawserver import RawServer, answer

SHAPES = [
    (
        "POST https://api.telegram.org/bot4242:AAH-x_Y9-tail/sendMessage",
        "POST https://api.telegram.org/bot***/sendMessage",
    ),
    ("/bot4242:-a-b-", "/bot***"),
    ("/me?access_token=EAAB-1.2|3&x=1", "/me?access_token=***&x=1"),
    ("/debug_token?input_token=EA-AB&access_token=1|shh", "/debug_token?input_token=***&access_token=***"),
    ("?client_secret=s-h.h&x=1", "?client_secret=***&x=1"),
    ("?fb_exchange_token=EA-AB&x=1", "?fb_exchange_token=***&x=1"),
    ("fields=name&appsecret_proof=0a1b2c", "fields=name&appsecret_proof=***"),
    ('url "https://x.example/?access_token=EA-AB" here', 'url "https://x.example/?access_token=***" here'),
    ("url 'https://x.example/?access_token=EA-AB' here", "url 'https://x.example/?access_token=***' here"),
    ("access_token=EA-AB\nnext line", "access_token=***\nnext line"),
    ("Authorization: Bearer EAAB.c-d_e~f+g/h=|0123456789", "Authorization: Bearer ***"),
    ("oauth_token=a-b&oauth_token_secret=c-d&user_id=1", "oauth_token=***&oauth_token_secret=***&user_id=1"),
    ("?oauth_token=a-b&oauth_verifier=c-d", "?oauth_token=***&oauth_verifier=***"),
    ('OAuth oauth_token="a-b%2F", oauth_nonce="n"', 'OAuth oauth_token="***", oauth_nonce="n"'),
    ('oauth_consumer_key="key", oauth_version="1.0"', 'oauth_consumer_key="***", oauth_version="1.0"'),
    ('oauth_signature="a%3D", x', 'oauth_signature="***", x'),
    ('{"access_token":"EA-AB","expires_in":5}', '{"access_token":"***","expires_in":5}'),
    ('{"access_token": "EA-AB', '{"access_token": "***'),
    ('{"refresh_token" : "r", "bot_token":"1:a", "client_secret":"s"}',
     '{"refresh_token" : "***", "bot_token":"***", "client_secret":"***"}'),
]  # fmt: skip


@pytest.mark.parametrize(("leak", "left"), SHAPES)
def test_nothing_of_a_token_stays_and_nothing_else_goes(leak, left):
    assert mask(leak) == left


@pytest.mark.parametrize(
    "words", ["The access_token is missing.", "Bearer of news", "/both:4242", '"access_token": null']
)
def test_words_about_tokens_are_left_alone(words):
    assert mask(words) == words


@pytest.mark.parametrize("told", [["shh-12", "shh-12-long"], ["shh-12-long", "shh-12"]])
def test_of_two_secrets_that_begin_alike_nothing_stays(told):
    assert mask("a shh-12-long b shh-12 c", told) == "a *** b *** c"


@given(st.lists(st.text("abc-", min_size=4, max_size=9), min_size=1, max_size=4), st.data())
def test_whatever_the_secrets_none_is_left_in_the_text(secrets, data):
    words = data.draw(st.lists(st.sampled_from(secrets), max_size=5))
    masked = mask(" ".join(words), secrets)
    assert masked == " ".join("***" for _ in words)


class Ear(logging.Handler):
    """Keeps what a logger says before any handler of the site has seen it."""

    def __init__(self, logger: str) -> None:
        super().__init__()
        self.logger, self.heard = logging.getLogger(logger), []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())

    def __enter__(self) -> "Ear":
        self.before = (self.logger.level, self.logger.propagate)
        self.logger.setLevel(logging.DEBUG)
        self.logger.propagate = False
        self.logger.addHandler(self)
        return self

    def __exit__(self, *_exception: object) -> None:
        self.logger.removeHandler(self)
        self.logger.setLevel(self.before[0])
        self.logger.propagate = self.before[1]


def test_urllib3_prints_no_token_although_nobody_told_it_the_secret():
    with Ear("urllib3.connectionpool") as ear, RawServer(answer(content={})) as server:
        http.call("GET", server.url, params={"input_token": "EAAB-unheard-of", "access_token": "12|unheard-of"})
    said = "\n".join(ear.heard)
    assert "input_token=***&access_token=***" in said
    assert "unheard-of" not in said


def test_the_filter_masks_what_a_record_is_put_together_from():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "GET %s", ("/me?access_token=EA-AB",), None)
    assert MaskingFilter().filter(record)
    assert record.getMessage() == "GET /me?access_token=***"
