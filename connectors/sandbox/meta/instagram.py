"""The pretended Instagram professional account: containers, publishing, the daily quota.

https://developers.facebook.com/docs/instagram-platform/content-publishing
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media_publish
"""

import re
from datetime import timedelta

from connectors.looks.media import Shown
from connectors.sandbox.meta.common import authorise, chosen_fields, graph_answer, need, only, refuse
from connectors.sandbox.meta.facebook_reads import summary_of
from connectors.sandbox.meta.instagram_reads import IN_PROGRESS_LOOKS, advisory, list_media, status_of
from connectors.sandbox.meta.instagram_refusals import REFUSALS, instagram_error
from connectors.sandbox.meta.media import carousels
from connectors.sandbox.stage import pictures
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused
from connectors.sandbox.stage.world import Posting, now

__all__ = ["add_container", "list_media", "publish", "publishing_limit"]

LONGEST_CAPTION, MOST_HASHTAGS, MOST_MENTIONS, LONGEST_ALT_TEXT = 2200, 30, 20, 1000
LARGEST_IMAGE = 8 * 1024 * 1024
NARROWEST, WIDEST = 0.8, 1.91
QUOTA = 100
_CONTAINER_PARAMETERS = {"image_url", "caption", "alt_text", "is_ai_generated", "user_tags", "location_id",
                         "collaborators", "media_type", "children", "is_carousel_item", "video_url",
                         "share_to_feed"}  # fmt: skip
_DOCUMENTED = {"upload_type", "cover_url", "thumb_offset", "audio_name", "audio_configuration", "product_tags",
               "trial_params", "title", "is_paid_partnership", "branded_content_sponsor_ids",
               "cross_post_to_threads", "poll_attachment", "is_poll_duration_extended",
               "is_comment_prompt_used"}  # fmt: skip
_SHORTCODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def add_container(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{ig-user}/media: download the picture and keep a draft for 24 hours; nothing is visible."""
    exchange.concerns("instagram", match["id"])
    authorise(exchange, given)
    only(given, _CONTAINER_PARAMETERS, documented=_DOCUMENTED)
    if exchange.request.files:
        raise refuse(100, "(#100) The parameter image_url is required")
    _check_caption(given.get("caption", ""))
    if len(given.get("alt_text", "")) > LONGEST_ALT_TEXT:
        raise refuse(100, f"(#100) Param alt_text must be no longer than {LONGEST_ALT_TEXT} characters")
    world = exchange.world
    if carousels.is_one(given):
        held = carousels.hold(exchange, given)
    else:
        held = _held(exchange, given)
    waits = exchange.take("not_ready_twice").name == "not_ready_twice"
    container = {
        "id": f"1799{world.number():013d}",
        "address": exchange.call.address,
        "caption": given.get("caption", ""),
        "held": held,
        "child": carousels.is_child(given),
        "error": held.fault or carousels.fault_of_the_day(exchange, given),
        "ai": given.get("is_ai_generated") == "true",
        "created_at": now(),
        "looks_left": IN_PROGRESS_LOOKS if waits else held.looks,
        "published": False,
    }
    with world.lock:
        world.shelves["containers"][container["id"]] = container
    return graph_answer({"id": container["id"]})


def publish(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """POST /{ig-user}/media_publish. What a second call for a container does is not documented: here it doubles."""
    exchange.concerns("instagram", match["id"], creates=True)
    authorise(exchange, given)
    only(given, {"creation_id"})
    container = exchange.world.shelves["containers"].get(need(given, "creation_id"))
    if container is None or container["address"] != match["id"]:
        raise Refused(instagram_error(24, 2207006))
    status = status_of(container)
    if status == "ERROR" or container["child"]:
        raise Refused(instagram_error(24, 2207006))
    if status == "EXPIRED":
        raise Refused(instagram_error(24, 2207008))
    if status == "IN_PROGRESS":
        exchange.call.scenario = "not_ready_twice"
        raise Refused(instagram_error(9007, 2207027))
    if _used(exchange) >= QUOTA:
        raise Refused(instagram_error(9, 2207042))
    return exchange.create(lambda: graph_answer({"id": _put_up(exchange, container).id}), REFUSALS)


def publishing_limit(exchange: Exchange, match: re.Match, given: dict) -> Answer:
    """GET /{ig-user}/content_publishing_limit: how much of the day's allowance is used."""
    exchange.concerns("instagram", match["id"])
    authorise(exchange, given)
    advisory(exchange, match["id"])
    only(given, {"fields", "since", "limit", "summary"})
    fields = chosen_fields(given, ("quota_usage", "config"), default="quota_usage", node="ContentPublishingLimit")
    usage = QUOTA if exchange.meets("quota") else _used(exchange)
    known = {"quota_usage": usage, "config": {"quota_total": QUOTA, "quota_duration": 86400}}
    return graph_answer({"data": [{name: known[name] for name in fields}]} | summary_of(given, 1))


def _used(exchange: Exchange) -> int:
    since = now() - timedelta(days=1)
    return sum(one.posted_at > since for one in exchange.world.postings("instagram", exchange.call.address))


def _check_caption(caption: str) -> None:
    if len(caption) > LONGEST_CAPTION or len(re.findall(r"[#\uff03]\w+", caption)) > MOST_HASHTAGS:
        raise Refused(instagram_error(36004, 2207010))
    if len(re.findall(r"(?<!\w)@\w+", caption)) > MOST_MENTIONS:
        raise Refused(instagram_error(100, 2207040))


def _held(exchange: Exchange, given: dict) -> carousels.Held:
    try:
        picture = _picture(exchange, need(given, "image_url"))
    except Refused:
        if exchange.take("fetched_later").name != "fetched_later":
            raise
        return carousels.Held("image", (), fault=2207052)
    address = exchange.world.keep_picture(picture.content, picture.media_type)
    return carousels.Held("image", (Shown("image", address, given.get("alt_text", "")),))


def _picture(exchange: Exchange, url: str) -> pictures.Picture:
    if exchange.take("picture_refused").name == "picture_refused":
        raise Refused(instagram_error(9004, 2207052, about=url))
    try:
        picture = pictures.inspect(pictures.fetch(url, follow=False, agent=pictures.META_AGENT))
    except pictures.Unfetchable as error:
        code, subcode = (-2, 2207003) if error.slow else (9004, 2207052)
        raise Refused(instagram_error(code, subcode, about=url)) from error
    except pictures.NotAPicture as error:
        raise Refused(instagram_error(9004, 2207052, about=url)) from error
    if picture.format != "JPEG":
        raise Refused(instagram_error(36001, 2207005))
    if picture.size > LARGEST_IMAGE:
        raise Refused(instagram_error(36000, 2207004))
    if not NARROWEST <= picture.ratio <= WIDEST:
        raise Refused(instagram_error(36003, 2207009))
    return picture


def _put_up(exchange: Exchange, container: dict) -> Posting:
    world, number = exchange.world, exchange.world.number()
    identifier, code, rest = f"1800{number:013d}", "", number
    while rest:
        rest, digit = divmod(rest, 64)
        code = _SHORTCODE[digit] + code
    with world.lock:
        container["published"] = True
        return world.put_up(
            Posting(
                platform="instagram",
                address=exchange.call.address,
                id=identifier,
                text=container["caption"],
                posted_at=now(),
                permalink=f"{world.url}/_post/instagram/C{code}",
                ai=container["ai"],
                media=container["held"].shown,
            )
        )
