"""aiogram, unmodified, against the sandbox at the address in the first argument. It sends uploads in chunks."""

import asyncio
import sys

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import FSInputFile

from tests.clients.steps import take

URL, PICTURE, FILE = sys.argv[1:4]
CHAT = "@news_desk"


def call(method, *arguments, **more):
    """One call by a bot of its own, as a plain dictionary."""

    async def once():
        async with Bot("4242:sandbox-bot", session=AiohttpSession(api=TelegramAPIServer.from_base(URL))) as bot:
            told = await getattr(bot, method)(*arguments, **more)
            return told.model_dump(exclude_none=True, mode="json") if hasattr(told, "model_dump") else told

    return asyncio.run(once())


take(
    {
        "me": lambda: call("get_me"),
        "chat": lambda: call("get_chat", CHAT),
        "member": lambda: call("get_chat_member", CHAT, 4242),
        "text": lambda: call("send_message", CHAT, "Olympus"),
        "by address": lambda: call("send_photo", CHAT, PICTURE),
        "upload": lambda: call("send_photo", CHAT, FSInputFile(FILE, filename="olympus.jpg"), caption="Uploaded"),
        "not pretended": lambda: call("send_dice", CHAT),
    }
)
