"""Our API's description before judges and generators that nobody here wrote, and their clients before our server."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from social_queue.access import keys
from tests.factories import make_account, make_item, make_post
from tests.support import clients
from tests.support.webserver import serving

pytestmark = pytest.mark.clients
#: What each client does under "ingest": new, again, an array, what is no good, what repeats, and a picture.
INGESTED = [201, 200, 200, 400, 201, 201]


@pytest.fixture(scope="module")
def description(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("description") / "autopost.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(file))
    return file


@pytest.fixture(scope="module")
def server(django_db_setup):
    with serving(workers=1, threads=4, API_RATE_LIMIT="0") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def arguments(server, transactional_db) -> list[str]:
    """(address, key, secret of the source gen, an item that failed), with an account to post to."""
    page = make_account("facebook", slug="fb-page")
    make_account("telegram", slug="tg-news", slots="mon-sun 09:00 19:30")
    failed = make_post(make_item(source="client", status="failed"), page, status="failed", error_kind="rejected")
    out = io.StringIO()
    call_command("webhook_source", "gen", stdout=out)
    return [server, keys.issue("client", keys.SCOPES)[1], out.getvalue().splitlines()[-1], str(failed.item_id)]


def _run(run, *arguments):
    try:
        return run(*arguments)
    except clients.Unavailable as reason:
        pytest.skip(str(reason))


def _answers(description: Path) -> dict[str, set[int]]:
    """Operation → the statuses that it is said to answer."""
    paths = json.loads(description.read_text())["paths"]
    doors = [door for verbs in paths.values() for door in verbs.values()]
    return {door["operationId"]: {int(status) for status in door["responses"]} for door in doors}


def _used(told: dict, description: Path) -> None:
    """Every operation was used, and answered as it is described."""
    described = _answers(description)
    assert set(told) == set(described)
    assert [(name, one[0]) for name, many in told.items() for one in many if one[0] not in described[name]] == []
    assert {name: many[0] for name, many in told.items() if many[0][0] >= 300} == {}
    assert [one[0] for one in told["ingest"]] == INGESTED
    assert [one[0] for one in told["webhook"]] == [202, 200]


def test_redocly_has_nothing_against_it(description):
    assert json.loads(_run(clients.run_api_script, clients.API_SOURCES / "redocly.cjs", str(description))) == []


def test_spectral_has_nothing_against_it(description):
    rules = str(clients.API_SOURCES / "spectral.yaml")
    words = ["lint", "--quiet", "--format", "json", "--fail-severity", "hint", "--ruleset", rules, str(description)]
    assert _run(clients.run_api, "spectral", *words).startswith("[]")


def test_a_generated_python_client_uses_every_operation(description, arguments, tmp_path):
    _run(clients.generate_python, description, tmp_path)
    told = json.loads(clients.run_python("generated_python", *arguments, beside=tmp_path))
    _used(told, description)
    # Each answer was understood as what it is.
    kinds = [one[1] for one in told["ingest"]]
    assert kinds == ["Queued", "Queued", "Results", "Error", "Queued", "Queued"]
    assert (told["edit"][0][1], told["cancel"][0][1]) == ("ItemDetail", "ItemDone")
    assert [one[1] for one in told["correct_post"]] == ["PostDetail", "Error"]
    assert told["post"][1][1] == told["retry"][1][1] == "Error"
    assert told["webhook"][0][1] == "DeliveryTaken"


def test_a_generated_typescript_client_is_typed_and_uses_every_operation(description, arguments, tmp_path):
    script = _run(clients.generate_typescript, description, tmp_path)
    _used(json.loads(clients.run_api_script(script, *arguments)), description)
