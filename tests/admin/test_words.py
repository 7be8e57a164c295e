"""The Indonesian catalogue: whatever editors read is in it, and what is compiled is what is written."""

import ast
import gettext
import re

import pytest
from django.apps import apps
from django.utils import translation

import connectors
from tests.support.environment import ROOT
from tests.support.source import modules

CATALOGUE = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.mo"
#: The same in both languages.
_ALIKE = {"Bitly", "HTTP", "Data", "Token", "data", "token", "status", "platform", "meta", "robot", "slug"}
_ALIKE |= {"Standard Webhooks", "Platform"}


@pytest.fixture(scope="module")
def words() -> dict:
    """{English: Indonesian} as compiled."""
    with CATALOGUE.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)


def _said_by_the_desk():
    for module in modules("social_queue/admin"):
        for call in module.calls():
            name = getattr(call.func, "id", "")
            if name in ("_", "gettext") and call.args and hasattr(call.args[0], "value"):
                yield call.args[0].value


def _said_by_templates():
    folder = ROOT / "templates" / "admin"
    for path in (folder / "index.html", *(folder / "desk").glob("*.html")):
        yield from re.findall(r'\{% translate "(.*?)"', path.read_text())


def test_whatever_the_desk_says_is_there_in_indonesian(words):
    said = {word for word in (*_said_by_the_desk(), *_said_by_templates()) if isinstance(word, str)}
    assert sorted(word for word in said if word not in words) == []


def test_every_status_of_a_table_is_there_in_indonesian(words):
    with translation.override("en"):
        fields = [field for model in apps.get_app_config("queue").get_models() for field in model._meta.get_fields()]
        chosen = {str(label) for field in fields for _value, label in getattr(field, "choices", None) or ()}
    platforms = {label for _name, label in connectors.platform_choices()}
    unsaid = {label for label in chosen - platforms if label not in words}
    assert unsaid == set()


def test_whatever_connectors_declare_for_people_is_there_in_indonesian(words):
    kinds = [connectors.get(name) for name in connectors.names()]
    options = [option for kind in kinds for option in kind.options]
    said = {kind.where_to_look for kind in kinds} | {text for option in options for text in (option.label, option.help)}
    said |= {label for option in options for _value, label in option.choices}
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
        match = re.fullmatch(r'msgid (".*")\nmsgstr (".*")\s*', joined)
        if match and match[1] != '""':
            found[ast.literal_eval(match[1])] = ast.literal_eval(match[2])
    return found
