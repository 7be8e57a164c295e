"""The pretended Bot API: sending, its HTML, its limits and its refusals."""

import json

import pytest
import requests

from connectors.looks import telegram_html
from tests.connectors.sandbox_calls import picture, telegram
from tests.support.silence import PATIENT

CHANNEL = "@news_desk"
UNPAIRED = (
    "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
)
#: https://core.telegram.org/bots/api#chatmemberadministrator: what is told of every administrator, and of channels'.
ADMINISTRATOR = {
    *("can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
    *("can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    *("can_delete_stories", "can_send_welcome_messages", "can_post_messages"),
}


def send(sandbox, text="Hi", *, chat_id=CHANNEL, **more):
    """sendMessage"""
    return telegram(sandbox, "sendMessage", chat_id=chat_id, text=text, **more)


def entity(kind, offset, length):
    """One MessageEntity in its list, as JSON."""
    return json.dumps([{"type": kind, "offset": offset, "length": length}])


def refusal(answer):
    """(HTTP status, description) of an answer that is no success."""
    told = answer.json()
    assert told["ok"] is False
    assert told["error_code"] == answer.status_code
    return answer.status_code, told["description"]


def test_a_message_goes_out_with_its_formatting(sandbox):
    answer = send(sandbox, '<b>Olympus</b> &lt;3 <a href="https://example.com/go/x">play</a>', parse_mode="HTML")
    result = answer.json()["result"]
    (post,) = sandbox.wall
    assert result["text"] == post.text == "Olympus <3 play"
    assert [entity["type"] for entity in result["entities"]] == ["bold", "text_link"]
    assert post.links == ["https://example.com/go/x"]
    assert (post.id, post.permalink) == (str(result["message_id"]), f"https://t.me/news_desk/{result['message_id']}")
    assert "<b>Olympus</b> &lt;3" in post.markup


@pytest.mark.parametrize(
    ("source", "entities"),
    [
        ('<tg-time unix="1796212800" format="wDT">tonight</tg-time>',
         [("date_time", 0, 7, {"unix_time": 1796212800, "date_time_format": "wDT"})]),
        ("<tg-time unix=1796212800>x</tg-time>", [("date_time", 0, 1, {"unix_time": 1796212800})]),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
         [("custom_emoji", 0, 2, {"custom_emoji_id": "5368324170671202286"})]),
        ('<pre><code class="language-python">x = 1</code></pre>', [("pre", 0, 5, {"language": "python"})]),
        ('<code class="language-go"><pre>x</pre></code>', [("pre", 0, 1, {"language": "go"})]),
        ('<pre>a<code class="language-go">x</code></pre>', [("pre", 0, 2, {}), ("code", 1, 1, {})]),
        ("<pre><code>x</code></pre>", [("pre", 0, 1, {}), ("code", 0, 1, {})]),
        ('<code class="language-go">x</code>', [("code", 0, 1, {})]),
        ("<a>example.com</a>", [("text_link", 0, 11, {"url": "http://example.com/"})]),
        ("<a>https://example.com/a?b#c</a>", [("text_link", 0, 25, {"url": "https://example.com/a?b#c"})]),
        ("<a>example.com </a>", []),
        ("<a>words</a>", []),
        ("<a href=example.com>x</a>", [("text_link", 0, 1, {"url": "http://example.com/"})]),
        ('<a href="https://example.com/?a=1&amp;b=2">x</a>',
         [("text_link", 0, 1, {"url": "https://example.com/?a=1&b=2"})]),
        ("<a href='tg://user?id=7'>x</a>", [("text_link", 0, 1, {"url": "tg://user?id=7"})]),
        ("<blockquote expandable>x</blockquote>", [("expandable_blockquote", 0, 1, {})]),
        ("<b any thing=goes>x</>", [("bold", 0, 1, {})]),
        ("<b></b>", []),
    ],
)  # fmt: skip
def test_tags_become_entities_as_the_server_makes_them(source, entities):
    expected = [{"type": kind, "offset": offset, "length": length} | more for kind, offset, length, more in entities]
    assert telegram_html.parse(source).entities == expected


def test_offsets_are_counted_in_utf_16_units():
    parsed = telegram_html.parse("😀<b>é</b>")
    assert parsed.entities == [{"type": "bold", "offset": 2, "length": 1}]


@pytest.mark.parametrize("way", ["form", "query", "json"])
def test_parameters_may_come_in_every_documented_way(sandbox, way):
    parameters = {"chat_id": CHANNEL, "text": "Hi", "link_preview_options": '{"is_disabled": true}'}
    url = f"{sandbox.url}/bot4242:sandbox-bot/sendMessage"
    if way == "json":
        answer = requests.post(url, json={**parameters, "link_preview_options": {"is_disabled": True}}, timeout=PATIENT)
    elif way == "query":
        answer = requests.get(url, params=parameters, timeout=PATIENT)
    else:
        answer = requests.post(url, data=parameters, timeout=PATIENT)
    assert answer.json()["ok"] is True
    assert sandbox.wall[0].text == "Hi"


def test_a_photo_comes_by_address_or_as_an_upload(sandbox):
    by_address = telegram(sandbox, "sendPhoto", chat_id=CHANNEL, photo="https://example.com/a.png", caption="One")
    upload = {"photo": ("a.jpg", picture(sandbox, "wide.jpg"))}
    uploaded = telegram(sandbox, "sendPhoto", chat_id=CHANNEL, files=upload, disable_notification="true")
    assert by_address.json()["result"]["photo"][0]["width"] == 1080
    assert uploaded.json()["result"]["photo"][0]["height"] == 630
    first, second = sandbox.wall
    assert (first.text, first.silent, second.text, second.silent) == ("One", False, "", True)
    assert requests.get(first.media_url, timeout=PATIENT).headers["Content-Type"] == "image/png"


def test_a_link_is_previewed_unless_the_sender_says_no(sandbox):
    send(sandbox, "See https://example.com/a and https://example.com/b")
    send(sandbox, "See https://example.com/a", link_preview_options='{"is_disabled": true}')
    assert [post.preview_link for post in sandbox.wall] == ["https://example.com/a", ""]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("RTP <3 tonight", 'Unsupported start tag "3" at byte offset 4'),
        ("x <br> y", 'Unsupported start tag "br" at byte offset 2'),
        ("é <h1>t</h1>", 'Unsupported start tag "h1" at byte offset 3'),
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x<i>y</b></i>", 'Unmatched end tag at byte offset 8, expected "</i>", found "</b>"'),
        ("closed</b>", "Unexpected end tag at byte offset 6"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<span class="big">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ('<tg-emoji emoji-id="012">x</tg-emoji>', "Invalid custom emoji identifier specified"),
        ('<tg-time unix="1796212800" format="rt">x</tg-time>', "Invalid date format used"),
        ("<tg-time>x</tg-time>", "Invalid date specified"),
        ("&#xD83D;&#xDE00;", UNPAIRED),
        ("x&#56832", UNPAIRED),
        ("<b =x>y</b>", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("é<b a=x,>y</b>", "Unexpected end of name token at byte offset 7"),
        ("<b a='x>y</b>", "Unclosed start tag at byte offset 0"),
    ],
)
def test_bad_markup_is_refused_in_the_servers_words(sandbox, text, complaint):
    expected = f"Bad Request: can't parse entities: {complaint}"
    assert refusal(send(sandbox, text, parse_mode="HTML")) == (400, expected)
    assert sandbox.wall == []


def test_limits_count_code_points_after_parsing(sandbox):
    assert send(sandbox, "<b>" + "😀" * 4095 + "</b>&amp;", parse_mode="HTML").status_code == 200
    assert refusal(send(sandbox, "😀" * 4097))[1] == "Bad Request: message is too long"
    photo = {"chat_id": CHANNEL, "photo": "https://example.com/a.jpg"}
    assert telegram(sandbox, "sendPhoto", caption="&amp;" * 1024, parse_mode="HTML", **photo).status_code == 200
    long = telegram(sandbox, "sendPhoto", caption="x" * 1025, **photo)
    assert refusal(long)[1] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"chat_id": "news"}, "chat not found"),
        ({"txt": "Hi"}, "unknown parameter txt"),
        ({"parse_mode": "Word"}, "unsupported parse_mode"),
        ({"link_preview_options": "no"}, "can't parse link preview options JSON object"),
        ({"link_preview_options": '{"off": true}'}, "can't parse link preview options JSON object"),
        ({"reply_markup": "no"}, "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": "[1]"}, "object expected as reply markup"),
        ({"reply_markup": '{"a": 1}'}, "object expected as reply markup"),
        (
            {"reply_markup": '{"inline_keyboard": [[{}]]}'},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        ({"entities": '{"a": 1}'}, "can't parse entities: expected an Array of MessageEntity"),
        ({"entities": "[7]"}, "can't parse MessageEntity: expected an Object"),
        ({"entities": entity("sparkle", 0, 1)}, "can't parse MessageEntity: Unsupported type specified"),
        ({"entities": entity("text_link", 0, 1)}, "can't parse MessageEntity: Unsupported type specified"),
        (
            {"entities": entity("bold", 1, 4), "text": "Hi😀"},
            "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 5",
        ),
        ({"entities": entity("bold", 3, 1)}, "entity begins after the end of the text at UTF-16 offset 3"),
        ({"suggested_post_parameters": "{}"}, "suggested_post_parameters is documented but not pretended here"),
    ],
)
def test_a_senseless_message_is_a_bad_request(sandbox, parameters, description):
    answer = telegram(sandbox, "sendMessage", **{"chat_id": CHANNEL, "text": "Hi", **parameters})
    assert refusal(answer) == (400, f"Bad Request: {description}")
    assert sandbox.wall == []


@pytest.mark.parametrize(
    ("photo", "description"),
    [
        ("", "there is no photo in the request"),
        ("AgACAgQ", "wrong file identifier/HTTP URL specified"),
        ("https://", "wrong HTTP URL specified"),
        ("http://127.0.0.1:1/a.jpg", "failed to get HTTP URL content"),
        ("{sandbox}/_media/nowhere", "failed to get HTTP URL content"),
        ("{sandbox}/_media/sample/text.html", "wrong type of the web page content"),
        ("{sandbox}/_media/sample/broken.jpg", "IMAGE_PROCESS_FAILED"),
        ("{sandbox}/_media/sample/huge.jpg", "file is too big"),
        ("{sandbox}/_media/sample/thread.png", "PHOTO_INVALID_DIMENSIONS"),
    ],
)
def test_a_photo_that_cannot_be_one_is_a_bad_request(sandbox, photo, description):
    answer = telegram(sandbox, "sendPhoto", chat_id=CHANNEL, photo=photo.replace("{sandbox}", sandbox.url))
    assert refusal(answer) == (400, f"Bad Request: {description}")


def test_an_upload_may_be_larger_than_a_download(sandbox):
    files = {"photo": ("huge.jpg", picture(sandbox, "huge.jpg"))}
    assert telegram(sandbox, "sendPhoto", chat_id=CHANNEL, files=files).status_code == 200


@pytest.mark.parametrize(
    ("token", "method", "expected"),
    [
        ("4242:AAE-revoked", "getMe", (401, "Unauthorized")),
        ("4242:sandbox-expired", "getMe", (401, "Unauthorized")),
        ("nonsense", "getMe", (404, "Not Found")),
        ("4242:sandbox-bot", "getUpdate", (404, "Not Found: method not found")),
    ],
)
def test_a_bad_token_or_method_gets_the_vendors_refusal(sandbox, token, method, expected):
    assert refusal(telegram(sandbox, method, token=token)) == expected


@pytest.mark.parametrize("method", ["getFile", "sendAnimation", "editMessageMedia", "sendRichMessage", "SETWEBHOOK"])
def test_a_documented_method_that_is_not_pretended_says_so_and_blames_no_token(sandbox, method):
    answer = telegram(sandbox, method)
    assert refusal(answer) == (400, f"Bad Request: {method} is documented but not pretended here")


@pytest.mark.parametrize(("chat", "names"), [(CHANNEL, {"sender_chat"}), ("-4567", {"from"}), ("77", {"from"})])
def test_a_channel_speaks_for_itself_and_elsewhere_the_bot_does(sandbox, chat, names):
    told = send(sandbox, chat_id=chat).json()["result"]
    assert {"sender_chat", "from"} & set(told) == names


@pytest.mark.parametrize("way", ["form", "json"])
def test_the_method_may_be_named_in_the_body_too(sandbox, way):
    url, told = f"{sandbox.url}/bot4242:sandbox-bot/sendMessage", {"chat_id": CHANNEL, "text": "Hi"}
    body = {"json" if way == "json" else "data": told | {"method": "sendMessage"}}
    assert requests.post(url, **body, timeout=PATIENT).json()["result"]["text"] == "Hi"


def test_the_bot_knows_itself_its_chat_and_its_rights(sandbox):
    me = telegram(sandbox, "getMe").json()["result"]
    assert (me["id"], me["is_bot"]) == (4242, True)
    chat = telegram(sandbox, "getChat", chat_id="-1001234567").json()["result"]
    assert chat["type"] == "channel"
    assert len(chat["accepted_gift_types"]) == 5
    member = telegram(sandbox, "getChatMember", chat_id=CHANNEL, user_id="4242").json()["result"]
    assert (member["status"], member["can_post_messages"]) == ("administrator", True)
    assert {name for name in member if name.startswith("can_")} == ADMINISTRATOR | {"can_edit_messages"}
    sandbox.scenario(CHANNEL, "no_permission")
    lacking = telegram(sandbox, "getChatMember", chat_id=CHANNEL, user_id="4242").json()["result"]
    assert lacking["can_post_messages"] is False


def test_waiting_is_told_twice(sandbox):
    sandbox.scenario(CHANNEL, "rate_limit", seconds=17)
    answer = send(sandbox)
    assert refusal(answer) == (429, "Too Many Requests: retry after 17")
    assert answer.json()["parameters"] == {"retry_after": 17}
    assert answer.headers["Retry-After"] == "17"


def test_a_group_that_moved_tells_its_new_id_and_answers_there(sandbox):
    sandbox.scenario("-4567", "migrate")
    answer = send(sandbox, chat_id="-4567")
    assert refusal(answer)[0] == 400
    moved = answer.json()["parameters"]["migrate_to_chat_id"]
    assert str(moved).startswith("-100")
    assert send(sandbox, chat_id=str(moved)).status_code == 200
    assert [post.address for post in sandbox.wall] == [str(moved)]


def test_markup_for_the_wall_holds_no_foreign_tag_or_script():
    parsed = telegram_html.parse('<a href="javascript:alert(1)">x</a>&lt;script&gt;<tg-spoiler>s</tg-spoiler>')
    assert "javascript" not in parsed.markup
    assert "<script" not in parsed.markup
    assert json.dumps(parsed.entities).count("text_link") == 0
