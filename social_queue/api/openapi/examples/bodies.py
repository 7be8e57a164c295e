"""Bodies and answers as /api/docs/ shows them."""

import json

import connectors
from social_queue.api.openapi.field_shapes import described
from social_queue.intake.receipts import invalid
from social_queue.sentences import said

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
            "platform": connectors.names()[0],
            "status": "pending",
            "link": "https://post.example/go/aB3dE6gH",
            "not_before": "2026-12-01T12:00:00Z",
            "waits_for": None,
        }
    ],
}
SKIPPED = {"id": 18, "status": "skipped", "skip_reason": "cooldown", "duplicate_of": 17}
#: Plain texts: sentences that know how they were made are nothing that YAML can write.
FAULTY = json.loads(json.dumps(invalid({"link": [said("is required.")]}).body))
CHANGES = {"title": "Gates of Olympus, again", "publish_at": "next-slot", "captions": {"tg-news": "At seven: {link}"}}
CARD = {"title": "Gates of Olympus", "data": EXAMPLE["data"]}
SUBSCRIPTION = {"url": "https://example.com/hooks/autopost", "events": ["post.published", "item.failed"]}
SEVERAL = {"results": [{"index": 0, "status_code": 201, **QUEUED}, {"index": 1, "status_code": 400, **FAULTY}]}
