"""What the API's own page says beside its doors, and how it is served."""

from typing import Any

_TAGS = [
    {"name": "content", "description": "Push content in, look at it before, deliver it signed."},
    {"name": "results", "description": "What became of it, and what may still be done about it."},
    {"name": "events", "description": "Hear what happened: pulled in order, or told as Standard Webhooks."},
    {"name": "accounts", "description": "The places that can be posted to."},
    {"name": "time", "description": "Free slots, and what repeats."},
    {"name": "reports", "description": "What came of it, in figures."},
]
#: Closed lists of words, by the names that the schema gives them.
_LISTS = {
    "AccountStatus": "social_queue.models.accounts.PlatformAccount.Status",
    "MediaKind": "social_queue.models.media.MediaFile.Kind",
    "SubscriptionStatus": "social_queue.models.events.Subscription.Status",
    "EventType": "social_queue.models.events.EventType",
    "ErrorCode": "social_queue.api.openapi.codes.ERROR_CODES",
    "FieldCode": "social_queue.api.openapi.codes.FIELD_CODES",
    "ItemStatus": "social_queue.models.items.QueueItem.Status",
    "PartWaitsFor": "social_queue.api.thread_rows.WAITS_FOR",
    "WaitsForEnum": "social_queue.timing.outlook.REASONS",
    "PostStatus": "social_queue.models.posts.Post.Status",
}
SETTINGS: dict[str, Any] = {
    "TITLE": "Autopost",
    "DESCRIPTION": "Push content in, read what became of it.",
    "VERSION": "1",
    "LICENSE": {"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"},
    "CONTACT": {"name": "Whoever runs this site"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "social_queue.api.openapi.finishing.finish",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "TAGS": _TAGS,
    "ENUM_NAME_OVERRIDES": _LISTS,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
}
