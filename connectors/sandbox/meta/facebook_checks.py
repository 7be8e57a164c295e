"""What the pretended Page looks at before it takes a post: text, link, photo, and photos uploaded before.

https://developers.facebook.com/docs/graph-api/reference/page/photos
"""

import json
from urllib.parse import urlsplit

from connectors.sandbox.meta.common import refuse
from connectors.sandbox.meta.facebook_refusals import bad_picture
from connectors.sandbox.stage import pictures
from connectors.sandbox.stage.exchange import Exchange

LONGEST_TEXT = 63_206
LARGEST_PHOTO = 4 * 1024 * 1024
_PHOTO_FORMATS = ("JPEG", "PNG", "GIF", "TIFF")


def check_text(text: str) -> None:
    """Is it short enough?"""
    if len(text) > LONGEST_TEXT:
        raise refuse(100, f"(#100) Param message must be no longer than {LONGEST_TEXT} characters")


def check_link(link: str) -> None:
    """Is it an address that the Page may share?"""
    if not link:
        return
    if not pictures.is_http_url(link):
        title = "The link could not be read"
        raise refuse(1609005, "(#1609005) The link could not be scraped.", title=title, user_message=f"{title}: {link}")
    host = (urlsplit(link).hostname or "").removeprefix("www.")
    if host in ("facebook.com", "fb.com", "m.facebook.com"):
        raise refuse(1609008, "(#1609008) Sharing a facebook.com link is not supported.", title="Links to Facebook")


def picture_of(exchange: Exchange, given: dict) -> pictures.Picture:
    """The photo, uploaded or downloaded, and looked at."""
    upload = exchange.request.files.get("source")
    if upload is None and not given.get("url"):
        raise refuse(324, "(#324) Requires upload file")
    unknown = sorted(set(exchange.request.files) - {"source"})
    if unknown:
        raise refuse(100, f"(#100) Unknown parameter(s): {', '.join(unknown)}")
    if upload is None and exchange.take("picture_refused").name == "picture_refused":
        raise bad_picture(2069019)
    try:
        content = upload.content if upload else pictures.fetch(given["url"], agent=pictures.META_AGENT)
        picture = pictures.inspect(content)
    except pictures.Unfetchable as error:
        message = "(#100) url should represent a valid URL"
        raise refuse(100, message, subcode=2061006, title="Invalid URL", user_message=str(error)) from error
    except pictures.NotAPicture as error:
        raise bad_picture(2069019) from error
    if picture.format not in _PHOTO_FORMATS or picture.size > LARGEST_PHOTO or picture.animated:
        raise bad_picture(1366046)
    return picture


def attached(exchange: Exchange, given: dict) -> list[dict]:
    """The photos uploaded before that ``attached_media`` names, as one list or as attached_media[0], [1], ..."""
    listed = given.get("attached_media", "")
    single = [value for name, value in sorted(given.items()) if name.startswith("attached_media[")]
    try:
        entries = [*(json.loads(listed) if listed else []), *(json.loads(value) for value in single)]
        names = [str(entry["media_fbid"]) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise refuse(100, "(#100) Param attached_media must be an array of {media_fbid}") from error
    photos = []
    for name in names:
        photo = exchange.world.shelves["photos"].get(name)
        if photo is None or photo["address"] != exchange.call.address:
            raise refuse(100, f"(#100) No permission to attach photo {name}, or it does not exist")
        photos.append(photo)
    return photos
