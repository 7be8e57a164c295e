"""The floors of the house and the public rooms of its wings, read from its imports."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

import connectors
from tests.support.environment import ROOT
from tests.support.source import FLOORS, Module, modules, none

#: Each floor imports only those after it.
_FLOOR = {name: number for number, name in enumerate(FLOORS)}

#: The floors inside social_queue, top to bottom. A wing imports only wings below its own floor, never its neighbour.
#: One room stands below its wing: an event is written in the transaction of a status, so whoever writes statuses must
#: reach ``events.ledger``, which itself knows nothing but the models; telling others needs alerts and clocks.
_FLOORS_OF_THE_DESK = (
    ("admin", "api", "management", "demo", "setup", "tasks", "apps"),
    ("calendar", "feeds"),
    ("webhooks", "operations", "access"),
    ("intake", "delivery", "upkeep"),
    ("wording", "accounts", "timing"),
    ("events",),
    ("media", "alerts", "approving"),
    ("workings", "reading"),
    ("reversals",),
    ("states",),
    ("part_states",),
    ("fenced", "events.ledger", "approvals", "follow_ups", "arrows"),
    ("models",),
    ("kept",),
    ("vault", "sentences", "statements", "spreadsheets"),
    ("rows",),
)
_FLOOR_OF = {wing: number for number, wings in enumerate(_FLOORS_OF_THE_DESK) for wing in wings}
_DOORS = _FLOORS_OF_THE_DESK[0]
#: The wings of metrics, which keep the same rule of public rooms.
_WINGS_OF_METRICS = ("clicks", "sums", "reports", "experiments")
#: A folder with more modules than a dozen or so has a wing hidden in it.
_MOST_MODULES = 16

_THIRD_PARTY_OF_CONNECTORS = {
    *("requests", "urllib3", "certifi", "idna"),
    *("requests_oauthlib", "oauthlib"),
    *("twitter_text", "regex", "PIL"),
}
_MAY_START_THE_SANDBOX = {
    "social_queue.demo.management.commands.sandbox",
    "social_queue.demo.management.commands.demo",
}
#: Where a platform's name above connectors/ is right, and why.
_MAY_NAME_A_PLATFORM = {
    "autopost_site/settings.py": "the vendors' own addresses are the defaults of settings",
    "metrics/clicks/robots.py": "the programs that call themselves so are data",
    "social_queue/demo/samples.py": "the demonstration has an account on each of the four",
}


def _wing(name: str) -> str:
    """The second part of a dotted name: a wing, or a room that stands alone."""
    return name.split(".")[1] if "." in name else ""


def _place(name: str) -> str:
    """The entry of the table that a dotted name belongs to: its room's own where it has one, else its wing's."""
    room = ".".join(name.split(".")[1:3])
    return room if room in _FLOOR_OF else _wing(name)


def _project_modules() -> tuple[Module, ...]:
    return modules(*FLOORS)


def test_every_floor_imports_only_those_below_it():
    none(
        module.at(line, f"{module.name.split('.')[0]} may not import {name}")
        for module in _project_modules()
        for name, line in module.imports()
        if _FLOOR.get(name.split(".")[0], 99) < _FLOOR[module.name.split(".")[0]]
    )


def test_nothing_below_the_tests_imports_them():
    none(
        module.at(line, f"the product may not import {name}")
        for module in _project_modules()
        for name, line in module.imports()
        if name.split(".")[0] in ("tests", "benchmarks", "scripts")
    )


def test_every_room_of_the_desk_stands_on_a_floor():
    none(
        f"{module.path}: {_wing(module.name)} stands on no floor of the table"
        for module in modules("social_queue")
        if _wing(module.name) not in {*_FLOOR_OF, "", "migrations"}
    )


def test_inside_the_desk_a_wing_imports_only_wings_below_its_floor():
    none(
        module.at(line, f"{_place(module.name)} may not import {name}: it stands no lower")
        for module in modules("social_queue")
        for name, line in module.imports()
        if name.startswith("social_queue.") and _too_high(_place(module.name), _place(name))
    )


def _too_high(here: str, there: str) -> bool:
    return here != there and _FLOOR_OF.get(there, 99) <= _FLOOR_OF.get(here, -1)


def _public_rooms() -> dict[str, set[str]]:
    """{dotted wing: the rooms its ``__all__`` names}; doors have none, since nobody stands above them."""
    desk = [f"social_queue.{wing}" for wing in _FLOOR_OF if wing not in (*_DOORS, "models") and "." not in wing]
    found = {}
    for wing in [*desk, *(f"metrics.{wing}" for wing in _WINGS_OF_METRICS)]:
        charter = ROOT / wing.replace(".", "/") / "__init__.py"
        if charter.exists():
            found[wing] = set(ast.literal_eval(ast.parse(charter.read_text()).body[-1].value))
    return found


def _visits() -> Iterator[tuple[Module, int, str, str]]:
    """(module, line, wing, room) of every import of a wing's room by somebody outside that wing."""
    wings = _public_rooms()
    for module in _project_modules():
        for name, line in module.imports():
            wing, rest = ".".join(name.split(".")[:2]), name.split(".")[2:]
            if wing in wings and rest and not f"{module.name}.".startswith(f"{wing}."):
                yield module, line, wing, rest[0]


def test_from_outside_a_wing_only_its_public_rooms_are_imported():
    public = _public_rooms()
    none(
        module.at(line, f"{room} is no public room of {wing}; those are {', '.join(sorted(public[wing]))}")
        for module, line, wing, room in _visits()
        if room not in public[wing]
    )


def test_a_public_room_is_used_by_somebody_outside():
    used = {(wing, room) for _, _, wing, room in _visits()}
    none(
        f"{wing}.{room} is public and nobody outside imports it"
        for wing, rooms in _public_rooms().items()
        for room in sorted(rooms)
        if (wing, room) not in used
    )


@pytest.mark.parametrize("wing", _public_rooms())
def test_a_wing_begins_with_its_charter_and_imports_nothing(wing):
    tree = ast.parse((ROOT / wing.replace(".", "/") / "__init__.py").read_text())
    assert ast.get_docstring(tree)
    assert [type(node) for node in tree.body] == [ast.Expr, ast.Assign]


def test_no_folder_holds_more_than_one_can_keep_in_mind():
    folders = Counter(module.path.rpartition("/")[0] for module in _project_modules())
    none(
        f"{folder} holds {count} modules, {_MOST_MODULES} are the most"
        for folder, count in folders.items()
        if count > _MOST_MODULES and not folder.endswith("migrations")
    )


def test_the_models_know_nothing_of_the_rest():
    none(
        module.at(line, f"a model may not import {name}")
        for module in modules("social_queue/models")
        for name, line in module.imports()
        if name.startswith("social_queue.") and _wing(name) not in ("models", "vault")
    )


def test_connectors_are_plain_python():
    allowed = {*sys.stdlib_module_names, *_THIRD_PARTY_OF_CONNECTORS, "connectors"}
    none(
        module.at(line, f"connectors/ may not import {name}")
        for module in modules("connectors")
        for name, line in module.imports()
        if name.split(".")[0] not in allowed
    )


def test_the_sandbox_imports_no_connector():
    """How a post looks is drawn once, for the wall and for the desk; all else of a platform is pretended anew."""
    none(
        module.at(line, f"the sandbox may not import {name}")
        for module in modules("connectors/sandbox")
        for name, line in module.imports()
        if name.split(".")[0] == "connectors" and not name.startswith(("connectors.sandbox", "connectors.looks"))
    )


def test_looks_know_neither_connectors_nor_the_sandbox():
    none(
        module.at(line, f"looks may not import {name}")
        for module in modules("connectors/looks")
        for name, line in module.imports()
        if name.split(".")[0] == "connectors" and not name.startswith("connectors.looks")
    )


def test_only_its_command_and_the_demo_import_the_sandbox():
    none(
        module.at(line, "the sandbox is for its command, the demo and the tests")
        for module in _project_modules()
        for name, line in module.imports()
        if name.startswith("connectors.sandbox")
        and not module.name.startswith("connectors.sandbox")
        and module.name not in _MAY_START_THE_SANDBOX
    )


def test_no_platform_is_named_above_the_connectors():
    platform = re.compile(rf"\b({'|'.join(connectors.names() or ['facebook'])})\b", re.IGNORECASE)
    none(
        module.at(node, f"names a platform: {node.value[:60]!r}")
        for module in modules("social_queue", "metrics", "autopost_site")
        for node in module.words()
        if platform.search(node.value) and module.path not in _MAY_NAME_A_PLATFORM
    )


@pytest.mark.parametrize("path", _MAY_NAME_A_PLATFORM)
def test_no_exception_outlives_its_file(path):
    assert (ROOT / path).exists()
