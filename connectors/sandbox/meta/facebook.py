"""The pretended Facebook Page: photos, posts and reading them back.

Photos: https://developers.facebook.com/docs/graph-api/reference/page/photos
Posts: https://developers.facebook.com/docs/graph-api/reference/page/feed
Reading back: https://developers.facebook.com/docs/graph-api/reference/page/published_posts
"""

import re
from dataclasses import replace
from time import monotonic

from connectors.looks.media import Shown
from connectors.sandbox.meta.common import authorise, boolean, graph_answer, only, refuse
from connectors.sandbox.meta.facebook_checks import attached, check_link, check_text, picture_of
from connectors.sandbox.meta.facebook_reads import list_posts
from connectors.sandbox.meta.facebook_refusals import REFUSALS
from connectors.sandbox.stage import pictures
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import Posting, now

__all__ = ["add_photo", "add_post", "list_posts"]

_PHOTO_PARAMETERS = {"url", "caption", "message", "name", "published", "alt_text_custom", "temporary", "no_story",
                     "unpublished_content_type", "fields"}  # fmt: skip
_FEED_PARAMETERS = {"message", "link", "published", "attached_media", "fields"}
#: Named by the pages of both edges, and those of one.
_DOCUMENTED = {"scheduled_publish_time", "targeting", "feed_targeting", "place", "tags", "backdated_time",
               "backdated_time_granularity", "sponsor_id", "sponsor_relationship", "privacy"}  # fmt: skip
_PHOTO_DOCUMENTED = _DOCUMENTED | {"allow_spherical_photo", "target_id", "user_selected_tags", "vault_image_id"}
_FEED_DOCUMENTED = _DOCUMENTED | {"call_to_action", "child_attachments", "multi_share_end_card", "og_action_type_id",
                                  "multi_share_optimized", "object_attachment", "name", "caption", "description",
                                  "picture", "thumbnail", "unpublished_content_type", "actions"}  # fmt: skip


def add_photo(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{page}/photos: out at once, or a draft when ``published`` is false."""
    page = match["id"]
    published = given.get("published", "").lower() not in ("false", "0")
    exchange.concerns("facebook", page, creates=published)
    authorise(exchange, given)
    only(given, _PHOTO_PARAMETERS, documented=_PHOTO_DOCUMENTED)
    boolean(given, "published", default=True)
    text = given.get("caption") or given.get("message") or given.get("name") or ""
    check_text(text)
    picture = picture_of(exchange, given)
    if not published:
        return graph_answer({"id": _keep_photo(exchange, given, picture, text)["id"]})

    def make() -> Answer:
        photo = _keep_photo(exchange, given, picture, text)
        if boolean(given, "no_story", default=False):
            return graph_answer({"id": photo["id"]})
        post = _put_up(exchange, text, photos=[photo])
        photo["page_story_id"] = post.id
        return _created(given, {"id": photo["id"], "post_id": post.id})

    return exchange.create(make, REFUSALS)


def add_post(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{page}/feed: a text, a link, or photos uploaded before."""
    published = given.get("published", "").lower() not in ("false", "0")
    exchange.concerns("facebook", match["id"], creates=published)
    authorise(exchange, given)
    plain = {name: value for name, value in given.items() if not name.startswith("attached_media[")}
    only(plain, _FEED_PARAMETERS, documented=_FEED_DOCUMENTED)
    boolean(given, "published", default=True)
    text, link = given.get("message", ""), given.get("link", "")
    check_text(text)
    check_link(link)
    photos = attached(exchange, given)
    if not (text.strip() or link or photos):
        raise refuse(100, "(#100) Missing message or attachment")

    def make() -> Answer:
        post = _put_up(exchange, text, photos=photos, link=link, published=published)
        for used in photos:
            used["page_story_id"] = post.id
        return _created(given, {"id": post.id})

    return exchange.create(make, REFUSALS)


def _created(given: dict, fields: dict) -> Answer:
    """The recorded trap: a write that carries ``fields`` is done and then answered with 400 code 20."""
    if "fields" in given:
        message = "(#20) The fields parameter could not be read after the write"
        raise refuse(20, message, subcode=1772107)
    return graph_answer(fields)


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


def _put_up(exchange: Exchange, text: str, *, photos: list[dict], link: str = "", published: bool = True) -> Posting:
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
        media=tuple(Shown("image", one["media_url"], one["alt_text"]) for one in photos),
        visible_from=monotonic() + lag,
    )
    if not published:
        return post
    return world.put_up(replace(post, preview_link=link))
