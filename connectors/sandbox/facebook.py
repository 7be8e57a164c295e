"""The pretended Facebook Page: photos, posts and reading them back.

Photos: https://developers.facebook.com/docs/graph-api/reference/page/photos
Posts: https://developers.facebook.com/docs/graph-api/reference/page/feed
Reading back: https://developers.facebook.com/docs/graph-api/reference/page/published_posts
"""

import json
import re
from dataclasses import replace
from time import monotonic
from urllib.parse import urlsplit

from connectors.sandbox import pictures
from connectors.sandbox.exchange import Exchange
from connectors.sandbox.facebook_reads import list_posts
from connectors.sandbox.facebook_refusals import REFUSALS, bad_picture
from connectors.sandbox.graph_common import authorise, boolean, graph_answer, only, refuse
from connectors.sandbox.wire import Answer
from connectors.sandbox.world import Posting, now

__all__ = ["add_photo", "add_post", "list_posts"]

LONGEST_TEXT = 63_206
LARGEST_PHOTO = 4 * 1024 * 1024
_PHOTO_FORMATS = ("JPEG", "PNG", "GIF", "TIFF")
_PHOTO_PARAMETERS = {"url", "caption", "message", "name", "published", "alt_text_custom", "temporary", "no_story",
                     "unpublished_content_type", "fields"}  # fmt: skip
_FEED_PARAMETERS = {"message", "link", "published", "attached_media", "fields"}


def add_photo(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{page}/photos: out at once, or a draft when ``published`` is false."""
    page = match["id"]
    published = given.get("published", "").lower() not in ("false", "0")
    exchange.concerns("facebook", page, creates=published)
    authorise(exchange, given)
    only(given, _PHOTO_PARAMETERS)
    boolean(given, "published", default=True)
    text = given.get("caption") or given.get("message") or given.get("name") or ""
    _check_text(text)
    picture = _picture(exchange, given)
    if not published:
        return graph_answer({"id": _keep_photo(exchange, given, picture, text)["id"]})

    def make() -> Answer:
        photo = _keep_photo(exchange, given, picture, text)
        if boolean(given, "no_story", default=False):
            return graph_answer({"id": photo["id"]})
        post = _put_up(exchange, text, photo=photo)
        photo["page_story_id"] = post.id
        return _created(given, {"id": photo["id"], "post_id": post.id})

    return exchange.create(make, REFUSALS)


def add_post(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{page}/feed: a text, a link, or photos uploaded before."""
    published = given.get("published", "").lower() not in ("false", "0")
    exchange.concerns("facebook", match["id"], creates=published)
    authorise(exchange, given)
    only({name: value for name, value in given.items() if not name.startswith("attached_media[")}, _FEED_PARAMETERS)
    boolean(given, "published", default=True)
    text, link = given.get("message", ""), given.get("link", "")
    _check_text(text)
    _check_link(link)
    photos = _attached(exchange, given)
    if not (text.strip() or link or photos):
        raise refuse(100, "(#100) Missing message or attachment")

    def make() -> Answer:
        photo = photos[0] if photos else {}
        post = _put_up(exchange, text, photo=photo, link=link, published=published)
        for used in photos:
            used["page_story_id"] = post.id
        return _created(given, {"id": post.id})

    return exchange.create(make, REFUSALS)


def _created(given: dict, told: dict) -> Answer:
    """The recorded trap: a write that carries ``fields`` is done and then answered with 400 code 20."""
    if "fields" in given:
        message = "(#20) The fields parameter could not be read after the write"
        raise refuse(20, message, subcode=1772107)
    return graph_answer(told)


def _check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise refuse(100, f"(#100) Param message must be no longer than {LONGEST_TEXT} characters")


def _check_link(link: str) -> None:
    if not link:
        return
    if not pictures.is_http_url(link):
        title = "The link could not be read"
        raise refuse(1609005, "(#1609005) The link could not be scraped.", title=title, user_message=f"{title}: {link}")
    host = (urlsplit(link).hostname or "").removeprefix("www.")
    if host in ("facebook.com", "fb.com", "m.facebook.com"):
        raise refuse(1609008, "(#1609008) Sharing a facebook.com link is not supported.", title="Links to Facebook")


def _picture(exchange: Exchange, given: dict) -> pictures.Picture:
    upload = exchange.request.files.get("source")
    if upload is None and not given.get("url"):
        raise refuse(324, "(#324) Requires upload file")
    unknown = sorted(set(exchange.request.files) - {"source"})
    if unknown:
        raise refuse(100, f"(#100) Unknown parameter(s): {', '.join(unknown)}")
    try:
        content = upload.content if upload else pictures.fetch(given["url"])
        picture = pictures.inspect(content)
    except pictures.Unfetchable as error:
        message = "(#100) url should represent a valid URL"
        raise refuse(100, message, subcode=2061006, title="Invalid URL", user_message=str(error)) from error
    except pictures.NotAPicture as error:
        raise bad_picture(2069019) from error
    if picture.format not in _PHOTO_FORMATS or picture.size > LARGEST_PHOTO or picture.animated:
        raise bad_picture(1366046)
    return picture


def _keep_photo(exchange: Exchange, given: dict, picture: pictures.Picture, text: str) -> dict:
    world = exchange.world
    photo = {
        "id": f"1220{world.number():014d}",
        "address": exchange.call.address,
        "name": text,
        "created_at": now(),
        "alt_text": given.get("alt_text_custom", ""),
        "media_url": world.keep_picture(picture.content, picture.media_type),
        "width": picture.width,
        "height": picture.height,
        "page_story_id": "",
    }
    with world.lock:
        world.shelves["photos"][photo["id"]] = photo
    return photo


def _put_up(exchange: Exchange, text: str, *, photo: dict, link: str = "", published: bool = True) -> Posting:
    world, page = exchange.world, exchange.call.address
    identifier = f"{page}_1221{world.number():014d}"
    lag = exchange.take("lagging").seconds
    post = Posting(
        platform="facebook",
        address=page,
        id=identifier,
        text=text,
        posted_at=now(),
        permalink=f"{world.url}/_post/facebook/{identifier}",
        link=link,
        media_url=photo.get("media_url", ""),
        alt_text=photo.get("alt_text", ""),
        visible_from=monotonic() + lag,
    )
    if not published:
        return post
    return world.put_up(replace(post, preview_link=link))


def _attached(exchange: Exchange, given: dict) -> list[dict]:
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
