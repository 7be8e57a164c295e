"""The project's own Python, parsed, for tests that look at how it is written."""

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.environment import ROOT

FLOORS = ("autopost_site", "metrics", "social_queue", "connectors")
_ELSEWHERE = ("tests", "benchmarks", "scripts")


@dataclass(frozen=True)
class Module:
    """One file: ``path`` relative to the project, ``name`` dotted, ``tree`` parsed."""

    path: str
    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in the tree; walked once, since every rule asks for it."""
        return tuple(ast.walk(self.tree))

    @functools.cached_property
    def _imports(self) -> tuple[tuple[str, int], ...]:
        found: list[tuple[str, int]] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [(alias.name, node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
        return tuple(found)

    def imports(self) -> Iterator[tuple[str, int]]:
        """(dotted name, line) of everything imported anywhere in the file, ``from x import y`` as ``x.y``."""
        return iter(self._imports)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return (node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def calls(self) -> Iterator[ast.Call]:
        """Every call."""
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def words(self) -> Iterator[ast.Constant]:
        """Every piece of text that is not a docstring."""
        documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        docstrings = {
            id(node.body[0].value)
            for node in self.nodes
            if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
        }
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield node

    def at(self, line: int | ast.AST, complaint: str) -> str:
        """A complaint as editors understand it: path:line: words."""
        return f"{self.path}:{getattr(line, 'lineno', line)}: {complaint}"


@functools.cache
def modules(*tops: str) -> tuple[Module, ...]:
    """Every module under these folders but migrations; without folders, all of the project's."""
    folders = [ROOT / top for top in tops or (*FLOORS, *_ELSEWHERE)]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]
    return tuple(map(_parsed, paths if tops else [*paths, ROOT / "manage.py"]))


@functools.cache
def _parsed(path: Path) -> Module:
    relative = path.relative_to(ROOT)
    parts = relative.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text()
    return Module(str(relative), name, text, ast.parse(text, str(relative)))


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for a chain of names; calls and indices in between are skipped; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return ""


def text_of(node: ast.AST) -> object:
    """The value of a constant, else None."""
    return node.value if isinstance(node, ast.Constant) else None


def none(complaints: Iterable[str]) -> None:
    """Fail with every complaint on a line of its own, if there is one."""
    found = list(complaints)
    if found:
        pytest.fail(f"{len(found)} places:\n" + "\n".join(found), pytrace=False)
