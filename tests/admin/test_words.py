"""The Indonesian catalogue: whatever editors read is in it, and what is compiled is what is written."""

import ast
import gettext
import re
from collections import Counter
from datetime import date
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.utils import formats, translation

import connectors
from connectors.texts import languages
from tests.support.environment import ROOT
from tests.support.source import FLOORS, Module, dotted, modules, none
from tests.support.wording import (
    marked_by_the_theme,
    marked_in_pages,
    marked_in_python,
    marks,
    sentences_not_marked,
    words_not_marked,
    words_of_page,
)

CATALOGUE = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.mo"
#: The same in both languages.
_ALIKE = {"Bitly", "HTTP", "Data", "Token", "data", "token", "status", "platform", "meta", "robot", "slug"}
_ALIKE |= {"Edit", "Status", "feed", "%(name)s: %(sentence)s"}
_ALIKE |= {"Standard Webhooks", "Platform", "null", "tablet"}
_ALIKE |= {"caption", "Caption", "Editor", "Operator", "Menu"}
_ALIKE |= {"video", "Video", "Video {place}", "%(what)s: %(reason)s."}
#: The words of Django's that are said otherwise here on purpose.
_BETTER_THAN_DJANGO = ROOT / "templates" / "admin" / "words_of_django.txt"
#: Words that a translator may think of, and the one that the whole desk uses for the same thing.
_ONE_WORD = {
    "butir": "konten",
    "kiriman": "postingan",
    "konsep": "draf",
    "keterangan": "caption",
    "saringan": "filter",
    "pekerja": "proses",
    "jendela": "rentang jam",
    "telepon": "ponsel",
    "peta bidang": "pemetaan bidang",
    "(?<!kata )sandi": "kata sandi",
    "kami": "Autopost",
    "tak": "tidak",
    "bila": "jika",
    "dengan sendirinya": "otomatis",
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%%|\{\}|</?\w[^>]*>|\{%.*?%\}|`[^`]*`")
#: How the sample item begins, on which a template is tried.
_INDONESIAN_ALREADY = "RTP naik ke 97,2%"


@pytest.fixture(scope="module")
def words() -> dict:
    """{English: Indonesian} as compiled."""
    return _compiled(CATALOGUE)


def test_whatever_is_marked_for_the_translators_is_there_in_indonesian(words):
    known = {word[0] if isinstance(word, tuple) else word for word, said in words.items() if said}
    said = [(place, word) for place, word in (*marked_in_python(), *marked_in_pages()) if word is not None]
    assert len(said) > 500
    none(f"{place}{word!r} has no Indonesian" for place, word in said if word not in known)


def test_no_word_of_ours_changes_a_word_of_djangos(words):
    found = sorted((Path(django.__file__).parent).rglob("locale/id/LC_MESSAGES/django.mo"))
    assert len(found) > 5
    clashes = {
        word for path in found for word, said in _compiled(path).items() if word and words.get(word, said) != said
    }
    clashes = {word[0] if isinstance(word, tuple) else word for word in clashes}
    assert clashes <= set(words_of_page(_BETTER_THAN_DJANGO))


def test_every_month_has_its_indonesian_name():
    with translation.override("id"):
        assert formats.date_format(date(2027, 5, 3), "j M") == "3 Mei"
        assert formats.date_format(date(2027, 5, 3), "j F Y") == "3 Mei 2027"
        months = [formats.date_format(date(2027, month, 1), "F") for month in range(1, 13)]
    assert months[:6] == ["Januari", "Februari", "Maret", "April", "Mei", "Juni"] and len(set(months)) == 12


def test_what_is_filled_in_stands_in_both_languages(words):
    pairs = [(word[0] if isinstance(word, tuple) else word, said) for word, said in words.items() if word]
    assert sum(bool(_PLACEHOLDER.search(word)) for word, _said in pairs) > 100
    none(f"{word!r} is {said!r}" for word, said in pairs if _filled_in(word) != _filled_in(said))


@pytest.mark.parametrize(("other", "ours"), _ONE_WORD.items())
def test_the_desk_has_one_word_for_one_thing(words, other, ours):
    others = re.compile(rf"\b{other}\b", re.IGNORECASE)
    assert any(ours.lower() in said.lower() for said in words.values())
    none(f"{word!r} is {said!r}, but the word here is {ours!r}" for word, said in words.items() if others.search(said))


def _filled_in(text: str) -> Counter:
    return Counter(_PLACEHOLDER.findall(text))


def _compiled(path: Path) -> dict:
    with path.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)


def test_the_words_of_the_theme_are_there_in_indonesian():
    with translation.override("id"):
        unsaid = [(place, word) for place, word in marked_by_the_theme() if _in_indonesian(word) == word]
    where = "templates/admin/declared_words.txt"
    none(f"{place}{word!r} has no Indonesian: declare it in {where}" for place, word in unsaid if word != "Status")


def _in_indonesian(word: str) -> str:
    """Also where it is one form of two, which ``gettext`` alone finds on some versions of Python only."""
    alone = translation.gettext(word)
    return alone if alone != word else translation.ngettext(word, word, 1)


def test_no_pattern_is_made_on_the_spot():
    none(
        module.at(call, "a formatted text can't be found in a catalogue: name the values, and fill them in afterwards")
        for module in modules(*FLOORS)
        for call in module.calls()
        if call.args and isinstance(call.args[0], ast.JoinedStr) and dotted(call.func) in marks(module)
    )


def test_no_sentence_that_editors_read_is_left_unmarked():
    none(
        module.at(node, f"{words!r} can't be translated")
        for module in _read_by_editors()
        for node, words in sentences_not_marked(module)
        if not words.startswith(_INDONESIAN_ALREADY)
    )


def _read_by_editors() -> list[Module]:
    """The desk, the reports, and all that can speak to both: whatever says one translatable sentence says no other."""
    desk = modules("social_queue/admin")
    others = [module for module in modules("social_queue", "metrics") if marks(module) and module not in desk]
    # What the API's description shows as an example is a program's.
    return [*desk, *(module for module in others if "/openapi/examples/" not in module.path)]


def test_no_word_of_a_page_is_left_unmarked():
    pages = sorted((ROOT / "templates" / "admin").rglob("*.html"))
    assert len(pages) > 10
    none(f"{page.relative_to(ROOT)}: {words}" for page in pages if (words := words_not_marked(page.read_text())))


@pytest.mark.parametrize("wrong", ["<p>All is well</p>", '<i title="Wait"></i>', "{% if all %}Good{% endif %}"])
def test_the_rule_about_pages_sees_what_it_forbids(wrong):
    assert words_not_marked(wrong)


def test_the_rule_about_sentences_sees_what_it_forbids():
    text = (
        'def f(x):\n    g(f"There is no {x} here.")\n    logger.info("nobody reads this one.")\n    h("It is not so.")'
    )
    found = sentences_not_marked(Module("x.py", "x", text, ast.parse(text)))
    assert [words for _node, words in found] == ["It is not so.", "There is no x here."]


def test_every_status_of_a_table_is_there_in_indonesian(words):
    with translation.override("en"):
        fields = [field for model in apps.get_app_config("queue").get_models() for field in model._meta.get_fields()]
        # What a table takes over from one of Django's own is said by Django.
        ours = [field for field in fields if not field.model.__module__.startswith("django.")]
        chosen = {str(label) for field in ours for _value, label in getattr(field, "choices", None) or ()}
    platforms = {label for _name, label in connectors.platform_choices()}
    unsaid = {label for label in chosen - platforms if label not in words}
    assert unsaid == set()


def test_whatever_connectors_declare_for_people_is_there_in_indonesian(words):
    kinds = [connectors.get(name) for name in connectors.names()]
    options = [option for kind in kinds for option in kind.options]
    said = {kind.where_to_look for kind in kinds} | {text for option in options for text in (option.label, option.help)}
    # A language is called by its own name, whoever reads it.
    named = {name for _code, name in languages.NAMES}
    said |= {label for option in options for _value, label in option.choices if label not in named}
    assert sorted(word for word in said if word and word not in words) == []


def test_indonesian_is_another_language(words):
    alike = {word for word, said in words.items() if isinstance(word, str) and word and word == said}
    assert alike <= _ALIKE | {"Facebook Login", "Instagram Login"}


def test_what_is_compiled_is_what_is_written(words):
    written = _written(CATALOGUE.with_suffix(".po").read_text())
    assert {word: said for word, said in words.items() if isinstance(word, str) and word} == written


def _written(text: str) -> dict[str, str]:
    """{English: Indonesian} of a .po file, entries with a plural left out."""
    found = {}
    for entry in text.split("\n\n"):
        lines = [line for line in entry.splitlines() if not line.startswith("#")]
        joined = re.sub(r'"\n"', "", "\n".join(lines))
        match = re.fullmatch(r'(?:msgctxt (".*")\n)?msgid (".*")\nmsgstr (".*")\s*', joined)
        if match and match[2] != '""':
            context, word, said = (ast.literal_eval(text) if text else "" for text in match.groups())
            found[f"{context}\x04{word}" if context else word] = said
    return found
