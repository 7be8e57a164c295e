"""Telegram: what is sent, how it is counted, where it is then, and what the bot may do."""

from dataclasses import replace

import pytest

from connectors.base import Outgoing, Published
from connectors.errors import OutcomeUnknown, Rejected
from connectors.telegram import Telegram
from tests.connectors import payloads
from tests.connectors.given import one
from tests.connectors.rawserver import RawServer
from tests.connectors.telegram_calls import CHANNEL, LONG, PICTURED, SENT, WORDS, body_of, bot


class TestWhatIsSent:
    def sent(self, outgoing: Outgoing, **options) -> tuple[str, dict]:
        with RawServer(SENT) as server:
            connector = bot(server.url, **options)
            connector.publish(outgoing, connector.prepare(outgoing, ""))
            [asked] = server.asked
        return asked.path.rpartition("/")[2], body_of(asked)

    def test_a_text_is_a_message_in_html(self):
        assert self.sent(WORDS) == ("sendMessage", {"chat_id": CHANNEL, "text": WORDS.text, "parse_mode": "HTML"})

    def test_a_text_with_a_picture_is_a_photo_with_a_caption(self):
        expected = {"chat_id": CHANNEL, "caption": WORDS.text, "parse_mode": "HTML", "photo": PICTURED.media_url}
        assert self.sent(PICTURED) == ("sendPhoto", expected)

    def test_silent_accounts_post_without_a_sound(self):
        assert self.sent(WORDS, silent=True)[1]["disable_notification"] is True
        assert self.sent(PICTURED, silent=True)[1]["disable_notification"] is True

    def test_the_preview_of_a_link_can_be_switched_off(self):
        assert self.sent(WORDS, link_preview=False)[1]["link_preview_options"] == {"is_disabled": True}

    def test_a_long_text_can_go_as_a_message_with_the_picture_above_it(self):
        method, sent = self.sent(replace(PICTURED, text=LONG), long_text="message", link_preview=False)
        assert method == "sendMessage"
        assert sent["link_preview_options"] == {
            "url": PICTURED.media_url,
            "prefer_large_media": True,
            "show_above_text": True,
        }

    def test_with_that_option_a_short_text_is_still_a_caption(self):
        assert self.sent(PICTURED, long_text="message")[0] == "sendPhoto"

    def test_a_public_chat_s_name_may_come_without_its_sign(self):
        assert bot("http://x", address="olympus_news").address == "@olympus_news"
        assert bot("http://x", address="@olympus_news").address == "@olympus_news"
        assert bot("http://x", address=CHANNEL).address == CHANNEL


class TestLengths:
    @pytest.mark.parametrize(
        ("text", "length"),
        [
            ("", 0),
            ("abc", 3),
            ("<b>abc</b>", 3),
            ('<a href="https://example.com/?a=1&amp;b=2">here</a>', 4),
            ("<a href='x>y'>here</a>", 4),
            ("a &lt; b &amp; c &gt; d &quot;e&quot;", 17),
            ("&#39;&#x27;", 2),
            ("&nbsp;", 6),
            ("&copy;", 6),
            ("5 < 6 and 7 > 6", 15),
            ("👨‍👩‍👧‍👦", 7),
            ("𝔘", 1),
            ("e\u0301", 2),
            ("<tg-spoiler>x</tg-spoiler><blockquote expandable>y</blockquote>", 2),
        ],
    )
    def test_code_points_are_counted_after_parsing(self, text, length):
        assert Telegram.limits.length(text) == length

    def test_an_account_that_sends_long_texts_as_messages_has_another_limit(self):
        assert bot("http://x").limits.text_with_media == 1024
        assert bot("http://x", long_text="message").limits.text_with_media == 4096
        assert Telegram.limits.text_with_media == 1024

    @pytest.mark.parametrize(
        ("outgoing", "options", "rule"),
        [
            (replace(WORDS, text="a" * 4097), {}, "4096 characters without a picture, this text has 4097"),
            (replace(PICTURED, text="a" * 1025), {}, "1024 characters with a picture, this text has 1025"),
            (replace(PICTURED, text="a" * 4097), {"long_text": "message"}, "4096 characters with a picture"),
            (replace(WORDS, text="a" * 1025, media=one(path="a.jpg")), {"long_text": "message"}, "public address"),
        ],
    )
    def test_too_long_a_text_is_refused_before_anything_is_sent(self, outgoing, options, rule):
        with pytest.raises(Rejected, match=rule):
            bot("http://127.0.0.1:1", **options).prepare(outgoing, "")

    @pytest.mark.parametrize("text", ["<b>" + "&amp;" * 1024 + "</b>", "😀" * 1024, "<i>é</i>" * 1024])
    def test_our_count_and_the_sandbox_s_agree_at_the_limit(self, text, platforms):
        outgoing = Outgoing(text, media=one(f"{platforms.url}/_media/sample/photo.jpg"))
        connector = bot(platforms.url)
        connector.publish(outgoing, connector.prepare(outgoing, ""))
        assert len(platforms.wall[0].text) == 1024


class TestWhereItIs:
    @pytest.mark.parametrize(
        ("case", "published"),
        [
            ("send_photo_public_channel", Published("318", "https://t.me/olympus_news/318")),
            ("send_message_private_channel", Published("42", "https://t.me/c/1445566778/42")),
            ("send_message_group", Published("7", "")),
        ],
    )
    def test_the_address_of_a_message_follows_from_its_chat(self, case, published):
        with RawServer(payloads.recorded("telegram", case)) as server:
            assert bot(server.url).publish(WORDS, "") == published

    def test_nobody_but_a_person_can_tell_what_became_of_a_message(self):
        with pytest.raises(OutcomeUnknown):
            bot("http://127.0.0.1:1").find_existing(WORDS, "")
        assert "newest posts" in Telegram.where_to_look


class TestToken:
    def status(self, *cases: str):
        with RawServer(*(payloads.recorded("telegram", case) for case in cases)) as server:
            return bot(server.url).check_token()

    @pytest.mark.parametrize("case", ["member_administrator", "member_of_group_administrator", "member_plain"])
    def test_a_bot_that_may_post_lacks_nothing(self, case):
        status = self.status("get_me", case)
        assert (status.valid, status.account_name, status.scopes_missing) == (True, "@autopost_bot", ())

    @pytest.mark.parametrize(
        "case", ["member_administrator_who_may_not_post", "member_left", "member_kicked", "member_restricted"]
    )
    def test_a_bot_that_may_not_post_says_so(self, case):
        status = self.status("get_me", case)
        assert status.valid and status.scopes_missing and CHANNEL in status.detail

    @pytest.mark.parametrize("case", ["error_chat_not_found", "error_not_a_member", "error_group_upgraded"])
    def test_a_chat_that_the_bot_cannot_see_does_not_make_its_token_bad(self, case):
        status = self.status("get_me", case)
        assert status.valid and status.scopes_missing and status.detail

    @pytest.mark.parametrize("case", ["error_unauthorized", "error_invalid_token", "error_malformed_path"])
    def test_a_revoked_token_is_not_valid(self, case):
        assert not self.status(case).valid
        assert not self.status("get_me", case).valid

    @pytest.mark.parametrize("case", ["error_method_not_found", "error_in_new_words"])
    def test_who_never_said_who_the_bot_is_accepted_no_token(self, case):
        with pytest.raises(Rejected):
            self.status(case)

    def test_in_the_sandbox_a_bot_without_rights_is_noticed(self, platforms):
        platforms.scenario("@olympus", "no_permission")
        assert bot(platforms.url, address="@olympus").check_token().scopes_missing == ("can_post_messages",)
