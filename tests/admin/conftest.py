"""A desk without a browser: a logged-in client with the three things tests do with it."""

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse

from social_queue.admin import reach
from social_queue.admin.items import about_posts
from social_queue.admin.pieces import next_first, paging
from tests.support import silence
from tests.support.connecting import HOME, Person


class Desk:
    """``client`` of a superuser; every method follows redirects and returns what a reader would read."""

    def __init__(self, client) -> None:
        self.client = client

    def bulk(self, model: str, action: str, rows, **more) -> str:
        """Tick the rows, choose the action, confirm what its page says if it has one, and return the message."""
        return self._told(self.confirm(self.choose(model, action, rows), **more))

    def choose(self, model: str, action: str, rows):
        """Tick the rows, choose the action, and return the answer: the page that counts, or the list again."""
        data = {"action": action, "_selected_action": [row.pk for row in rows], "index": 0}
        return self.client.post(reverse(f"admin:queue_{model}_changelist"), data, follow=True)

    def confirm(self, answer, **more):
        """Send the form of a page that counts, and follow; any other answer is returned as it is."""
        if not (answer.context and "effect" in answer.context and "address" in answer.context):
            return answer
        form = re.search(
            r'<form method="post" class="ap-panel ap-effect".*?</form>', answer.content.decode(), re.DOTALL
        )
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
        fields = {name: html.unescape(value) for name, value in hidden}
        return self.client.post(answer.context["address"], fields | more, follow=True)

    def undo(self, answer):
        """Press the way back that a page offers, and follow."""
        address = re.search(r'<form method="post" action="([^"]+)" class="ap-undo"', answer.content.decode())[1]
        return self.client.post(address, follow=True)

    def press(self, row, button: str, **fields) -> str:
        """Press a button on the row's page, confirm where a page asks, and return the message."""
        return self._told(self.confirm(self.push(row, button, **fields)))

    def push(self, row, button: str, **fields):
        """Press a button on the row's page and return the answer."""
        address = reverse(f"admin:queue_{row._meta.model_name}_press", args=[row.pk, button])
        return self.client.post(address, fields, follow=True)

    def page(self, row) -> str:
        """The text of the row's page."""
        return self.text(self.client.get(reverse(f"admin:queue_{row._meta.model_name}_change", args=[row.pk])))

    def list(self, model: str, **query) -> str:
        """The text of a list."""
        return self.text(self.client.get(reverse(f"admin:queue_{model}_changelist"), query))

    def text(self, answer) -> str:
        """What a person reads of a page: no tags, no scripts."""
        assert answer.status_code == 200, answer.status_code
        bare = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bare)))

    def _told(self, answer) -> str:
        assert answer.status_code == 200, answer.status_code
        told = [*get_messages(answer.wsgi_request)] or answer.context["messages"]
        return html.unescape(re.sub(r"<[^>]+>", " ", " ".join(map(str, told))))


@pytest.fixture
def grant():
    """``grant(user, "queue.view_post", …)``."""

    def give(user, *names):
        for name in names:
            app, _dot, codename = name.partition(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))

    return give


@pytest.fixture
def desk(client, django_user_model):
    """A superuser's desk; without a password, whose hash would take longer than the test."""
    client.force_login(django_user_model.objects.create_superuser("editor"))
    return Desk(client)


@pytest.fixture
def site(settings, sandbox, apps):
    """The desk at an address of this machine, with the sandbox' apps."""
    settings.PUBLIC_BASE_URL, settings.CALL_TIMEOUT = HOME, silence.PATIENT
    with silence.noticed():
        yield settings


@pytest.fixture
def person_at(desk, site):
    """A logged-in editor who can go to a platform and come back."""
    return Person(desk.client)


@pytest.fixture
def small_limits(monkeypatch):
    """What a page counts and looks through at most is reached by the smaller table, too."""
    monkeypatch.setattr(reach, "_STEPS", ((500, 500), (None, 5_000)))
    monkeypatch.setattr(about_posts, "_MANY", 300)
    for module in (paging, next_first):
        monkeypatch.setattr(module, "CAP", 500)
