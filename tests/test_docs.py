"""What the documents say of the code is true: names exist, links lead somewhere, diagrams and indexes are current."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import diagrams
from tests.support.environment import ROOT
from tests.support.source import none

_PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "social_queue").rglob("*.md")]
    if path.name != "CHANGELOG.md"  # history speaks of its own time
)
_DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
_TOPS = "autopost_site|metrics|social_queue|connectors|tests|benchmarks|scripts|templates|deploy|docs|locale"
_PATH = re.compile(rf"(?<![\w/.-])(?:{_TOPS})/[\w/.*{{}},<>-]*[\w*}}/]")
_DOTTED = re.compile(r"(?<![\w/.-])(?:autopost_site|metrics|social_queue|connectors|tests|benchmarks)(?:\.\w+)+")
_LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]*)(?:#[^)\s]*)?\)")
#: Names that the recipes make up.
_MADE_UP = re.compile(r"mastodon|subtitle|quota_low|shout|maintenance|forest|GREETING|/de\b|/de/|<|0014_")
#: In the notes on upgrading, names that are no more stand in the first column of a table.
_FIRST_COLUMN = re.compile(r"^\|[^|]*\|", re.MULTILINE)


#: What programs have printed, in fences that name no language.
_PRINTED = re.compile(r"^```\n.*?^```$", re.MULTILINE | re.DOTALL)
#: Made by a command, kept by nobody.
_NOT_KEPT = {"benchmarks/results/"}


def _text(page: Path) -> str:
    text = _PRINTED.sub(lambda printed: "\n" * printed[0].count("\n"), page.read_text())
    return _FIRST_COLUMN.sub("|", text) if page.name == "upgrading.md" else text


def _lines() -> Iterator[tuple[str, str]]:
    """(place, line) of every line of every page."""
    for page in _PAGES:
        for number, line in enumerate(_text(page).splitlines(), start=1):
            yield f"{page.relative_to(ROOT)}:{number}", line


def _named(pattern: re.Pattern) -> list[tuple[str, str]]:
    found = [(place, name) for place, line in _lines() for name in pattern.findall(line)]
    return [(place, name) for place, name in found if not _MADE_UP.search(name)]


def _variants(path: str) -> list[str]:
    """``a/{b,c}.py`` is both of them."""
    inner = re.search(r"\{([^}]*)\}", path)
    if not inner:
        return [path]
    return [one for word in inner[1].split(",") for one in _variants(path.replace(inner[0], word, 1))]


def test_every_file_that_a_document_names_exists():
    named = _named(_PATH)
    assert len(named) > 100
    none(
        f"{place}: there is no {path}"
        for place, braced in named
        for path in _variants(braced)
        if path not in _NOT_KEPT and not any(ROOT.glob(path.rstrip("/")))
    )


def test_every_name_in_the_code_that_a_document_spells_exists():
    named = _named(_DOTTED)
    assert len(named) > 30
    none(f"{place}: there is no {name}" for place, name in named if not _exists(name))


def _exists(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        try:
            for part in parts[length:]:
                found = getattr(found, part)
        except AttributeError:
            return False
        return True
    return False


@pytest.mark.parametrize("name", ["social_queue.nowhere", "social_queue.states.nothing", "nobody.at.all"])
def test_a_name_that_does_not_exist_is_seen(name):
    assert not _exists(name)


def test_every_link_inside_the_project_leads_somewhere():
    links = [(page, target) for page in _PAGES for target in _LINK.findall(_text(page)) if target]
    assert len(links) > 40
    none(f"{page.relative_to(ROOT)}: {target}" for page, target in links if not (page.parent / target).exists())


def test_the_diagrams_are_current():
    page = diagrams.PAGE.read_text()
    assert page == diagrams.drawn(page), "run `make diagrams`"


def test_the_diagrams_show_every_arrow_and_every_wing():
    page = diagrams.PAGE.read_text()
    assert page.count("```mermaid") == 2
    assert "  publishing --> unknown: " in page and "  recalled --> [*]" in page
    assert [wing for floor in diagrams.floors() for wing in floor if f'    {wing}["<b>{wing}</b>' not in page] == []


@pytest.mark.parametrize("page", _DECISIONS, ids=lambda path: path.stem)
def test_every_decision_says_of_when_it_is_and_stands_in_the_index(page):
    """One line under the title: "2026-11-22 · in force", or "… · superseded by [other](other.md)"."""
    second = page.read_text().split("\n", 2)[2].split("\n", 1)[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d · (in force|superseded by \[[\w -]+\]\([\w-]+\.md\))", second), second
    assert f"](decisions/{page.name}) | {second.split(' · ')[0]} | " in (ROOT / "docs" / "README.md").read_text()


def test_every_document_stands_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text()
    pages = [page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md") if page.name != "README.md"]
    none(f"docs/README.md does not name {page}" for page in pages if f"]({page})" not in index)
