"""The doors that nobody may go round: one writes statuses, one reads the environment, and no verb looks at a clock."""

import ast

import pytest

from tests.support.environment import ROOT
from tests.support.source import FLOORS, Module, dotted, modules, none, text_of

#: Where no clock is looked at: the moment is passed in by a door.
_WITHOUT_CLOCKS = {
    *("feeds", "webhooks", "operations", "calendar", "intake", "delivery", "wording"),
    *("states", "part_states", "arrows", "follow_ups", "fenced", "reversals", "models"),
}


#: Where a call or a chain of attributes begins whose ``status`` is neither a post's nor an item's.
_OTHER_STATUSES = {"PlatformAccount", "Subscription", "WebhookLog", "account"}


_MAY_ASSIGN_STATUS = {
    "social_queue/states.py": "the one door",
    "social_queue/part_states.py": "the one door for parts",
    "social_queue/accounts/standing.py": "an account's status, after the row was changed",
    "social_queue/webhooks/log.py": "a webhook delivery's status",
}


_MAY_TOUCH_THE_ENVIRONMENT = {
    "autopost_site/settings.py": "the only reader",
    "autopost_site/wsgi.py": "names the settings module",
    "manage.py": "names the settings module",
    "scripts/diagrams.py": "names the settings module, and a database in memory",
    "scripts/run.py": "hands the environment to its children",
    "scripts/words.py": "names the settings module, and a database in memory",
    "social_queue/demo/management/commands/demo.py": "hands an environment to its children",
    "social_queue/demo/stage.py": "hands an environment to its children",
}


def test_only_states_writes_the_status_of_posts_and_items():
    none(
        module.at(node, f"writes a status past states.move: {ast.unparse(node)[:90]}")
        for module in modules("social_queue", "metrics")
        if module.path not in _MAY_ASSIGN_STATUS
        for node in module.nodes
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
    if verb in ("update", "setattr", "Change"):
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
        for module in (*modules(*FLOORS), *modules("scripts"))
        if module.path not in _MAY_TOUCH_THE_ENVIRONMENT
        for line in _touches_of_the_environment(module)
    )


def _touches_of_the_environment(module: Module):
    yield from (line for name, line in module.imports() if name.split(".")[0] == "decouple")
    yield from (line for name, line in module.imports() if name in ("os.environ", "os.getenv"))
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and dotted(node) in ("os.environ", "os.environb", "os.getenv"):
            yield node.lineno


def test_no_wing_that_is_handed_the_moment_looks_at_a_clock():
    clocks = {"timezone.now", "datetime.now", "datetime.utcnow", "datetime.datetime.now", "time.time", "date.today"}
    none(
        module.at(call, f"{dotted(call.func)}(): pass the moment in")
        for module in modules("social_queue")
        if module.name.split(".")[1:2] and module.name.split(".")[1] in _WITHOUT_CLOCKS
        for call in module.calls()
        if dotted(call.func) in clocks
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "Post.objects.filter(pk=1).update(status='failed')",
        "kept.Change(Post.objects.filter(pk=1), status='failed')",
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


@pytest.mark.parametrize("exceptions", [_MAY_ASSIGN_STATUS, _MAY_TOUCH_THE_ENVIRONMENT])
def test_no_exception_outlives_its_file(exceptions):
    assert [path for path in exceptions if not (ROOT / path).exists()] == []
