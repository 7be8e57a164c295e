"""Media of the pretended X: one-shot upload and alt text; both without visible effect.

https://docs.x.com/x-api/media/upload-media · https://docs.x.com/x-api/media/create-media-metadata
"""

import base64
import binascii
import re

from connectors.sandbox import pictures
from connectors.sandbox.exchange import Exchange
from connectors.sandbox.twitter_refusals import invalid
from connectors.sandbox.twitter_users import User
from connectors.sandbox.wire import Answer, json_answer

LARGEST_IMAGE, LARGEST_ANIMATION, LONGEST_ALT_TEXT = 5 * 1024 * 1024, 15 * 1024 * 1024, 1000
LIFE_SECONDS = 86_400
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_FIELDS = {"media", "media_category", "additional_owners", "media_type", "shared"}


def upload(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """POST /2/media/upload: multipart with a file, or JSON with base64."""
    request = exchange.request
    given = request.json if isinstance(request.json, dict) else request.form
    for name in [*given, *request.files]:
        if name not in _FIELDS:
            raise invalid(f"$.{name}: is not defined in the schema and the schema does not allow additional properties")
    if given.get("media_category") != "tweet_image":
        raise invalid("$.media_category: does not have a value in the enumeration [tweet_image]")
    picture = _inspect(_content(exchange, given))
    world = exchange.world
    identifier = str(1_991_000_000_000_000_000 + world.number())
    kept = {"owner": user.handle, "alt_text": "", "media_url": world.keep_picture(picture.content, picture.media_type)}
    with world.lock:
        world.shelves["media"][identifier] = kept
    image = {"w": picture.width, "h": picture.height, "image_type": picture.media_type}
    told = {"id": identifier, "media_key": f"3_{identifier}", "size": picture.size, "expires_after_secs": LIFE_SECONDS}
    return json_answer(200, {"data": told | {"image": image}})


def add_metadata(exchange: Exchange, user: User, _match: re.Match) -> Answer:
    """POST /2/media/metadata {id, metadata: {alt_text: {text}}}"""
    told = exchange.request.json
    try:
        identifier, text = str(told["id"]), told["metadata"]["alt_text"]["text"]
    except (KeyError, TypeError) as error:
        raise invalid("$.metadata.alt_text.text: is missing but it is required") from error
    if set(told) - {"id", "metadata"} or not isinstance(text, str):
        raise invalid("the schema does not allow additional properties")
    if len(text) > LONGEST_ALT_TEXT:
        raise invalid(f"$.metadata.alt_text.text: must be at most {LONGEST_ALT_TEXT} characters long")
    kept = exchange.world.shelves["media"].get(identifier)
    if kept is None or kept["owner"] != user.handle:
        raise invalid("Your media IDs are invalid.", id=identifier)
    kept["alt_text"] = text
    return json_answer(200, {"data": {"id": identifier, "associated_metadata": {"alt_text": {"text": text}}}})


def _content(exchange: Exchange, given: dict) -> bytes:
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


def _inspect(content: bytes) -> pictures.Picture:
    try:
        picture = pictures.inspect(content)
    except pictures.NotAPicture as error:
        raise invalid("media type unrecognized.") from error
    if picture.format not in _FORMATS:
        raise invalid("media type unrecognized.")
    limit = LARGEST_ANIMATION if picture.animated else LARGEST_IMAGE
    if picture.size > limit:
        raise invalid(f"File size exceeds {limit} bytes.")
    return picture
