"""Messages of the pretended Telegram as they hang on the wall: an album is one post of several messages.

https://core.telegram.org/bots/api#message · https://core.telegram.org/bots/api#sendmediagroup
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.looks.media import Shown
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.world import Posting, World, now
from connectors.sandbox.telegram import replies
from connectors.sandbox.telegram.chats import bot_of
from connectors.sandbox.telegram.text import Message


@dataclass(frozen=True)
class Medium:
    """A photo or video that the platform has: how the wall shows it, and its field of the Message."""

    shown: Shown
    told: dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """One message to be: its words and what hangs above them."""

    words: Message
    medium: Medium | None = None


def put_up(
    exchange: Exchange, bot: int, given: dict, *, chat: dict, pieces: Sequence[Piece], markup: dict | None = None
) -> list[dict]:
    """Publish one message a piece, all as one post; what is kept of each."""
    world = exchange.world
    with world.lock:
        first = world.shelves["messages"].get(chat["id"], 100) + 1
        world.shelves["messages"][chat["id"]] = first + len(pieces) - 1
        numbers = range(first, first + len(pieces))
        group = str(world.number() << 24) if len(pieces) > 1 else ""
        post = Posting(
            platform="telegram",
            address=given["chat_id"],
            id=",".join(map(str, numbers)),
            text="",
            posted_at=now(),
            permalink=_permalink(chat, first),
            silent=given.get("disable_notification", "").lower() in ("true", "1"),
            reply_to=replies.answered(exchange, given, chat),
        )
        messages = []
        for number, piece in zip(numbers, pieces, strict=True):
            kept = {"chat": chat, "bot": bot, "number": number, "group": group, "post": post, "markup": markup or {}}
            messages.append(kept | {"words": piece.words, "medium": piece.medium})
            world.shelves["sent"][chat["id"], number] = messages[-1]
        world.put_up(post)
        change(world, messages[0])
    return messages


def change(world: World, kept: dict, **facts: Any) -> None:
    """Let the post on the wall say what its messages say now."""
    with world.lock:
        old, rest = kept["post"], _siblings(world, kept)
        worded = [one["words"] for one in rest if one["words"].text]
        post = replace(
            old,
            text="\n".join(words.text for words in worded),
            markup="\n".join(words.markup for words in worded),
            more_links=tuple(entity["url"] for words in worded for entity in words.entities if "url" in entity),
            media=tuple(one["medium"].shown for one in rest if one["medium"]),
            **facts,
        )
        world.put_instead(old, post)
        for one in rest:
            one["post"] = post


def take_down(world: World, kept: dict) -> None:
    """Delete one message; its post is gone with the last."""
    with world.lock:
        world.shelves["sent"].pop((kept["chat"]["id"], kept["number"]), None)
        if rest := _siblings(world, kept):
            change(world, rest[0])
        else:
            world.take_down(kept["post"])


def _siblings(world: World, kept: dict) -> list[dict]:
    """The messages of the same post that are still out."""
    sent, chat = world.shelves["sent"], kept["chat"]["id"]
    numbers = [int(number) for number in kept["post"].id.split(",")]
    return [sent[chat, number] for number in numbers if (chat, number) in sent]


def message_of(kept: dict) -> dict:
    """The message as the Bot API tells it."""
    chat, post, words, medium = kept["chat"], kept["post"], kept["words"], kept["medium"]
    sender = {"sender_chat": chat} if chat["type"] == "channel" else {"from": bot_of(kept["bot"])}
    edited = {"edit_date": int(post.edited_at.timestamp())} if post.edited_at else {}
    more = {
        **(medium.told if medium else {}),
        "media_group_id": kept["group"],
        "caption" if medium else "text": words.text,
        "caption_entities" if medium else "entities": words.entities,
        "reply_markup": kept["markup"],
    }
    head = {"message_id": kept["number"], **sender, "chat": chat, "date": int(post.posted_at.timestamp())}
    return head | edited | {name: value for name, value in more.items() if value}


def _permalink(chat: dict, number: int) -> str:
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{number}"
    return f"https://t.me/c/{str(chat['id']).removeprefix('-100')}/{number}" if chat["type"] == "channel" else ""
