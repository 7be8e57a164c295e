"""The client that openapi-python-client makes of our description uses every operation: `URL KEY SECRET SPARE…`.

The package `autopost_api` is made just before, and is on the path.
"""

import base64
import hashlib
import hmac
import io
import json
import sys
import time
from typing import Any

import httpx
from autopost_api import AuthenticatedClient
from autopost_api.api.accounts import account, accounts
from autopost_api.api.content import cards, ingest, preview, upload, webhook
from autopost_api.api.events import events, resume, rotate, subscribe, subscription, subscriptions, unsubscribe
from autopost_api.api.reports import click_report
from autopost_api.api.results import cancel, correct_post, edit, item, items, post, posts, recall, recall_post, retry
from autopost_api.api.time import series, series_cancel, series_list, slots
from autopost_api.models import (
    CardOrder,
    Changes,
    Incoming,
    Rewording,
    SubscriptionOrder,
    UploadBody,
    WebhookBodyType0,
)
from autopost_api.types import File

FAR = "2036-01-01T10:00:00Z"
GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p", "channels": ["fb-page"], "publish_at": FAR}
#: One black dot.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
told: dict[str, Any] = {}


def note(name: str, answer: Any) -> Any:
    """Keeps what was answered, as the client understood it; more of one operation in a list."""
    found = answer.parsed
    shown = found.to_dict() if hasattr(found, "to_dict") else found
    told.setdefault(name, []).append([int(answer.status_code), type(found).__name__, shown])
    return found


def push(client: AuthenticatedClient) -> int:
    """New, again, an array, and what is no good."""
    body = Incoming.from_dict(GOOD | {"reference": "first"})
    made = note("ingest", ingest.sync_detailed(client=client, body=body, idempotency_key="one"))
    note("ingest", ingest.sync_detailed(client=client, body=body, idempotency_key="one"))
    several = [Incoming.from_dict(GOOD), Incoming.from_dict(GOOD | {"channels": ["nobody"]})]
    note("ingest", ingest.sync_detailed(client=client, body=several))
    note("ingest", ingest.sync_detailed(client=client, body=Incoming.from_dict({"title": "", "link": "no"})))
    repeating = GOOD | {"repeat": {"rrule": "FREQ=DAILY;COUNT=3"}}
    note("ingest", ingest.sync_detailed(client=client, body=Incoming.from_dict(repeating)))
    note("preview", preview.sync_detailed(client=client, body=body))
    picture = UploadBody(file=File(payload=io.BytesIO(PICTURE), file_name="a.png", mime_type="image/png"))
    kept = note("upload", upload.sync_detailed(client=client, body=picture))
    with_media = GOOD | {"media": [{"upload": kept.id, "alt": "A dot"}]}
    note("ingest", ingest.sync_detailed(client=client, body=Incoming.from_dict(with_media)))
    note("cards", cards.sync_detailed(client=client, body=CardOrder.from_dict({"title": "Gates"})))
    return made.id


def look(client: AuthenticatedClient, made: int) -> None:
    """What became of it, and what comes of it."""
    note("items", items.sync_detailed(client=client, reference="first", page_size=1))
    row = note("item", item.sync_detailed(made, client=client))
    note("posts", posts.sync_detailed(client=client, item=made))
    note("post", post.sync_detailed(row.posts[0].id, client=client))
    note("post", post.sync_detailed(999_999, client=client))
    note("events", events.sync_detailed(client=client, after=0))
    note("accounts", accounts.sync_detailed(client=client))
    note("account", account.sync_detailed("fb-page", client=client))
    note("slots", slots.sync_detailed(client=client, n=2))
    note("click_report", click_report.sync_detailed(client=client))


def change(client: AuthenticatedClient, made: int, failed: int) -> None:
    """Another title, another try, an end."""
    changes = Changes.from_dict({"title": "New", "callback_url": None, "captions": {"fb-page": "At seven: {link}"}})
    note("edit", edit.sync_detailed(made, client=client, body=changes))
    number = item.sync(made, client=client).posts[0].id
    words = Rewording.from_dict({"caption": "The gates open at eight: {link}"})
    note("correct_post", correct_post.sync_detailed(number, client=client, body=words))
    note("cancel", cancel.sync_detailed(made, client=client))
    note("correct_post", correct_post.sync_detailed(number, client=client, body=words))
    note("retry", retry.sync_detailed(failed, client=client))
    note("retry", retry.sync_detailed(made, client=client))
    row = note("series_list", series_list.sync_detailed(client=client)).results[0]
    note("series", series.sync_detailed(row.id, client=client))
    note("series_cancel", series_cancel.sync_detailed(row.id, client=client))


def take_back(client: AuthenticatedClient, made: int) -> None:
    """All of it, and one post of it once more."""
    asked = note("recall", recall.sync_detailed(made, client=client))
    note("recall_post", recall_post.sync_detailed(asked.posts[0].id, client=client))


def subscriptions_of(client: AuthenticatedClient) -> None:
    """Made, read, turned, ended."""
    order = SubscriptionOrder.from_dict({"url": "https://93.184.215.14/hooks", "events": ["post.published"]})
    new = note("subscribe", subscribe.sync_detailed(client=client, body=order))
    note("subscriptions", subscriptions.sync_detailed(client=client))
    note("subscription", subscription.sync_detailed(new.id, client=client))
    note("resume", resume.sync_detailed(new.id, client=client))
    note("rotate", rotate.sync_detailed(new.id, client=client))
    note("unsubscribe", unsubscribe.sync_detailed(new.id, client=client))


def deliver(client: AuthenticatedClient, secret: str) -> None:
    """Signed with the hook that the client's own HTTP library offers, over the bytes that it sends."""

    def sign(request: httpx.Request) -> None:
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.content
        key = base64.b64decode(secret.removeprefix("whsec_"))
        made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        request.headers["webhook-signature"] = f"v1,{made}"

    client.get_httpx_client().event_hooks["request"].append(sign)
    sent = {"client": client, "body": WebhookBodyType0.from_dict(GOOD), "webhook_timestamp": str(int(time.time()))}
    for _time in range(2):
        note("webhook", webhook.sync_detailed("gen", webhook_id="msg-python", **sent))


def main(url: str, key: str, secret: str, failed: str) -> None:
    """Every operation, the delivery last: from then on everything is signed."""
    client = AuthenticatedClient(base_url=url, token=key, raise_on_unexpected_status=True)
    made = push(client)
    look(client, made)
    change(client, made, int(failed))
    take_back(client, made)
    subscriptions_of(client)
    # Another client, whose requests alone are signed.
    deliver(AuthenticatedClient(base_url=url, token=key, raise_on_unexpected_status=True), secret)
    print(json.dumps(told, default=str))


main(*sys.argv[1:])
