"""The runbook has a paragraph for every alert, and names no other."""

import re

from social_queue.admin.posts import troubles
from social_queue.models import Alert
from tests.support.environment import ROOT

_RUNBOOK = ROOT / "docs" / "runbook.md"


def test_every_alert_has_its_paragraph():
    paragraphs = re.split(r"^## ", _RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    named = {kind: text for text in paragraphs for kind in re.findall(r"`([a-z_]+)`", text.splitlines()[0])}
    assert set(named) == set(Alert.Kind.values)
    assert [kind for kind, text in named.items() if "**Press:**" not in text] == []


def test_every_alert_has_its_words_and_what_to_press():
    kinds = set(Alert.Kind.values)
    assert {path.stem for path in (ROOT / "templates" / "alerts").glob("*.txt")} == kinds
    assert [kind for kind in kinds if not troubles.after(Alert(kind=kind))] == []
