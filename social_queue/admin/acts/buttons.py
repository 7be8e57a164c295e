"""Buttons on a row's own page: each is a POST to an address of its own and calls one operation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from social_queue.admin.acts import actions
from social_queue.admin.pieces import times
from social_queue.admin.pieces.filters import is_id
from social_queue.admin.pieces.typed import Label, Page, Row


@dataclass(frozen=True)
class Button(Generic[Row]):
    """``act(request, row)`` does it and leaves a message, or answers with a page; ``when(row)`` says if it is shown."""

    name: str
    label: Label
    act: Callable[[HttpRequest, Row], HttpResponse | None]
    when: Callable[[Row], bool]
    icon: str = ""
    #: ``primary``, ``danger`` or plain.
    look: str = ""
    #: A question to be answered before it is done.
    ask: Label = ""
    #: A template with inputs that go along.
    fields: str = ""
    #: What scripts know it by, where that is not its name.
    hook: str = ""
    #: Its act writes its own lines of history.
    remembers: bool = False
    #: Whose it is, as its page's ``has_<permission>_permission`` says; empty: of whoever may press the others.
    permission: str = ""


class WithButtons(Page[Row]):
    """For a ModelAdmin: draws ``buttons`` above the form and takes their presses."""

    change_form_outer_before_template = "admin/desk/panel.html"

    @property
    def buttons(self) -> tuple[Button[Row], ...]:
        """Most pages name them as a plain attribute instead."""
        return ()

    def get_urls(self) -> list[URLPattern]:
        """The buttons' address before the others, which would take it for an id."""
        press = self.admin_site.admin_view(self.press)
        return [path("<int:object_id>/press/<slug:name>/", press, name=self._press_name), *super().get_urls()]

    def press(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """Do what a button says, if it still applies to the row. Who comes back from a log-in finds the row."""
        if request.method != "POST":
            return redirect(self._address("change", object_id))
        row = self.row(object_id)
        button = next((button for button in self.buttons if button.name == name), None)
        if row is None or button is None:
            raise Http404
        if not self._allows(request, row, button):
            raise PermissionDenied
        answer = None
        if button.when(row):
            answer = button.act(request, row)
            if not button.remembers:
                actions.remember(request, [row], button.label)
        else:
            sentence = _("“%(button)s” does not apply any more: this has changed meanwhile.") % {"button": button.label}
            messages.warning(request, sentence)
        return answer or redirect(self._address("change", row.pk))

    def may_press(self, request: HttpRequest, row: Row) -> bool:
        """By default whoever may change the row."""
        return self.has_change_permission(request, row)

    def row(self, object_id: int) -> Row | None:
        """The row with what its buttons need."""
        return self.model._default_manager.filter(pk=object_id).first()

    def panel(self, request: HttpRequest, row: Row) -> dict:
        """What stands beside the buttons: ``sentences``, ``parts`` (templates) and what these need."""
        return {}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Hand the panel to the page."""
        row = self.row(int(object_id)) if is_id(str(object_id)) else None
        if row is not None:
            pressable = self._pressable(request, row)
            desk = {"buttons": pressable, "zone": times.zone(), **self.panel(request, row)}
            extra_context = {"desk": desk, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra_context)

    def _pressable(self, request: HttpRequest, row: Row) -> list[tuple[Button[Row], str]]:
        shown = [button for button in self.buttons if self._allows(request, row, button) and button.when(row)]
        return [(button, self._address("press", row.pk, button.name)) for button in shown]

    def _allows(self, request: HttpRequest, row: Row, button: Button[Row]) -> bool:
        if button.permission:
            return getattr(self, f"has_{button.permission}_permission")(request)
        return self.may_press(request, row)

    def _address(self, page: str, *args) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    @property
    def _press_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_press"
