"""The floors of the house, read from its imports, and the doors that nobody may go round."""

import ast
import re
import sys

import pytest

import connectors
from tests.support.environment import ROOT
from tests.support.source import FLOORS, Module, dotted, modules, none, text_of

#: Each floor imports only those after it.
_FLOOR = {name: number for number, name in enumerate(FLOORS)}

#: Inside social_queue, top to bottom; a module that is not named here is a helper.
_ROOMS = {
    "doors": ("admin", "api", "management", "tasks", "apps"),
    "verbs": (
        *("ingest", "webhooks", "webhook_items", "strangers"),
        *("dispatch", "crew", "claim", "deliver", "outcomes", "reconcile"),
        *("operations", "undo"),
    ),
    "helpers": (),
    "states": ("states", "fenced", "reversals"),
    "models": ("models", "vault"),
}
_ORDER = list(_ROOMS)

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
    "social_queue/alerts/telling.py": "alerts reach people through Telegram, whatever is posted where",
}
#: Where a call or a chain of attributes begins whose ``status`` is neither a post's nor an item's.
_OTHER_STATUSES = {"PlatformAccount", "WebhookLog", "account"}
_MAY_ASSIGN_STATUS = {
    "social_queue/states.py": "the one door",
    "social_queue/accounts/standing.py": "an account's status, after the row was changed",
    "social_queue/webhooks/log.py": "a webhook delivery's status",
}
_MAY_TOUCH_THE_ENVIRONMENT = {
    "autopost_site/settings.py": "the only reader",
    "autopost_site/wsgi.py": "names the settings module",
    "manage.py": "names the settings module",
    "scripts/run.py": "hands the environment to its children",
    "social_queue/demo/management/commands/demo.py": "hands an environment to its children",
    "social_queue/demo/stage.py": "hands an environment to its children",
}


def _room(dotted_name: str) -> str:
    first = dotted_name.split(".")[1] if "." in dotted_name else "models"
    return next((room for room, names in _ROOMS.items() if first in names), "helpers")


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


def test_inside_the_desk_doors_call_verbs_and_verbs_call_helpers():
    none(
        module.at(line, f"{_room(module.name)[:-1]} {module.name} may not import {name} ({_room(name)})")
        for module in modules("social_queue")
        for name, line in module.imports()
        if name.startswith("social_queue.") and _ORDER.index(_room(name)) < _ORDER.index(_room(module.name))
    )


def test_the_models_know_nothing_of_the_rest():
    none(
        module.at(line, f"a model may not import {name}")
        for module in modules("social_queue/models")
        for name, line in module.imports()
        if name.startswith("social_queue.") and _room(name) != "models"
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
    none(
        module.at(line, f"the sandbox may not import {name}")
        for module in modules("connectors/sandbox")
        for name, line in module.imports()
        if name.split(".")[0] == "connectors" and not name.startswith("connectors.sandbox")
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


def test_only_states_writes_the_status_of_posts_and_items():
    none(
        module.at(node, f"writes a status past states.move: {ast.unparse(node)[:90]}")
        for module in modules("social_queue", "metrics")
        if module.path not in _MAY_ASSIGN_STATUS
        for node in ast.walk(module.tree)
        if _writes_status(node)
    )


def _writes_status(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        flat = [one for target in targets for one in ast.walk(target) if isinstance(one, ast.Attribute)]
        return any(one.attr == "status" and dotted(one).split(".")[0] not in _OTHER_STATUSES for one in flat)
    if not isinstance(node, ast.Call) or dotted(node.func).split(".")[0] in _OTHER_STATUSES:
        return False
    verb = dotted(node.func).split(".")[-1]
    if verb in ("update", "setattr"):
        given = {keyword.arg for keyword in node.keywords} | {text_of(value) for value in node.args}
        return "status" in given or any(_names_status(keyword.value) for keyword in node.keywords if not keyword.arg)
    if verb in ("save", "bulk_update"):
        return any(_names_status(value) for value in [*node.args, *(keyword.value for keyword in node.keywords)])
    return False


def _names_status(node: ast.AST) -> bool:
    return any(text_of(part) == "status" for part in ast.walk(node))


def test_only_settings_reads_the_environment():
    none(
        module.at(line, "only settings.py reads the environment")
        for module in (*_project_modules(), *modules("scripts"))
        if module.path not in _MAY_TOUCH_THE_ENVIRONMENT
        for line in _touches_of_the_environment(module)
    )


def _touches_of_the_environment(module: Module):
    yield from (line for name, line in module.imports() if name.split(".")[0] == "decouple")
    yield from (line for name, line in module.imports() if name in ("os.environ", "os.getenv"))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in ("os.environ", "os.environb", "os.getenv"):
            yield node.lineno


def test_no_verb_looks_at_a_clock():
    clocks = {"timezone.now", "datetime.now", "datetime.utcnow", "datetime.datetime.now", "time.time", "date.today"}
    none(
        module.at(call, f"{dotted(call.func)}(): pass the moment in")
        for module in modules("social_queue")
        if _room(module.name) in ("verbs", "states", "models")
        for call in module.calls()
        if dotted(call.func) in clocks
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "Post.objects.filter(pk=1).update(status='failed')",
        "rows.update(**{'status': to})",
        "post.status = 'failed'",
        "post.status, post.error = 'failed', ''",
        "setattr(post, 'status', to)",
        "post.save(update_fields=['status'])",
        "Post.objects.bulk_update(posts, ['status'])",
    ],
)
def test_the_rule_about_statuses_sees_what_it_forbids(wrong):
    assert any(_writes_status(node) for node in ast.walk(ast.parse(wrong)))


@pytest.mark.parametrize(
    "right",
    ["Post.objects.filter(status='failed').update(error='')", "WebhookLog.objects.update(status='accepted')"],
)
def test_the_rule_about_statuses_lets_everything_else_be(right):
    assert not any(_writes_status(node) for node in ast.walk(ast.parse(right)))


@pytest.mark.parametrize("exceptions", [_MAY_NAME_A_PLATFORM, _MAY_ASSIGN_STATUS, _MAY_TOUCH_THE_ENVIRONMENT])
def test_no_exception_outlives_its_file(exceptions):
    assert [path for path in exceptions if not (ROOT / path).exists()] == []
