"""The image and the services around it are what the install guide and the units say, in other words."""

import json
import re

import pytest
import yaml

from autopost_site import databases
from tests.support.environment import ROOT
from tests.support.source import FLOORS

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: told for name, told in SERVICES.items() if told.get("build")}
WORKERS = {name: told for name, told in OURS.items() if "qcluster" in told.get("command", [])}
#: Beside the settings: what compose itself puts in.
PUT_IN = re.compile(r"\$\{(\w+)")


def recipe() -> str:
    """The Containerfile without its comments, a line an instruction."""
    return re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", (DEPLOY / "Containerfile").read_text()))


def last_stage() -> str:
    return recipe().rpartition("FROM ")[2]


def settings() -> set[str]:
    return set(re.findall(r"(?m)^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text()))


def unit(name: str) -> str:
    return (DEPLOY / f"autopost-{name}.service").read_text()


def told(name: str, key: str) -> str:
    [value] = re.findall(rf"(?m)^{key}=(.+)$", unit(name))
    return value


def program(name: str) -> list[str]:
    """What the unit starts, from behind the interpreter."""
    return told(name, "ExecStart").split()[1:]


def test_the_services_are_those_of_the_guide():
    assert set(OURS) == {"migrate", "web", "worker-1", "worker-2"}
    assert len(WORKERS) == 2
    assert set(SERVICES) - set(OURS) == {"db", "redis"}
    assert {each["image"] for each in OURS.values()} == {"${AUTOPOST_IMAGE:-autopost}"}


@pytest.mark.parametrize("name", OURS)
def test_every_setting_it_names_is_one(name):
    assert set(OURS[name]["environment"]) <= settings()


def test_every_setting_in_the_image_is_one():
    names = set(re.findall(r"([A-Z][A-Z0-9_]+)=", " ".join(re.findall(r"(?m)^ENV (.+)$", last_stage()))))
    assert names - {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"} <= settings()
    assert not re.search(r"KEY|TOKEN|SECRET|PASSWORD", last_stage())


def test_whatever_else_is_put_in_is_explained():
    page = (ROOT / "docs" / "containers.md").read_text()
    assert {name for name in PUT_IN.findall((DEPLOY / "compose.yaml").read_text()) if f"`{name}`" not in page} == set()


def test_the_addresses_are_ones_that_the_site_takes():
    address = re.sub(r"\$\{[^}]*\}", "word", OURS["web"]["environment"]["DATABASE_URL"])
    parsed = databases.parse(address)
    assert (parsed["HOST"], parsed["USER"], parsed["NAME"]) == ("db", "autopost", "autopost")
    assert (parsed["USER"], parsed["NAME"]) == (
        SERVICES["db"]["environment"]["POSTGRES_USER"],
        SERVICES["db"]["environment"]["POSTGRES_DB"],
    )
    assert OURS["web"]["environment"]["Q_BROKER"].startswith("redis://redis:")


def test_two_workers_have_two_names_that_stay():
    assert len({worker["environment"]["WORKER_NAME"] for worker in WORKERS.values()}) == 2


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_is_run_watched_and_stopped_as_its_unit_does_it(name):
    worker = WORKERS[name]
    guard, seconds, sign, interpreter, *command = worker["command"]
    assert (guard, interpreter, command) == ("deploy/guarded", "python", program("worker"))
    assert seconds == told("worker", "WatchdogSec")
    assert worker["stop_grace_period"] == f"{told('worker', 'TimeoutStopSec')}s"
    assert worker["mem_limit"] == told("worker", "MemoryMax").lower()
    assert worker["restart"] == told("worker", "Restart")
    asked = json.loads(re.search(r"HEALTHCHECK .*CMD (.*)", last_stage())[1])
    assert asked == ["deploy/healthy", sign] == worker["healthcheck"]["test"][1:]


def test_web_is_run_and_stopped_as_its_unit_does_it():
    command = json.loads(re.search(r"(?m)^CMD (.+)$", last_stage())[1])
    place = command.index("--bind")
    assert command[1:place] + command[place + 2 :] == program("web")
    port = re.search(r"\bPORT=(\d+)", last_stage())[1]
    assert command[place + 1] == f"0.0.0.0:{port}"
    assert OURS["web"]["stop_grace_period"] == f"{told('web', 'TimeoutStopSec')}s"


def test_only_this_machine_s_web_server_reaches_web_and_nobody_the_rest():
    assert [name for name, each in SERVICES.items() if each.get("ports")] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in OURS["web"]["ports"])


@pytest.mark.parametrize("name", OURS)
def test_nothing_of_ours_has_a_privilege_or_writes_elsewhere(name):
    assert OURS[name]["cap_drop"] == ["ALL"] and OURS[name]["read_only"] is True
    assert "no-new-privileges:true" in OURS[name]["security_opt"]
    [user] = re.findall(r"(?m)^USER (\S+)$", last_stage())
    assert user.split(":")[0].isdigit() and int(user.split(":")[0]) > 0
    home = re.search(r"(?m)^VOLUME (\S+)$", last_stage())[1]
    assert OURS[name]["volumes"] == [f"autopost:{home}"]
    assert f"MEDIA_ROOT={home}/media" in last_stage()


def test_everything_waits_for_the_tables():
    for name in {*OURS} - {"migrate"}:
        assert OURS[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert OURS["migrate"]["command"][1:] == ["manage.py", "migrate"]
    assert OURS["migrate"]["restart"] == "no"


def test_the_base_is_an_argument_and_a_slim_debian():
    bases = re.findall(r"(?m)^FROM (\S+)", recipe())
    assert set(bases) == {"${BASE}"}
    assert re.search(r"(?m)^ARG BASE=docker\.io/library/debian:\w+-slim$", recipe())


def test_the_image_holds_what_the_site_is_made_of():
    lines = re.findall(r"(?m)^COPY (?!--)(.+)$", recipe())
    copied = {place for line in lines for place in line.split()[:-1]}
    assert {*FLOORS, "manage.py", "templates", "locale", "deploy/guarded", "deploy/healthy"} <= copied
    for_others = {"requirements-dev.lock", "requirements-bench.lock", "requirements-clients.lock"}
    assert {path.name for path in ROOT.glob("requirements*.lock")} - for_others <= copied
    assert not {"tests", "benchmarks", ".env", "."} & copied
    # As the guide has it: emoji on cards.
    assert "libfribidi0" in last_stage()
