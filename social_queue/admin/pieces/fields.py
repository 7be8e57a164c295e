"""Form fields that people can read where the table keeps JSON."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from social_queue.admin.pieces import times
from social_queue.reading import moments
from social_queue.sentences import Sentence, translated


class WordsField(forms.CharField):
    """A list of words, written with commas between them."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget())
        kwargs.setdefault("help_text", _("With commas between them."))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> str:
        """A stored list as it is written."""
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]  # Django's fields may give anything
        """The words, each once."""
        return words(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as lists, so that spaces around commas are no change."""
        return list(initial or []) != words(data or "")


def words(text: str) -> list[str]:
    """The words between commas, each once, in their order."""
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def sentences(faults: Iterable[str]) -> list[str]:
    """Faults that go on after a field's name, as sentences of their own in the reader's language."""
    return [one[:1].upper() + one[1:] for one in (translated(_for_people(fault)) for fault in faults)]


def _for_people(fault: str) -> str:
    """With the moment in it as every page writes it: programs read ISO 8601 there, to the microsecond."""
    if not isinstance(fault, Sentence) or not isinstance(moment := fault.values.get("moment"), str):
        return fault
    return Sentence(fault.pattern, fault.values | {"moment": times.written(moments.parse(moment))})


class NoteField(forms.CharField):
    """What a form keeps for itself between two presses: no column, and nothing that the history would name."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput())

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Never."""
        return False
