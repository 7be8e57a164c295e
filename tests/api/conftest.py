"""Fixtures for the API's tests: accounts, keys, and somebody who calls with a key."""

import json
from dataclasses import dataclass

import pytest
from django.test import Client

from social_queue.access import keys
from tests.factories import make_account


@dataclass
class Caller:
    """Calls the API with a key; a body that is not text is sent as JSON."""

    text: str
    client: Client

    def get(self, path: str, **headers):
        return self.client.get(f"/api/autopost/{path}", headers=self._headers(headers))

    def post(self, path: str, body=None, *, kind: str = "application/json", **headers):
        return self._send(self.client.post, path, body, kind, headers)

    def patch(self, path: str, body=None, *, kind: str = "application/json", **headers):
        return self._send(self.client.patch, path, body, kind, headers)

    def _send(self, verb, path, body, kind, headers):
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        return verb(f"/api/autopost/{path}", raw, content_type=kind, headers=self._headers(headers))

    def _headers(self, more: dict) -> dict:
        mine = {"Authorization": f"Bearer {self.text}"} if self.text else {}
        return mine | {name.replace("_", "-"): value for name, value in more.items()}


@pytest.fixture
def desk_accounts(db):
    """An active Page and an active Telegram channel: fb-page, tg-news."""
    return make_account("facebook", slug="fb-page"), make_account("telegram", slug="tg-news")


@pytest.fixture
def caller(db, client):
    """``caller("read")`` calls with a new key of these scopes; without any, with all; ``caller(key=…)`` with that."""

    def make(*scopes: str, key: str | None = None) -> Caller:
        if key is None:
            name = f"bot-{'-'.join(scopes) or 'all'}"
            key = keys.issue(name, scopes or keys.SCOPES)[1]
        return Caller(key, client)

    return make


@pytest.fixture
def bot(caller, desk_accounts):
    """A caller that may do everything, and two accounts to post to."""
    return caller()
