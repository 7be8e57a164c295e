"""The recipes, run as they stand in docs/recipes: by a shell, by Python, by an agent's client, and as n8n sends."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import requests
import yaml
from mcp import Client, StdioServerParameters

from social_queue.delivery import dispatch
from social_queue.events import numbering
from social_queue.models import Event, QueueItem
from tests.support.clock import Clock
from tests.support.environment import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
CLIENT = ROOT / "clients" / "python"
RECIPES = (ROOT / "docs" / "recipes" / "README.md").read_text()


def _blocks(heading: str, language: str) -> list[str]:
    part = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", RECIPES, re.M | re.S)[1]
    return re.findall(rf"^```{language}\n(.*?)^```", part, re.M | re.S)


@pytest.fixture(scope="module")
def curl() -> None:
    """What the recipes for a shell call; a bare Debian has none."""
    if not shutil.which("curl"):
        subprocess.run([ROOT / "scripts" / "need-debian", "curl"], check=False)
    assert shutil.which("curl"), "There is no curl here: `apt-get install curl`."


def _shell(script: str, desk, **more: str) -> dict:
    url, key = desk
    env = os.environ | {"AUTOPOST_URL": url, "AUTOPOST_KEY": key} | more
    told = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], env=env, capture_output=True, text=True, timeout=240
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return json.loads(told.stdout)


@pytest.mark.usefixtures("curl")
def test_curl_says_it_twice_and_it_is_one_item(desk):
    [script] = _blocks("cron and curl", "sh")
    assert _shell(script, desk) == _shell(script, desk)
    assert QueueItem.objects.get().title == "Good morning"


@pytest.mark.usefixtures("curl")
def test_github_announces_a_release_once_whatever_it_is_called(desk):
    [text] = _blocks("GitHub Actions", "yaml")
    [step] = yaml.safe_load(text)["jobs"]["announce"]["steps"]
    tag = 'v1"; touch broken; echo $(id)'
    event = {
        "github.event.release.id": "4711",
        "github.event.release.html_url": "https://example.com/releases/v1",
        "vars.AUTOPOST_URL": desk[0],
        "secrets.AUTOPOST_KEY": desk[1],
    }
    given = {
        variable: re.sub(r"\$\{\{ (.+?) \}\}", lambda m: event[m[1]], said) for variable, said in step["env"].items()
    }
    assert "${{" not in step["run"]
    more = given | {"GITHUB_REPOSITORY": "kabar/desk", "GITHUB_REF_NAME": tag}
    assert _shell(step["run"], desk, **more) == _shell(step["run"], desk, **more)
    item = QueueItem.objects.get()
    assert (item.title, item.link) == (f"kabar/desk {tag} is out", "https://example.com/releases/v1")


#: What the node adds by itself: https://docs.n8n.io/integrations/builtin/core-nodes/n8n-nodes-base.httprequest/
_AS_N8N = {
    "Accept": "application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7",
    "Content-Type": "application/json",
    "User-Agent": "axios/1.8.3",
    "Accept-Encoding": "gzip, compress, deflate, br",
}


def _as_n8n(node: dict, desk, row: dict) -> requests.Response:
    """The request that the node makes of one row; the expressions that occur in the recipe are read here."""
    told = node["parameters"]
    fill = lambda text: re.sub(r"\{\{ \$json\.(\w+) \}\}", lambda m: str(row[m[1]]), text.removeprefix("="))  # noqa: E731
    headers = {one["name"]: fill(one["value"]) for one in told["headerParameters"]["parameters"]}
    wanted = re.search(r"JSON\.stringify\(\{(.*)\}\)", told["jsonBody"])[1]
    pairs = dict(re.findall(r"(\w+): (\$json\.\w+|'[^']*')", wanted))
    body = {name: row[said[6:]] if said.startswith("$") else said.strip("'") for name, said in pairs.items()}
    packed = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    sent = _AS_N8N | headers | {"Authorization": f"Bearer {desk[1]}"}
    url = desk[0] + told["url"].removeprefix("https://desk.example.com")
    return requests.request(told["method"], url, data=packed, headers=sent, timeout=60)


def test_n8n_posts_a_row_once_however_often_its_node_is_tried_again(desk):
    [text] = _blocks("n8n", "json")
    [node] = json.loads(text)["nodes"]
    assert node["retryOnFail"]
    row = {"id": 12, "title": "Hujan sampai Kamis – “payung!”", "link": "https://example.com/cuaca"}
    first, second = (_as_n8n(node, desk, row) for _time in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["Idempotent-Replay"] == "true"
    item = QueueItem.objects.get()
    assert (item.title, item.next_slot, item.idempotency_key) == (row["title"], True, "n8n-12")


def test_the_generator_starts_again_and_goes_on_in_the_events(desk, sandbox, media_root, tmp_path):
    [script] = _blocks("A Python generator", "python")
    env = os.environ | {"AUTOPOST_URL": desk[0], "AUTOPOST_KEY": desk[1], "PYTHONPATH": str(CLIENT)}

    def run() -> str:
        words = [sys.executable, "-c", script]
        told = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=240)
        assert told.returncode == 0, told.stderr
        return told.stdout

    assert run() == ""
    dispatch.drain(clock=Clock())
    assert "item.posted Rain until Thursday" in run().splitlines()
    # Of an account: it has no item, and must not keep the generator from what comes after it.
    stopped = Event.objects.create(type="account.needs_token", data={"item": None, "account": {"slug": "fb-page"}})
    numbering.number()
    assert "account.needs_token" in run()
    assert (tmp_path / "seen").read_text() == str(Event.objects.get(pk=stopped.pk).sequence)
    assert run() == ""
    assert QueueItem.objects.count() == 1


def test_an_agents_program_starts_the_server_by_its_lines(desk):
    [text, over_http] = _blocks("An agent", "json")
    told = json.loads(text)["mcpServers"]["autopost"]
    scripts = tomllib.loads((CLIENT / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = scripts[told["command"]].partition(":")
    env = os.environ | {"PYTHONPATH": str(CLIENT)} | dict.fromkeys(told["env"], "")
    server = StdioServerParameters(
        command=sys.executable,
        args=["-c", f"import {module}; {module}.{function}()"],
        env=env | {"AUTOPOST_URL": desk[0], "AUTOPOST_KEY": desk[1]},
    )

    async def look():
        async with Client(server, read_timeout_seconds=240) as client:
            return (await client.call_tool("list_accounts", {})).structured_content

    assert len(asyncio.run(look())["accounts"]) == 2
    # The other way in is proved in test_mcp_http; its address is the one that the command serves.
    assert json.loads(over_http)["mcpServers"]["autopost"]["url"] == "http://127.0.0.1:8765/mcp"
