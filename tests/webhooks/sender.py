"""A system that pushes deliveries over a real socket, signed by the published library or by hand."""

import base64
import hashlib
import hmac
import http.client
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from standardwebhooks.webhooks import Webhook

from social_queue.models import WebhookSource
from social_queue.webhooks import signing_secrets, sources

BODY = {"title": "Gates of Olympus", "link": "https://example.com/p?x=1"}

_numbers = itertools.count(1)


def make_source(slug: str = "shop", **fields) -> WebhookSource:
    """A source that passes the same checks as one made in the admin."""
    source = WebhookSource(slug=slug, **fields)
    assert sources.faults_of(source) == {}
    signing_secrets.begin(source)
    source.save()
    return source


def packed(body: object) -> bytes:
    """A body as bytes: bytes as they are, everything else as JSON."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def standard(secret: str, body: bytes, *, name: str = "", at: datetime | None = None) -> dict[str, str]:
    """The three headers of Standard Webhooks, signed by the published library."""
    moment = at or datetime.now(UTC)
    name = name or f"msg_{next(_numbers)}"
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, moment, body.decode()),
    }


def standard_by_hand(secret: str, body: bytes, *, name: str, at: datetime) -> dict[str, str]:
    """The same after the specification, without the library."""
    moment = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def plain(secret: str, body: bytes, *, header: str = "X-Hub-Signature-256") -> dict[str, str]:
    """The header of plain HMAC-SHA256."""
    return {header: f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


@dataclass
class Reply:
    """What came back."""

    status: int
    body: dict
    headers: dict[str, str] = field(default_factory=dict)


class Sender:
    """Posts to one running site."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc

    def send(self, source: WebhookSource, body: object = None, **more) -> Reply:
        """One delivery with a good signature of the source's kind; ``more`` as for its signing function."""
        raw, secret = packed(BODY if body is None else body), signing_secrets.current(source)
        if source.scheme == "standard":
            return self.post(source.slug, raw, standard(secret, raw, **more))
        return self.post(source.slug, raw, plain(secret, raw, header=source.header) | more)

    def post(self, slug: str, raw: bytes, headers: dict[str, str], *, method: str = "POST") -> Reply:
        """Exactly these bytes and headers."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(
                method, f"/api/autopost/webhook/{slug}", raw, {"Content-Type": "application/json", **headers}
            )
            response = connection.getresponse()
            return Reply(response.status, json.loads(response.read()), dict(response.getheaders()))
        finally:
            connection.close()
