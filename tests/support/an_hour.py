"""What a site does in an hour, by doors that every version has; the code of one before runs it: KEY SECRET TITLE."""

import base64
import hashlib
import hmac
import json
import sys
import time
from typing import Any

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402

KEY, SECRET, TITLE = sys.argv[1:]
PAGES = ("", "queue/queueitem/", "queue/post/", "queue/alert/", "queue/platformaccount/", "queue/webhooklog/")
_BEARER = {"Authorization": f"Bearer {KEY}"}
_strange = Client(HTTP_HOST="autopost.test")


def sent(path: str, body: dict, headers: dict[str, str] = _BEARER) -> dict[str, Any]:
    """What the API answers; the program ends where it refuses."""
    answer = _strange.post(f"/api/autopost/{path}", json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code in (200, 201, 202), (path, answer.status_code, answer.content[:500])
    return answer.json()


def seen(path: str, client: Client, headers: dict[str, str] | None = None) -> None:
    """Look at a page; the program ends where it does not show."""
    answer = client.get(path, headers=headers or {})
    assert answer.status_code == 200, (path, answer.status_code, answer.content[:500])


def signed(body: dict) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    name, moment = f"msg_{TITLE.replace(' ', '')}", str(int(time.time()))
    digest = hmac.new(
        base64.b64decode(SECRET.removeprefix("whsec_")), f"{name}.{moment}.{json.dumps(body)}".encode(), hashlib.sha256
    ).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": signature}


item = sent("ingest", {"title": TITLE, "link": "https://example.com/a", "channels": ["fb", "tg"]})
later = {"title": f"{TITLE} later", "link": "https://example.com/b", "publish_at": "2099-01-01T00:00:00Z"}
held = sent("ingest", later | {"channels": ["tg"]})
sent(f"queue/{held['id']}/cancel", {})
delivery = {"title": f"{TITLE} by hook", "link": "https://example.com/c"}
sent("webhook/shop", delivery, signed(delivery))
editor = Client(HTTP_HOST="autopost.test")
editor.force_login(User.objects.create_superuser(TITLE.replace(" ", ""), password="Correct-Horse-4"))
for page in PAGES:
    seen(f"/admin/{page}", editor)
seen(f"/admin/queue/queueitem/{item['id']}/change/", editor)
seen("/api/autopost/queue", _strange, _BEARER)
