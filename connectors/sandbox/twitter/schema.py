"""The body of POST /2/tweets as X's OpenAPI describes it: every property, its type and its bounds.

https://docs.x.com/x-api/posts/create-post (specification 2.167)
"""

import re
from collections.abc import Mapping
from typing import Any

from connectors.sandbox.twitter.refusals import invalid

#: Property -> what it must be; a mapping is an object of its own.
_ID = re.compile(r"[0-9]{1,19}")
REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
_BODY = {
    "text": str,
    "media": {
        "media_ids": (_ID, 1, 4),
        "tagged_user_ids": (_ID, 0, 10),
        "preview_media_id": _ID,
        "call_to_actions": dict,
        "description": str,
        "title": str,
        "embeddable": bool,
    },
    "poll": {"options": (re.compile(r".{1,25}", re.DOTALL), 2, 4), "duration_minutes": range(5, 10_081),
             "reply_settings": REPLY_SETTINGS},
    "reply": {"in_reply_to_tweet_id": _ID, "exclude_reply_user_ids": (re.compile(r".*"), 0, 1000),
              "auto_populate_reply_metadata": bool},
    "edit_options": {"previous_post_id": _ID},
    "geo": {"place_id": str},
    "reply_settings": REPLY_SETTINGS,
    "quote_tweet_id": _ID,
    "community_id": _ID,
    "card_uri": str,
    "direct_message_deep_link": str,
    "made_with_ai": bool,
    "paid_partnership": bool,
    "for_super_followers_only": bool,
    "nullcast": bool,
    "share_with_followers": bool,
}  # fmt: skip
_REQUIRED = {
    "$.media": ("media_ids",),
    "$.poll": ("options", "duration_minutes"),
    "$.reply": ("in_reply_to_tweet_id",),
    "$.edit_options": ("previous_post_id",),
    "$.geo": ("place_id",),
}
#: One of these excludes all others. (X's page says so of card_uri; of the rest a post simply shows only one.)
_ALONE = ("media", "poll", "card_uri", "direct_message_deep_link")


def check_body(fields: object) -> dict:
    """The body, if it is one; raises the vendor's refusal."""
    if not isinstance(fields, dict):
        raise invalid("Request body must be a JSON object")
    _check_object(fields, _BODY, "$")
    together = [name for name in _ALONE if name in fields]
    if len(together) > 1:
        raise invalid(f"$: {' and '.join(together)} are mutually exclusive")
    return fields


def _check_object(fields: object, schema: Mapping, path: str) -> None:
    if not isinstance(fields, dict):
        raise invalid(f"{path}: must be an object")
    for name, value in fields.items():
        if name not in schema:
            raise invalid(
                f"{path}.{name}: is not defined in the schema and the schema does not allow additional properties"
            )
        _check(value, schema[name], f"{path}.{name}")
    for name in _REQUIRED.get(path, ()):
        if name not in fields:
            raise invalid(f"{path}.{name}: is missing but it is required")


def _check(value: object, wanted: Any, path: str) -> None:
    if isinstance(wanted, Mapping):
        _check_object(value, wanted, path)
    elif isinstance(wanted, tuple) and isinstance(wanted[0], re.Pattern):
        _check_array(value, wanted, path)
    elif isinstance(wanted, tuple):
        if value not in wanted:
            raise invalid(f"{path}: does not have a value in the enumeration [{', '.join(wanted)}]")
    elif isinstance(wanted, re.Pattern):
        if not isinstance(value, str) or not wanted.fullmatch(value):
            raise invalid(f"{path}: does not match the pattern of the schema", **{path.removeprefix("$."): value})
    elif isinstance(wanted, range):
        if not isinstance(value, int) or isinstance(value, bool) or value not in wanted:
            raise invalid(f"{path}: must be between {wanted.start} and {wanted.stop - 1}")
    elif not isinstance(value, wanted):
        raise invalid(f"{path}: must be of type {wanted.__name__}")


def _check_array(value: object, wanted: tuple, path: str) -> None:
    pattern, least, most = wanted
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise invalid(f"{path}: must be an array of {least} to {most} items")
    for place, item in enumerate(value):
        _check(item, pattern, f"{path}[{place}]")
