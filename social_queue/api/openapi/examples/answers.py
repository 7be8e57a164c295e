"""At least one example of each answer that is no error, by the door's name and the status."""

from typing import Any

from social_queue.api.openapi.examples import bodies, rows

_MORE = "https://post.example/api/autopost/queue?cursor=WyItcHVibGlzaF9hdCJd"
_SHORT = {"In short": {"id": 17, "status": "ready"}}
_ASKED_BACK = {"Asked for": {"posts": [{"id": 40, "status": "published", "waits_until": "2026-12-01T12:30:10Z"}]}}
_NEW_SECRET = rows.SUBSCRIPTION | {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


def _page(row: dict, *, more: str | None = None) -> dict[str, Any]:
    return {"A page": {"next": more, "previous": None, "results": [row]}}


_ALL: dict[str, dict[str, dict[str, Any]]] = {
    "accounts": {"200": _page(rows.ACCOUNT)},
    "account": {"200": {"An account": rows.ACCOUNT}},
    "cards": {
        "201": {"A card": {"file_url": "https://post.example/media/cards/9f86.png", "width": 1080, "height": 1080}}
    },
    "preview": {
        "200": {
            "Two accounts": {
                "posts": [
                    {
                        "account": "fb-page",
                        "platform": rows.SHORT_POST["platform"],
                        "caption": rows.POST["caption"],
                        "length": 50,
                        "limit": 63206,
                        "problems": [],
                    },
                ]
            }
        }
    },
    "ingest": {
        "201": {"Queued": bodies.QUEUED},
        "200": {
            "The first answer again": bodies.QUEUED,
            "Skipped": bodies.SKIPPED,
            "Results of an array": bodies.SEVERAL,
        },
    },
    "items": {"200": _page(rows.ITEM, more=_MORE)},
    "item": {"200": {"An item": rows.ITEM_WHOLE}},
    "edit": {"200": {"An item": rows.ITEM_WHOLE, **_SHORT}},
    "cancel": {
        "200": {
            "An item": rows.ITEM_CANCELLED | {"taken": 1, "left": {}},
            "In short": {"id": 17, "status": "cancelled"},
        }
    },
    "retry": {"200": {"An item": rows.ITEM_WHOLE | {"taken": 1, "left": {"published": 1}}, **_SHORT}},
    "recall": {"202": _ASKED_BACK},
    "recall_post": {"202": _ASKED_BACK},
    "posts": {"200": _page(rows.POST)},
    "post": {"200": {"A post": rows.POST_WHOLE}},
    "correct_post": {
        "200": {"It reads so": rows.POST_WHOLE | {"correction": None, "corrected_at": "2026-12-01T12:30:10Z"}},
        "202": {
            "Asked for": rows.POST_WHOLE | {"correction": rows.CORRECTION},
            "Of what follows": rows.POST_WHOLE | {"parts": rows.PARTS},
            "In short": {"id": 40, "status": "published"},
        },
    },
    "slots": {"200": {"Free slots": {"results": [{"account": "fb-page", "at": "2026-12-01T12:30:00Z"}]}}},
    "series_list": {"200": _page(rows.SERIES)},
    "series": {"200": {"A repeat": rows.SERIES}},
    "series_cancel": {
        "200": {
            "A repeat": rows.SERIES | {"cancelled_at": "2026-12-01T13:00:00Z", "next": None, "cancelled_items": 4},
            "In short": {"id": 3, "status": "cancelled"},
        }
    },
    "subscriptions": {"200": _page(rows.SUBSCRIPTION)},
    "subscription": {"200": {"A subscription": rows.SUBSCRIPTION}},
    "subscribe": {"201": {"A subscription": _NEW_SECRET}},
    "resume": {"200": {"A subscription": rows.SUBSCRIPTION}},
    "rotate": {"200": {"A subscription": _NEW_SECRET}},
    "webhook": {
        "202": {
            "Queued": {"log": 812, "id": 17, "status": "ready"},
            "Several": {
                "log": 812,
                "id": 17,
                "status": "ready",
                "items": [{"index": 0, "id": 17, "status": "ready"}, {"index": 1, **bodies.FAULTY}],
            },
            "Not meant for us": {"status": "ignored"},
        },
        "200": {"The first answer again": {"log": 812, "id": 17, "status": "ready"}},
    },
}


def of(door: str, status: str) -> dict[str, dict]:
    """Named examples of an answer."""
    return {name: {"value": value} for name, value in _ALL.get(door, {}).get(status, {}).items()}
