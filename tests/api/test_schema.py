"""The description of the API: valid, served without the internet, and true."""

import io
import json
import re

import hypothesis
import pytest
import schemathesis
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from drf_spectacular.validation import validate_schema
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from social_queue.access import keys
from tests.factories import make_account, make_attempt, make_item

#: Every answer must be one that the schema promises, in the shape that it promises.
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: The same on every run, and no longer than a minute for all doors. What a description promises hardly depends on the
#: database: the others are asked less, and what they make of odd texts is tried in tests/api/test_lists.py.
PROBING = hypothesis.settings(
    max_examples=20 if connection.vendor == "sqlite" else 6,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="module")
def described() -> dict:
    out = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn", stdout=out)
    return json.loads(out.getvalue())


def test_it_is_valid_and_names_every_door(described):
    validate_schema(described)
    doors = {(path, verb) for path, verbs in described["paths"].items() for verb in verbs}
    assert doors >= {
        ("/api/autopost/ingest", "post"),
        ("/api/autopost/preview", "post"),
        ("/api/autopost/cards", "post"),
        ("/api/autopost/queue", "get"),
        ("/api/autopost/queue/{id}", "get"),
        ("/api/autopost/queue/{id}", "patch"),
        ("/api/autopost/queue/{id}/cancel", "post"),
        ("/api/autopost/queue/{id}/retry", "post"),
        ("/api/autopost/posts", "get"),
        ("/api/autopost/posts/{id}", "get"),
    }


def test_every_door_says_how_to_log_in_and_gives_a_summary(described):
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for path, verbs in described["paths"].items():
        for operation in verbs.values():
            # Webhooks prove themselves by their signature.
            assert ("/webhook/" in path) != ({"key": []} in operation.get("security", []))
            assert operation["summary"]


def _answers(described: dict):
    """(where it stands, an answer) of every door."""
    for path, verbs in described["paths"].items():
        for verb, operation in verbs.items():
            yield from ((f"{verb} {path} {status}", answer) for status, answer in operation["responses"].items())


def test_every_answer_has_an_example_and_says_which_request_it_answers(described):
    bare = [place for place, answer in _answers(described) if "X-Request-Id" not in answer["headers"]]
    unseen = [
        place
        for place, answer in _answers(described)
        for content in answer.get("content", {}).values()
        if not content["examples"]
    ]
    assert (bare, unseen) == ([], [])


def test_webhooks_say_how_they_are_signed(described):
    door = described["paths"]["/api/autopost/webhook/{source}"]["post"]
    named = [name for way in door["security"] for name in way]
    schemes = [described["components"]["securitySchemes"][name] for name in named]
    assert [scheme["name"] for scheme in schemes] == ["webhook-signature", "X-Hub-Signature-256"]


def test_every_group_is_described(described):
    used = {tag for verbs in described["paths"].values() for door in verbs.values() for tag in door["tags"]}
    assert used == {tag["name"] for tag in described["tags"] if tag["description"]}


def test_its_example_can_be_pushed_as_it_stands(described, bot):
    examples = described["paths"]["/api/autopost/ingest"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    for example in examples.values():
        assert bot.post("ingest", example["value"]).status_code == 201


def test_the_page_is_served_without_a_key_and_without_the_internet(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert addresses
    assert client.get("/api/docs/?script=").status_code == 200
    for address in set(addresses) - {"/api/docs/?script="}:
        assert address.startswith("/static/"), address
        assert finders.find(address.removeprefix("/static/"))
    assert client.get("/api/schema/").status_code == 200


@pytest.fixture
def promised(transactional_db):
    """What the site says of itself, with rows behind it to be found; the server's own door ends no transaction."""
    make_attempt(make_item(make_account("facebook", slug="fb-page"), pk=1).posts.get())
    return schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())


@pytest.mark.slow
def test_whatever_is_sent_the_answer_is_one_that_was_promised(promised, settings, media_root):
    settings.API_RATE_LIMIT = 0
    headers = {"Authorization": f"Bearer {keys.issue('prober')[1]}"}
    operations = [found.ok() for found in promised.get_all_operations()]
    for operation in operations:
        probe(operation, headers)
    assert len(operations) >= 10


def probe(operation, headers: dict[str, str]) -> None:
    """Send what the description allows; the same on every run."""

    @hypothesis.given(case=operation.as_strategy())
    @PROBING
    def send(case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
