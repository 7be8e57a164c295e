"""A fifth platform is one small module, a caption template and a row in Accounts; nothing else knows of it."""

import json
import sys
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import call_command
from django.utils import timezone

import connectors
from connectors.base import Published
from connectors.texts.following import FollowUpLimits
from social_queue.accounts import tokens
from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import reconcile
from social_queue.intake import incoming, ingest
from social_queue.models import PlatformAccount, Post
from social_queue.operations import previews
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

MODULE = '''
"""Mastodon: one call posts a status.

https://docs.joinmastodon.org/methods/statuses/
"""

from connectors import http
from connectors.base import Connector, Limits, Outgoing, Published, TokenStatus


class Mastodon(Connector):
    """One profile; the address is user@server."""

    name = "mastodon"
    label = "Mastodon"
    aliases = ("masto",)
    api_base = "{base}"
    limits = Limits(text=500, text_with_media=500, media_bytes=8_000_000, media_types=("image/jpeg", "image/png"))
    credential_keys = ("access_token",)
    where_to_look = "Open the profile."

    def publish(self, outgoing: Outgoing, draft: str) -> Published:
        answer = self._call("POST", "statuses", creates=True, json={{"status": outgoing.text}})
        return Published(http.require(answer, "id", creates=True), str(answer.data.get("url") or ""))

    def find_existing(self, outgoing: Outgoing, draft: str) -> Published | None:
        rows = self._call("GET", "timeline").data["value"]
        mine = next((row for row in rows if outgoing.marker in row["status"]), None)
        return Published(mine["id"], mine["url"]) if mine else None

    def check_token(self) -> TokenStatus:
        return TokenStatus(True, account_name=str(self._call("GET", "accounts/verify_credentials").data["acct"]))

    def _call(self, method, path, *, creates=False, **request):
        headers = {{"Authorization": "Bearer " + self.credentials["access_token"]}}
        return http.call(
            method,
            f"{{self.api_base}}/api/v1/{{path}}",
            creates=creates,
            secrets=self.secrets,
            headers=headers,
            **request,
        )
'''
TEMPLATE = "{{ title }}\n{{ summary }}\n{{ link }}\n"


class Server(BaseHTTPRequestHandler):
    """As much of a Mastodon as is needed."""

    statuses: list[dict] = []
    hang_up = False

    def do_GET(self):
        if self.headers["Authorization"] != "Bearer a-good-token":
            self._answer(401, {"error": "The access token is invalid"})
        elif self.path.endswith("verify_credentials"):
            self._answer(200, {"acct": "desk"})
        else:
            self._answer(200, self.statuses)

    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = str(len(self.statuses) + 1)
        self.statuses.append({"id": number, "url": f"https://example.social/@desk/{number}", **said})
        if type(self).hang_up:
            self.close_connection = True
            return
        self._answer(200, self.statuses[-1])

    def log_message(self, *_):
        """Quiet."""

    def _answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def server():
    Server.statuses, Server.hang_up = [], False
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def mastodon(server, tmp_path, settings, monkeypatch):
    """The two files, dropped into folders beside ours."""
    plugins, captions = tmp_path / "connectors", tmp_path / "captions"
    plugins.mkdir()
    captions.mkdir()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    (plugins / "mastodon.py").write_text(textwrap.dedent(MODULE).format(base=base))
    (captions / "mastodon.txt").write_text(TEMPLATE)
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(plugins)])
    monkeypatch.setattr(settings, "CAPTION_TEMPLATE_DIRS", [*settings.CAPTION_TEMPLATE_DIRS, captions])
    connectors.forget()
    yield
    monkeypatch.undo()
    connectors.forget()
    sys.modules.pop("connectors.mastodon", None)


@pytest.fixture
def account(mastodon):
    words = ["masto", "desk@example.social", "--slug", "fedi", "--credential", "access_token=a-good-token"]
    call_command("add_account", *words)
    return PlatformAccount.objects.get()


def push(**fields):
    body = {"title": "Gates of Olympus", "summary": "Open at seven.", "link": "https://example.com/gates"}
    return ingest.receive(body | fields, source="generator", now=timezone.now())


def test_it_posts(account):
    receipt = push(channels=["masto"], hashtags=["Gates"])
    assert receipt.status_code == 201

    assert dispatch.drain(clock=timezone.now) == {"published": 1}

    post = Post.objects.get()
    [status] = Server.statuses
    assert status["status"].splitlines() == [
        "Gates of Olympus",
        "Open at seven.",
        f"http://autopost.test/go/{post.code}",
    ]
    assert (post.platform, post.external_id, post.permalink) == ("mastodon", "1", "https://example.social/@desk/1")
    assert "utm_source=mastodon" in post.tracked_url


def test_its_texts_are_fitted_to_its_limit(account):
    push(summary="Many words. " * 300)
    dispatch.drain(clock=timezone.now)
    [status] = Server.statuses
    assert 400 < len(status["status"]) <= 500
    assert Post.objects.get().short_link in status["status"]


def test_a_lost_answer_is_found_again(account):
    Server.hang_up = True
    push()
    clock = Clock()
    assert dispatch.drain(clock=clock) == {"outcome_unknown": 1}
    assert reconcile.reconcile_unknown(clock.forward(minutes=4)) == {"published": 1}
    assert len(Server.statuses) == 1


def test_what_follows_is_left_out_where_it_declares_nothing_and_preview_says_so(account):
    body = {"title": "Gates", "link": "https://example.com/gates", "follow_ups": [{"text": "More: {link}"}]}
    now = timezone.now()
    [row] = previews.of_incoming(incoming.normalise(body, now=now, source="generator", to_look=True))
    assert [problem["code"] for problem in row["problems"]] == ["follow_ups_left_out"]
    push(follow_ups=body["follow_ups"])
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    assert len(Server.statuses) == 1


def test_a_thread_follows_where_it_declares_one(account, monkeypatch):
    def follow_up(self, words):
        reply = {"status": words.text, "in_reply_to_id": words.parent}
        return Published(str(self._call("POST", "statuses", creates=True, json=reply).data["id"]))

    kind = connectors.get("mastodon")
    monkeypatch.setattr(kind, "follow_ups", FollowUpLimits(text=500))
    monkeypatch.setattr(kind, "follow_up", follow_up)
    push(follow_ups=[{"text": "One"}, {"text": "Two"}])
    assert dispatch.drain(clock=timezone.now) == {"published": 3}
    assert [(one["status"], one["in_reply_to_id"]) for one in Server.statuses[1:]] == [("One", "1"), ("Two", "2")]


def test_its_token_is_checked(account):
    clock = Clock()
    assert tokens.check_all(clock()) == {"valid": 1}
    PlatformAccount.objects.update(credentials={"access_token": "a-bad-token"})
    assert tokens.check_all(clock()) == {"invalid": 1}


def test_health_lists_and_forms_know_it(account, client, admin_user):
    assert "mastodon" in client.get("/health").json()["tokens"]
    client.force_login(admin_user)
    page = client.get("/admin/queue/platformaccount/add/", {"platform": "mastodon"}).content.decode()
    assert 'name="credential_access_token"' in page
    assert "mastodon" in client.get("/admin/queue/platformaccount/").content.decode().lower()
    assert client.get("/admin/queue/post/", {"platform__exact": "mastodon"}).status_code == 200


def test_without_a_log_in_of_its_own_its_keys_are_pasted(mastodon, client, admin_user):
    client.force_login(admin_user)
    page = client.get("/admin/connect/").content.decode()
    assert 'data-paste="mastodon"' in page and 'data-connect="mastodon"' not in page
    assert client.get("/admin/connect/mastodon/start").status_code == 404


def test_it_makes_no_migration(mastodon):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
