"""python-telegram-bot, unmodified, against the sandbox at the address in the first argument."""

import asyncio
import sys

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity
from telegram.request import HTTPXRequest

from tests.clients.steps import take

URL, PICTURE = sys.argv[1:3]
CHAT, TOKEN = "@news_desk", "4242:sandbox-bot"


def call(method, *arguments, token=TOKEN, **more):
    """One call by a bot of its own, as a plain dictionary."""

    async def once():
        async with Bot(token, base_url=f"{URL}/bot", request=HTTPXRequest(httpx_kwargs={"trust_env": False})) as bot:
            told = await getattr(bot, method)(*arguments, **more)
            return told.to_dict() if hasattr(told, "to_dict") else told

    return asyncio.run(once())


BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Play", url="https://example.com/play")]])
NUMBERS = {}


def text():
    """A message with everything that goes along with one."""
    told = call(
        "send_message",
        CHAT,
        '<b>Olympus</b> <tg-time unix="1796212800" format="wDT">tonight</tg-time> https://example.com/a',
        parse_mode="HTML",
        reply_markup=BUTTON,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    NUMBERS["text"] = told["message_id"]
    return told


def photo():
    """A picture by its address."""
    told = call("send_photo", CHAT, PICTURE, caption="By address")
    NUMBERS["photo"] = told["message_id"]
    return told


with open(sys.argv[3], "rb") as file:
    CONTENT = file.read()

take(
    {
        "me": lambda: call("get_me"),
        "chat": lambda: call("get_chat", CHAT),
        "member": lambda: call("get_chat_member", CHAT, 4242),
        "text": text,
        "entities": lambda: call("send_message", CHAT, "Bold 😀", entities=[MessageEntity("bold", 0, 7)]),
        "by address": photo,
        "upload": lambda: call("send_photo", CHAT, CONTENT, caption="Uploaded"),
        "edit": lambda: call("edit_message_text", "Olympus is on", CHAT, NUMBERS["text"]),
        "edit again": lambda: call("edit_message_text", "Olympus is on", CHAT, NUMBERS["text"]),
        "caption": lambda: call("edit_message_caption", CHAT, NUMBERS["photo"], caption="New caption"),
        "gone": lambda: call("delete_message", CHAT, NUMBERS["photo"]),
        "gone again": lambda: call("delete_message", CHAT, NUMBERS["photo"]),
        "not pretended": lambda: call("send_dice", CHAT),
        "bad token": lambda: call("get_me", token="4242:revoked"),
        "bad tag": lambda: call("send_message", CHAT, "<h1>x</h1>", parse_mode="HTML"),
    }
)
