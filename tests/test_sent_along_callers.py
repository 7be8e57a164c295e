"""A change that may travel holds no lock until it is sent: where one is made, somebody has said why none is meant.

On MariaDB and MySQL it waits for its transaction's next statement. A claim or a fence, which has to hold its row before
the code goes on, is ``QuerySet.update``, ``statements.update`` or a locking query of ``kept.rows`` instead.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.support.source import FLOORS, Module, dotted, modules, none

_PASSED_ON = "a way to make one: whoever calls it is asked"

#: {path, function: why nothing that is done before the next statement needs the lock of what is changed}
_MAY_TRAVEL = {
    "metrics/clicks/booking.py insert": "a new row that nobody else knows",
    "social_queue/delivery/beginning.py _begin_all": "the posts, which are the fence, are written and counted before",
    "social_queue/delivery/claim.py _serve": "a note on accounts that are locked, or held by our post",
    "social_queue/delivery/outcomes.py _publish_all": "attempts are changed by whoever made them; the fence comes next",
    "social_queue/events/ledger.py write": "new rows that nobody waits for before they are committed",
    "social_queue/fenced.py write_all": "the posts are locked and compared, and have to be found once more",
    "social_queue/intake/together/taking.py lay_down": "the rows were inserted in this transaction",
    "social_queue/kept.py run": _PASSED_ON,
    "social_queue/states.py hold": "posts are locked by the caller; an item is changed only if it is ready then",
    "social_queue/states.py settle": "the items are locked",
    "social_queue/statements.py _insert_some": _PASSED_ON,
    "social_queue/statements.py insert": _PASSED_ON,
    "social_queue/statements.py run_uncounted": _PASSED_ON,
    "social_queue/statements.py update_each": _PASSED_ON,
    "social_queue/webhooks/log.py accept_together": "the rows were inserted by this request, whose ids are the fence",
    "social_queue/wording/variants.py note": "the counters are locked",
}


def test_every_change_that_may_travel_stands_where_no_lock_is_meant():
    none(
        module.at(node, f"{place}: a change that may travel locks nothing yet; say in _MAY_TRAVEL why that is right")
        for module in modules(*FLOORS)
        for place, node in _travelling(module)
        if place not in _MAY_TRAVEL
    )


def test_no_reason_outlives_its_place():
    there = {place for module in modules(*FLOORS) for place, _ in _travelling(module)}
    assert sorted(set(_MAY_TRAVEL) - there) == []


def test_what_is_decorated_as_a_change_is_called_in_its_own_module_only():
    none(
        module.at(function, f"{function.name} is a kept change: name it _{function.name}, for its callers are listed")
        for module in modules(*FLOORS)
        for function in module.functions()
        if _is_change(function) and not function.name.startswith("_")
    )
    changes = {f"{one.name}.{name}" for one in modules(*FLOORS) for name in _changes(one)}
    changes |= {f"social_queue.statements.{name}" for name in ("insert", "insert_all", "run_uncounted", "update_each")}
    none(
        module.at(
            line, f"{name}: call it by the name of its module, or in it, so that it is seen where a change is made"
        )
        for module in modules(*FLOORS)
        for name, line in module.imports()
        if name in changes
    )


_WRONG = """
from social_queue import kept, statements

@kept.change
def _take(*, ids: list[int]) -> kept.Change:
    return kept.Change(Post.objects.filter(pk__in=ids), in_flight_account=F("account"))

def claim(posts):
    {}
"""


@pytest.mark.parametrize(
    "wrong",
    [
        "_take(ids=posts)",
        "return map_of(_take, posts)",
        "statements.update_each(Post, posts)",
        "statements.insert(posts[0])",
        "statements.insert_all(posts, ids=False)",
        "statements.insert_all(posts, False)",
        "statements.insert_all(posts, **how)",
        "statements.run_uncounted('UPDATE social_posts SET lease_until = NULL', [])",
        "connection.send_along('UPDATE social_posts SET lease_until = NULL', [])",
    ],
)
def test_the_rule_sees_what_may_travel(wrong):
    assert [place for place, _ in _travelling(_module(_WRONG.format(wrong)))] == ["x.py claim"]


@pytest.mark.parametrize(
    "right",
    [
        "Post.objects.filter(pk__in=posts).update(in_flight_account=F('account'))",
        "return statements.update(Post, {'lease_until': None}, where={'id': 1})",
        "statements.insert_all(posts)",
        "posts.insert(0, None)",
    ],
)
def test_the_rule_lets_be_what_is_sent_at_once(right):
    assert [*_travelling(_module(_WRONG.format(right)))] == []


def _module(text: str) -> Module:
    return Module("x.py", "x", text, ast.parse(text))


def _travelling(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """Each place, "path function", that makes a change that may travel, with the node that does."""
    own = _changes(module)
    inside = {id(part): function.name for function in module.functions() for part in ast.walk(function)}
    for node in module.nodes:
        if _may_travel(node, own):
            yield f"{module.path} {inside.get(id(node), 'outside of functions')}", node


def _may_travel(node: ast.AST, changes: set[str]) -> bool:
    """Is it a call, or a mention that lets somebody else call it?"""
    if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "insert_all":
        return any(given.arg in ("ids", None) for given in node.keywords) or len(node.args) > 1
    if isinstance(node, ast.Name):
        return isinstance(node.ctx, ast.Load) and node.id in {*changes, "update_each", "run_uncounted"}
    if not isinstance(node, ast.Attribute):
        return False
    whole = dotted(node)
    return node.attr in ("send_along", "update_each", "run_uncounted") or whole == "statements.insert"


def _changes(module: Module) -> set[str]:
    return {function.name for function in module.functions() if _is_change(function)}


def _is_change(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(dotted(one).split(".")[-1] == "change" for one in function.decorator_list)
