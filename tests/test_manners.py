"""How the house is written: nothing swallowed, every file a room, every function on one screen."""

import ast
import re

import pytest
from django.conf import settings as site

from tests.support.source import FLOORS, Module, dotted, modules, none, text_of

_ROOMY = {
    "social_queue/models/": "tables are lists",
    "social_queue/admin/": "so is what an editor sees of them",
    "metrics/models": "tables are lists",
    "metrics/admin": "so is what an editor sees of them",
    "autopost_site/settings.py": "one list, and nothing else may read the environment",
    "tests/": "stories",
}
_LONGEST_FILE = 180
_LONGEST_ROOMY_FILE = 300
_LONGEST_FUNCTION = 40
_DEEPEST = 4


def test_no_exception_is_swallowed():
    none(module.at(node, complaint) for module in modules() for node in module.nodes if (complaint := _swallows(node)))


def _swallows(node: ast.AST) -> str:
    if isinstance(node, ast.ExceptHandler):
        if node.type is None:
            return "a bare except"
        if all(isinstance(step, ast.Pass) or _is_ellipsis(step) for step in node.body):
            return "an except that does nothing"
    if not isinstance(node, ast.Call) or dotted(node.func).split(".")[-1] != "suppress":
        return ""
    every = any(dotted(kind) in ("Exception", "BaseException") for kind in node.args)
    return "suppresses every exception" if every else ""


def _is_ellipsis(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and text_of(step.value) is Ellipsis


def test_imports_are_absolute():
    none(
        module.at(node, "a relative import")
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.level
    )


def test_every_module_says_what_it_is_for():
    none(
        module.at(1, "has no docstring")
        for module in modules()
        if module.tree.body and not ast.get_docstring(module.tree)
    )


def test_every_file_is_one_room():
    none(
        module.at(1, f"{module.lines} lines, {_longest(module)} at most")
        for module in modules()
        if module.lines > _longest(module)
    )


def _longest(module: Module) -> int:
    roomy = any(module.path.startswith(place) for place in _ROOMY)
    return _LONGEST_ROOMY_FILE if roomy else _LONGEST_FILE


def test_every_function_fits_on_a_screen():
    none(
        module.at(function, f"{function.name} has {_height(function)} lines, {_LONGEST_FUNCTION} at most")
        for module in modules()
        for function in module.functions()
        if _height(function) > _LONGEST_FUNCTION
    )


def _height(function: ast.FunctionDef) -> int:
    return function.end_lineno - function.lineno + 1


def test_no_function_is_nested_too_deep():
    none(
        module.at(function, f"{function.name} goes {_depth(function)} levels deep, {_DEEPEST} at most")
        for module in modules()
        for function in module.functions()
        if _depth(function) > _DEEPEST
    )


def _depth(function: ast.FunctionDef) -> int:
    """Levels below the function's own; a function inside it is measured by itself."""
    inner = [node for node in ast.walk(function) if isinstance(node, ast.FunctionDef) and node is not function]
    hidden = {id(step) for node in inner for step in ast.walk(node)}
    steps = [step for step in ast.walk(function) if isinstance(step, ast.stmt) and id(step) not in hidden]
    return max((step.col_offset - function.col_offset) // 4 for step in steps)


def test_no_variable_is_numbered():
    numbered = re.compile(r"[a-z_]\d$")
    none(
        module.at(node, f"{node.id}: say what tells it from the others")
        for module in modules(*FLOORS, "scripts")
        for node in module.nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and numbered.search(node.id)
    )


def test_no_test_gives_a_value_to_a_setting_that_nobody_reads():
    """The fixture takes any name, so a slip would leave the setting as it was and the test as it seemed."""
    none(
        module.at(node, f"there is no setting {node.attr}")
        for module in modules("tests", "benchmarks")
        for node in module.nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "settings"
        and not hasattr(site, node.attr)
    )


@pytest.mark.parametrize(
    "wrong",
    ["try: f()\nexcept: g()", "try: f()\nexcept ValueError: pass", "with contextlib.suppress(Exception): f()"],
)
def test_the_rule_about_exceptions_sees_what_it_forbids(wrong):
    assert any(_swallows(node) for node in ast.walk(ast.parse(wrong)))
