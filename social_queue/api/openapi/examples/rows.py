"""Rows as the examples of answers show them."""

from typing import Any

import connectors
from social_queue.api.openapi.examples.bodies import EXAMPLE

_PLATFORM = connectors.names()[0]
_LINK = "https://post.example/go/aB3dE6gH"
_MADE, _DUE, _SENT = "2026-12-01T09:30:00Z", "2026-12-01T12:00:00Z", "2026-12-01T12:00:03.120000Z"
#: What a bad address, or a moment that is past, is named beside.
SHORT_POST: dict[str, Any] = {
    "id": 40,
    "account": "fb-page",
    "platform": _PLATFORM,
    "status": "pending",
    "link": _LINK,
    "not_before": _DUE,
    "waits_for": None,
}
GONE = SHORT_POST | {"status": "published"}
POST: dict[str, Any] = SHORT_POST | {
    "item": 17,
    "code": "aB3dE6gH",
    "status": "published",
    "slot_at": None,
    "lease_until": None,
    "attempts_made": 1,
    "failures_in_row": 0,
    "variant": "A",
    "caption": f"Gates of Olympus\n\n{_LINK}",
    "caption_edited": False,
    "short_link": _LINK,
    "tracked_url": "https://example.com/p?x=1&utm_source=autopost",
    "draft_ref": "",
    "external_id": "1029384756_77",
    "permalink": "https://social.example/77",
    "published_at": _SENT,
    "error_kind": "",
    "error": "",
    "clicks": 12,
    "created_at": _MADE,
}
ATTEMPT: dict[str, Any] = {
    "post": 40,
    "number": 1,
    "worker": "desk-1:4711",
    "started_at": _DUE,
    "sent_at": "2026-12-01T12:00:01.020000Z",
    "ended_at": _SENT,
    "outcome": "published",
    "http_status": 200,
    "error": "",
}
CORRECTION = {"caption": f"Gates of Olympus opens at eight.\n\n{_LINK}", "waits_until": "2026-12-01T12:30:10Z"}
_PART: dict[str, Any] = {
    "number": 1,
    "kind": "post",
    "status": "published",
    "external_id": POST["external_id"],
    "permalink": POST["permalink"],
    "attempts": 1,
    "text": POST["caption"],
    "not_before": _DUE,
    "waits_for": None,
    "error_kind": "",
    "error": "",
    "correction": None,
}
#: A thread whose comment waits for another text.
PARTS: list[dict[str, Any]] = [
    _PART,
    _PART
    | {
        "number": 2,
        "kind": "follow_up",
        "external_id": "1029384756_78",
        "permalink": "https://social.example/78",
        "text": "Not on Sundays.",
        "correction": CORRECTION | {"caption": "Not on Mondays."},
    },
]
ITEM: dict[str, Any] = {
    "id": 17,
    **{name: EXAMPLE[name] for name in ("title", "summary", "link", "image_url", "alt_text", "data", "meta")},
    "image": "",
    "callback_url": "",
    "hashtags": ["#slot"],
    "channels": ["fb-page"],
    "captions": {},
    "game": "gates of olympus",
    "window": "19:00-21:00",
    "source": "offers",
    "idempotency_key": "offer-9",
    "reference": "offer-9",
    "publish_at": _DUE,
    "expires_at": None,
    "status": "ready",
    "skip_reason": "",
    "duplicate_of": None,
    "series": None,
    "created_at": _MADE,
    "updated_at": _MADE,
    "posts": [SHORT_POST],
}
POST_WHOLE = POST | {"attempts": [ATTEMPT]}
ITEM_WHOLE = ITEM | {"status": "posted", "posts": [POST_WHOLE], "attempts": [ATTEMPT]}
ITEM_CANCELLED = ITEM | {
    "status": "cancelled",
    "posts": [POST_WHOLE | {"status": "cancelled", "published_at": None, "attempts": []}],
    "attempts": [],
}
SERIES: dict[str, Any] = {
    "id": 3,
    "rule": "FREQ=WEEKLY;BYDAY=MO,TH",
    "in_words": "every Monday and Thursday at 19:00 (Asia/Jakarta), until 30 June 2027",
    "zone": "Asia/Jakarta",
    "begins_at": _DUE,
    "until": "2027-06-30T16:59:00Z",
    "next": "2026-12-03T12:00:00Z",
    "source": "offers",
    "cancelled_at": None,
    "created_at": _MADE,
}
SUBSCRIPTION: dict[str, Any] = {
    "id": 5,
    "url": "https://example.com/hooks/autopost",
    "events": ["post.published", "item.failed"],
    "status": "active",
    "told_up_to": 41,
    "failures": 0,
    "next_try_at": None,
    "last_error": "",
    "created_at": _MADE,
}
ACCOUNT: dict[str, Any] = {
    "slug": "fb-page",
    "platform": _PLATFORM,
    "name": "Our Page",
    "status": "active",
    "token": "valid",
    "zone": "Asia/Jakarta",
    "next_slots": ["2026-12-01T12:30:00Z", "2026-12-02T02:00:00Z"],
    "limits": {
        "text": 63206,
        "text_with_media": 63206,
        "media": ["image/jpeg", "image/png"],
        "media_bytes": 4194304,
        "needs_media": False,
    },
}
