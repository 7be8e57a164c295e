"""Media of the pretended X: one-shot upload, alt text, and what a post may carry; nothing shows before the post.

https://docs.x.com/x-api/media/upload-media · https://docs.x.com/x-api/media/create-media-metadata
https://docs.x.com/x-api/media/quickstart/best-practices
"""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from connectors.sandbox.stage import films, pictures
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, json_answer
from connectors.sandbox.twitter.refusals import invalid
from connectors.sandbox.twitter.users import User

LARGEST = {"image": 5 * 1024 * 1024, "gif": 15 * 1024 * 1024, "video": 512 * 1024 * 1024, "subtitles": 1024 * 1024}
LONGEST_ALT_TEXT = 1000
LIFE_SECONDS = 86_400
CATEGORIES = ("tweet_image", "tweet_video", "tweet_gif", "dm_image", "dm_video", "dm_gif", "subtitles")
_MEDIA_KEYS = {"image": 3, "gif": 16, "video": 13, "subtitles": 12}
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_FIELDS = {"media", "media_category", "additional_owners", "media_type", "shared"}


def upload(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """POST /2/media/upload: multipart with a file, or JSON with base64."""
    request = exchange.request
    given = request.json if isinstance(request.json, dict) else request.form
    check_names([*given, *request.files], _FIELDS)
    category = check_choice(given, "media_category", CATEGORIES)
    return json_answer(200, {"data": keep(exchange, user, content_of(exchange, given), category=category)})


def check_names(names: Sequence[str], known: set[str]) -> None:
    """Refuse what the schema of the call does not define."""
    for name in names:
        if name not in known:
            raise invalid(f"$.{name}: is not defined in the schema and the schema does not allow additional properties")


def check_choice(given: dict, name: str, choices: Sequence[str]) -> str:
    """The value of a parameter that has to be one of several."""
    if given.get(name) not in choices:
        raise invalid(f"$.{name}: does not have a value in the enumeration [{', '.join(choices)}]")
    return given[name]


def content_of(exchange: Exchange, given: dict) -> bytes:
    """The bytes sent along, as a file or as base64."""
    file = exchange.request.files.get("media")
    if file is not None:
        return file.content
    text = given.get("media")
    if not isinstance(text, str) or not text:
        raise invalid("$.media: is missing but it is required")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("$.media: is not base64") from error


def kind_of(category: str) -> str:
    """image, gif, video or subtitles."""
    return category.rpartition("_")[2]


def media_key(identifier: str, category: str) -> str:
    """The other name of an upload."""
    return f"{_MEDIA_KEYS[kind_of(category)]}_{identifier}"


def new_id(exchange: Exchange) -> str:
    """The id of an upload."""
    return str(1_991_000_000_000_000_000 + exchange.world.number())


def keep(exchange: Exchange, user: User, content: bytes, *, category: str, identifier: str = "") -> dict:
    """Look at the content and keep it; returns the ``data`` of a finished upload."""
    identifier, kind, world = identifier or new_id(exchange), kind_of(category), exchange.world
    if len(content) > LARGEST[kind]:
        raise invalid(f"File size exceeds {LARGEST[kind]} bytes.")
    answer: dict[str, object] = {"id": identifier, "media_key": media_key(identifier, category), "size": len(content)}
    if kind in ("image", "gif"):
        picture = _inspect(content)
        answer["image"] = {"w": picture.width, "h": picture.height, "image_type": picture.media_type}
        address = world.keep_picture(picture.content, picture.media_type)
    else:
        address = _film_address(exchange, content) if kind == "video" else ""
    kept = {"owner": user.handle, "alt_text": "", "media_url": address, "category": category, "looks_left": 0}
    kept["kind"] = "video" if kind == "video" else "image"
    with world.lock:
        world.shelves["media"][identifier] = kept
    return answer | {"expires_after_secs": LIFE_SECONDS}


def _film_address(exchange: Exchange, content: bytes) -> str:
    """Where the video is shown; "" when it is none, which its status will tell."""
    try:
        return exchange.world.keep_film(content, films.inspect(content).media_type)
    except films.NotAFilm:
        return ""


def _inspect(content: bytes) -> pictures.Picture:
    try:
        picture = pictures.inspect(content)
    except pictures.NotAPicture as error:
        raise invalid("media type unrecognized.") from error
    if picture.format not in _FORMATS:
        raise invalid("media type unrecognized.")
    return picture


def add_metadata(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """POST /2/media/metadata {id, metadata: {alt_text: {text}}}"""
    body: Any = exchange.request.json
    try:
        identifier, text = str(body["id"]), body["metadata"]["alt_text"]["text"]
    except (KeyError, TypeError) as error:
        raise invalid("$.metadata.alt_text.text: is missing but it is required") from error
    if set(body) - {"id", "metadata"} or not isinstance(text, str):
        raise invalid("the schema does not allow additional properties")
    if len(text) > LONGEST_ALT_TEXT:
        raise invalid(f"$.metadata.alt_text.text: must be at most {LONGEST_ALT_TEXT} characters long")
    kept = exchange.world.shelves["media"].get(identifier)
    if kept is None or kept["owner"] != user.handle:
        raise invalid("Your media IDs are invalid.", id=identifier)
    kept["alt_text"] = text
    return json_answer(200, {"data": {"id": identifier, "associated_metadata": {"alt_text": {"text": text}}}})


def attached(exchange: Exchange, user: User, names: Sequence[str]) -> list[dict]:
    """The uploads that a post carries: up to four pictures, or one moving one, all ready and one's own."""
    shelf = exchange.world.shelves["media"]
    kept = [shelf[name] for name in names if name in shelf]
    ready = len(kept) == len(names) and all(
        one["owner"] == user.handle
        and not one["looks_left"]
        and one["media_url"]
        and one["category"].startswith(("tweet_", "amplify_"))
        for one in kept
    )
    moving = [one for one in kept if not one["category"].endswith("_image")]
    if not ready or (moving and len(kept) > 1):
        raise invalid("Your media IDs are invalid.", **{"media.media_ids": ",".join(names)})
    return kept
