"""Acts on many rows, or on what can't be seen at once: first a page that counts what would happen, then the act."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from social_queue.admin.acts import actions, effects, outlook, parts
from social_queue.admin.acts.effects import Effect
from social_queue.admin.pieces import looks, times
from social_queue.admin.pieces.times import MomentForm
from social_queue.admin.pieces.typed import Label, Page, person
from social_queue.models import ApiKey, Post, Press, QueueItem
from social_queue.operations import undo
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing

#: What may be acted on.
Acted = Post | QueueItem | ApiKey
_SHOWN = 20


class Asked(TemplateResponse):
    """A page that asks: nothing has been done yet."""


@dataclass(frozen=True)
class Act:
    """``run(rows, press, when)`` does it and says which rows it took; ``weigh(rows, now, when)`` counts it before."""

    name: str
    label: Label
    run: Callable
    weigh: Callable[..., Effect]
    #: What the list's action is called, and its words there where they are others.
    action: str = ""
    action_label: Label = ""
    #: Nothing goes out by it.
    stops: bool = False
    #: It needs a moment, which its page asks for.
    when: bool = False
    #: ``describe(effect)``: its page's sentences where the effect is none on posts; it can't be taken back.
    describe: Callable[[Effect], list[str]] | None = None
    #: Who may do it, as its page's ``has_<permission>_permission`` says.
    permission: str = "change"


def ask(
    request: HttpRequest, act: Act, rows: Sequence[Acted], *, back: str, form: forms.Form | None = None
) -> HttpResponse:
    """The page: what would happen, to how many, and a button that is not pressed by Enter alone."""
    when = form.cleaned_data["publish_at"] if form and form.is_bound and form.is_valid() else None
    effect = act.weigh(rows, timezone.now(), when)
    way_back = None if act.describe else undo.time_to_undo()
    context = {
        **admin.site.each_context(request),
        "title": act.label,
        "opts": rows[0]._meta if rows else None,
        "act": act,
        "form": form or (MomentForm() if act.when else None),
        "effect": effect,
        "said": act.describe(effect) if act.describe else effects.sentences(effect, stops=act.stops),
        "nothing": not (effect.posts or effect.items or act.when),
        "rows": [_row(row) for row in rows[:_SHOWN]],
        "more": max(0, len(rows) - _SHOWN),
        "count": len(rows),
        "chosen": ",".join(str(row.pk) for row in rows),
        "address": reverse(f"admin:queue_{rows[0]._meta.model_name}_act", args=[act.name]) if rows else "",
        "back": back,
        "undo_seconds": int(way_back.total_seconds()) if way_back else 0,
    }
    return Asked(request, "admin/desk/effect.html", context)


def carry_out(request: HttpRequest, act: Act, rows: Sequence[Acted], *, when: datetime | None = None) -> None:
    """Do it: a line of history for each row that was taken, a message, and for a moment the way back."""
    done, kept = press_all(request, act, rows, when=when)
    alone = len(rows) == done.taken == 1 and not (act.stops or act.describe)
    if alone and (when_out := outlook.sentence(rows[0])):
        said = _("%(what)s: done. %(more)s") % {"what": act.label, "more": when_out}
        actions.tell(request, said, level=messages.SUCCESS, press=kept)
    else:
        actions.report(request, done, what=str(act.label), press=kept)


def press_all(
    request: HttpRequest, act: Act, rows: Sequence[Acted], *, when: datetime | None = None
) -> tuple[Done, Press | None]:
    """The same without the message."""
    press = Pressing(timezone.now(), hold=undo.time_to_undo(), person=person(request).pk)
    done, taken = act.run(rows, press, when)
    kept = None
    if taken:
        model = rows[0]._meta.model_name
        actions.remember(request, taken, act.label)
        kept = undo.keep(
            press,
            person=person(request).pk,
            model=str(model),
            label=str(act.label),
            rows=[row.pk for row in taken],
            now=timezone.now(),
        )
    return done, kept


def asking(act: Act) -> Callable[[HttpRequest, Acted], HttpResponse]:
    """For a button: what can't be seen at once is counted on a page first."""
    return lambda request, row: ask(request, act, [row], back=looks.address(row))


def doing(act: Act) -> Callable[[HttpRequest, Acted], None]:
    """For a button whose row shows all that will happen."""
    return lambda request, row: carry_out(request, act, [row])


def in_lists(acts: Iterable[Act]) -> tuple[Callable, ...]:
    """The acts as bulk actions of a ``WithActs``."""
    return tuple(map(_in_list, acts))


def _in_list(act: Act) -> Callable:
    @admin.action(description=act.action_label or act.label, permissions=[act.permission])
    def chosen(model_admin: "WithActs", request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return model_admin.ask(request, queryset, act.name)

    chosen.__name__ = act.action
    return chosen


class WithActs(Page[Any]):
    """For a ModelAdmin: takes the presses of ``acts`` by name, from its lists and from its rows' own pages."""

    acts: tuple[Act, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        """The acts' address before the others, which would take it for an id."""
        doing = self.admin_site.admin_view(self.doing)
        return [path("act/<slug:name>/", doing, name=f"queue_{self.opts.model_name}_act"), *super().get_urls()]

    def ask(self, request: HttpRequest, queryset: QuerySet, name: str) -> HttpResponse:
        """A bulk action: the page about the chosen rows; it comes back to the list as it was filtered."""
        rows = actions.limited(request, queryset)
        return ask(request, self._act(name), rows, back=request.get_full_path())

    def doing(self, request: HttpRequest, name: str) -> HttpResponse:
        """Do what the page said, unless it has become more meanwhile: then ask again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        act = self._act(name)
        if not getattr(self, f"has_{act.permission}_permission")(request):
            raise PermissionDenied
        rows, back = self._rows(request), self._back(request)
        form = MomentForm(request.POST) if act.when else None
        if form and not form.is_valid():
            return ask(request, act, rows, back=back, form=form)
        when = form.cleaned_data["publish_at"] if form else None
        effect = act.weigh(rows, timezone.now(), when)
        if effect.posts > _number(request, "posts") or effect.at_once > _number(request, "now"):
            messages.warning(request, _("Look again: more would happen now than this page said before."))
            return ask(request, act, rows, back=back, form=form)
        if "part" in request.POST:
            before = parts.before(request)
            return parts.answer(request, before, press_all(request, act, rows, when=when), what=str(act.label))
        carry_out(request, act, rows, when=when)
        return redirect(back)

    def _act(self, name: str) -> Act:
        found = next((act for act in self.acts if act.name == name), None)
        if found is None:
            raise Http404
        return found

    def _rows(self, request: HttpRequest) -> list[Acted]:
        numbers = request.POST.get("rows", "").split(",")[: actions.AT_ONCE]
        if not all(number.isdecimal() and len(number) < 19 for number in numbers):
            raise BadRequest("rows")
        rows = self.model._default_manager.filter(pk__in=numbers).order_by("pk")
        return list(rows.select_related("item", "account") if self.model is Post else rows)

    def _back(self, request: HttpRequest) -> str:
        back = request.POST.get("back", "")
        if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            return back
        return reverse(f"admin:queue_{self.opts.model_name}_changelist")


def on_each(operation: Callable) -> Callable:
    """Run an operation that takes one row, row by row; a row of which nothing was taken is not among the taken."""

    def run(rows: Iterable[Acted], press: Pressing, when: datetime | None) -> tuple[Done, list[Acted]]:
        given, rows = (when,) if when else (), list(rows)

        def one(row: Acted) -> Done:
            return operation(row, *given, now=press.now, press=press)

        # What chooses a slot lays locks before its transaction begins.
        choosing = [row for row in rows if getattr(row, "next_slot", False)]
        done, taken = actions.each_taken(choosing, one)
        more, also = actions.together_taken([row for row in rows if not getattr(row, "next_slot", False)], one)
        return done + more, [*taken, *also]

    return run


def together(operation: Callable) -> Callable:
    """Run an operation that takes the rows together and says which it took."""

    def run(rows: list[Acted], press: Pressing, when: datetime | None) -> tuple[Done, list[Acted]]:
        return operation(rows, now=press.now, press=press)

    return run


def on_all(operation: Callable) -> Callable:
    """Run an operation that takes the rows together and notes in the press which it took."""

    def run(rows: list[Acted], press: Pressing, when: datetime | None) -> tuple[Done, list[Acted]]:
        done = operation(rows, now=press.now, press=press)
        return done, [row for row in rows if row.pk in press.posts]

    return run


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _row(row: Acted) -> dict[str, str]:
    """A row as the page lists it."""
    if isinstance(row, Post):
        return {"title": row.item.title, "account": row.account.slug, "when": times.written(row.not_before)}
    if isinstance(row, ApiKey):
        used = _("last used %(when)s") % {"when": times.written(row.last_used_at)} if row.last_used_at else ""
        return {"title": row.name, "account": "", "when": used or _("never used")}
    return {"title": row.title, "account": "", "when": looks.planned(row)}
