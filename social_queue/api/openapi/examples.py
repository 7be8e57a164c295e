"""Bodies and answers as /api/docs/ shows them."""

from social_queue.api.openapi.field_shapes import described

EXAMPLE = {
    "title": "Gates of Olympus",
    "summary": "The gates are open between seven and nine.",
    "link": "https://example.com/p?x=1",
    "image_url": "https://example.com/a.jpg",
    "alt_text": "A golden gate under three suns",
    "data": described("data")["example"],
    "channels": ["fb-page", "tg-news"],
    "captions": {"tg-news": "<b>Gates of Olympus</b> opens at seven: {link}"},
    "publish_at": "2026-12-01T19:00:00+07:00",
    "expires_at": None,
    "hashtags": ["slot"],
    "meta": {"variant": "auto", "utm_campaign": "december"},
}
QUEUED = {
    "id": 17,
    "status": "ready",
    "publish_at": "2026-12-01T12:00:00Z",
    "posts": [
        {
            "id": 40,
            "account": "fb-page",
            "platform": "…",
            "status": "pending",
            "link": "https://post.example/go/aB3dE6gH",
        }
    ],
}
SKIPPED = {"id": 18, "status": "skipped", "skip_reason": "cooldown", "duplicate_of": 17}
FAULTY = {
    "error": {"code": "invalid", "message": "These fields can't be used: link.", "fields": {"link": ["is required."]}}
}
SEVERAL = {"results": [{"index": 0, "status_code": 201, **QUEUED}, {"index": 1, "status_code": 400, **FAULTY}]}
