"""The composer: one page on which an item is written, copied, changed and put right."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from social_queue.admin import tag_sets
from social_queue.admin.acts import acting, conflict, once
from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.items import again, desk, duplicating, kept, live
from social_queue.admin.items import panel as item_panel
from social_queue.admin.items.forms import AddForm, ChangeForm
from social_queue.admin.items.pressing.acts import APPROVE, SCHEDULE, SEND_NOW, ItemActions
from social_queue.admin.pieces.filters import is_id
from social_queue.admin.pieces.picture_field import NOT_KEPT
from social_queue.intake import ingest
from social_queue.models import ItemStatus, QueueItem
from social_queue.operations import editing, items, mending
from social_queue.sentences import translated

#: Which button of the page a press in the form stands for, once what was written is kept.
_BUTTON_OF = {"approve": "approve", "retry": "retry", "send-anyway": "send-anyway"}
#: Buttons that the form has itself, where they keep what was written.
_IN_THE_FORM = {"approve", "retry", "send-anyway", "requeue", "reschedule"}


def may_change(item: QueueItem) -> bool:
    """Nothing of it may be out."""
    return item.status != ItemStatus.CANCELLED and not mending.may_be_out(item.posts.all())


class _Refused(Exception):
    """Raised inside the transaction of a save, which it ends; ``fields`` say what is wrong where."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__(*fields)
        self.fields = fields


class WithComposer(ItemActions, WithButtons[QueueItem]):
    """For the ModelAdmin of items."""

    change_form_template = "admin/desk/compose/change.html"

    class Media:
        js = (
            *("autopost/compose.js", "autopost/compose_sets.js", "autopost/compose_focus.js"),
            *("autopost/compose_places.js", "autopost/album.js", "autopost/follow_ups.js"),
        )
        css = {"all": ("autopost/compose.css",)}

    def get_urls(self) -> list[URLPattern]:
        """What the page's script asks."""
        view = self.admin_site.admin_view
        return [
            path("preview/", view(self.preview), name="queue_queueitem_preview"),
            path("keep/", view(kept.upload), name="queue_queueitem_keep"),
            path("look/", view(kept.look), name="queue_queueitem_look"),
            path("tag-sets/", view(tag_sets.page), name="queue_queueitem_tag_sets"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest) -> HttpResponseBase:
        """How what is being written would look."""
        number, copied = request.GET.get("item", ""), duplicating.original(request)
        # Nothing is pressed: what keeps it from going out is told apart from what can't be kept at all.
        typed = request.POST.copy()
        typed["act"] = "look"
        if is_id(number):
            stored = get_object_or_404(QueueItem, pk=number)
            return live.preview(request, ChangeForm(typed, instance=stored), stored)
        if copied:
            return live.preview(request, duplicating.DuplicateForm(typed, original=copied), None)
        return live.preview(request, AddForm(typed), None)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A form for people whose answers go the way of every other item."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        original = duplicating.original(request)
        if original and not self.has_view_permission(request, original):
            raise PermissionDenied
        sent = (request.POST or None, request.FILES or None)
        form = duplicating.DuplicateForm(*sent, original=original) if original else AddForm(*sent)
        if not self.has_approve_permission(request):
            form.wait_for_approval()
        form.fields["publish_at"].initial = _asked_for(request) or desk.next_hour(timezone.now())
        asked = request.GET.getlist("channels")
        form.fields["channels"].initial = [account.slug for account in form.accounts if account.slug in asked]
        if request.method == "POST" and form.is_valid() and (item := self._take_in(request, form)):
            once.took(request)
            return redirect(reverse("admin:queue_queueitem_change", args=[item.pk]))
        theirs = item_panel.picture(original) if original and original.image else ""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Duplicate an item") if original else _("Add an item"),
            "opts": self.opts,
            "original_item": original,
            "their_picture": theirs,
            "form": form,
            "media": self.media + form.media,
            "composer": desk.of_new(form, original, picture=theirs, may_send=self.has_approve_permission(request)),
        }
        same = form.is_bound and not form.made
        context["composer"] |= {
            "once": request.POST.get(once.PAGE, "") if same else once.word(),
            "taken": once.taken(request),
        }
        return TemplateResponse(request, "admin/desk/add_item.html", context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Whoever saves second is shown both texts, and nothing is changed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except conflict.Met as met:
            return conflict.page(request, met)
        except _Refused as refused:
            # The same page once more, with what was typed, and with the sentences at their fields.
            if file := request.FILES.get("image"):
                file.seek(0)
            request.refused = refused.fields  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, *args, **kwargs) -> type[Any]:
        """With what a change was refused for, where it was."""
        made: Any = super().get_form(request, *args, **kwargs)
        if not (fields := getattr(request, "refused", None)):
            return made

        class Refused(made):
            refused = fields

        return Refused

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args, **kwargs) -> HttpResponse:
        """The composer, while the item may be changed."""
        obj = kwargs.get("obj")
        if obj is not None and self._composes(request, obj):
            form, picture = context["adminform"].form, item_panel.picture(obj)
            context["composer"] = desk.of_item(
                form, obj, picture=picture, may_send=self.has_approve_permission(request)
            ) | {"taken": once.taken(request)}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: QueueItem, form: ChangeForm, change: bool) -> None:
        """As a PATCH of the API, and longer: until something of it has been sent."""
        changes, by_hand = form.changes(), editing.ByHand(seen=form.cleaned_data["seen"], picture=form.picture)
        if form.act and not changes and by_hand.picture is None:
            request.kept_for = form.act  # type: ignore[attr-defined]
            return
        try:
            editing.edit(obj.pk, changes, now=timezone.now(), by_hand=by_hand)
        except editing.Overtaken as fault:
            raise conflict.Met(fault.item, conflict.of_item(form, fault)) from fault
        except OSError:
            messages.error(request, gettext(NOT_KEPT))
        except editing.Gone as fault:
            messages.error(request, f"{translated(str(fault))} " + gettext("Nothing was changed."))
        except editing.Malformed as fault:
            raise _Refused(fault.fields) from fault
        else:
            request.kept_for = form.act  # type: ignore[attr-defined]
            messages.success(request, gettext("The item is kept as you changed it."))

    def response_change(self, request: HttpRequest, obj: QueueItem) -> HttpResponse:
        """Instead of Django's, which adds a message that the row was changed: ``save_model`` has said what became of
        it, which may be nothing. "Save" goes back to the list, all else stays on the page.
        """
        if hasattr(request, "kept_for"):
            once.took(request)
        if "_save" in request.POST:
            return self.response_post_save_change(request, obj)
        pressed = self._pressed(request, obj.pk) if getattr(request, "kept_for", "") else None
        return pressed or HttpResponseRedirect(request.path)

    def _composes(self, request: HttpRequest, item: QueueItem) -> bool:
        return self.has_change_permission(request, item) and may_change(item)

    def _pressable(self, request: HttpRequest, row: QueueItem) -> list[tuple[Button[QueueItem], str]]:
        """Where the form has a button itself, there is no second one that would forget what was written."""
        found = super()._pressable(request, row)
        if not self._composes(request, row):
            return found
        return [(button, address) for button, address in found if button.name not in _IN_THE_FORM]

    def _pressed(self, request: HttpRequest, number: int) -> HttpResponse | None:
        """What the button says, now that what was written is kept."""
        item, act = QueueItem.objects.get(pk=number), request.POST.get("act", "")
        draft = item.status == ItemStatus.DRAFT
        name = _BUTTON_OF.get(act) or {"send-now": "approve" if draft else "requeue"}.get(act, "")
        button = next((one for one in self.buttons if one.name == name), None)
        if button is None or not button.when(item) or not self._allows(request, item, button):
            return None
        if draft and name == "approve":
            # What goes out has been seen on this very page.
            acting.carry_out(request, APPROVE, [item])
            return None
        return button.act(request, item)

    def _take_in(self, request: HttpRequest, form: AddForm) -> QueueItem | None:
        """Through ingest; with an uploaded picture first as a draft, so that nothing goes out without it."""
        if not form.keep_picture():
            return None
        now, picture = timezone.now(), form.stored_as
        wants_draft = form.cleaned_data["draft"] or form.act == "save-draft"
        waits = wants_draft or bool(picture) or bool(form.act)
        source = f"admin:{request.user.get_username()}"[:100]
        body = form.payload()
        if form.act == "send-now":
            body.pop("publish_at", None)
        key = once.key(request)
        receipt = ingest.receive(body, source=source, now=now, draft=waits, idempotency_key=key)
        if not receipt.created or receipt.item is None:
            form.let_go_of_picture()
            earlier = QueueItem.objects.filter(source=source, idempotency_key=key).first() if key else None
            return again.pressed(request, form, receipt, earlier)
        item = receipt.item
        if picture:
            item.image = picture
            item.save(update_fields=["image", "updated_at"])
        self.log_addition(request, item, [{"added": {}}])
        if not wants_draft and item.status == ItemStatus.DRAFT:
            self._let_go(request, form, item)
        else:
            _tell(request, item)
        return item

    def _let_go(self, request: HttpRequest, form: AddForm, item: QueueItem) -> None:
        """For a moment it can be taken back; then it is the draft that it was."""
        if form.act:
            acting.carry_out(request, SCHEDULE if form.act == "schedule" else SEND_NOW, [item])
        else:
            items.approve(item, now=timezone.now())
            _tell(request, item)


def _tell(request: HttpRequest, item: QueueItem) -> None:
    if item.status == ItemStatus.SKIPPED:
        messages.warning(request, gettext("It repeats another item and was skipped; see below."))
    else:
        sentence = gettext("The item is in the queue as %(status)s.") % {"status": item.get_status_display()}
        messages.success(request, sentence)


def _asked_for(request: HttpRequest) -> Any:
    """The moment that the address names, as the calendar does; None where that is none."""
    try:
        found = parse_datetime(request.GET.get("publish_at", "").replace(" ", "+"))
        # At either end of the calendar a moment has no time by the reader's clock.
        return found and timezone.localtime(timezone.make_aware(found) if timezone.is_naive(found) else found)
    except (ValueError, OverflowError):
        return None
