"""API keys: made here, shown once, revoked here."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from social_queue.access import keys
from social_queue.admin.acts import effects
from social_queue.admin.acts.acting import Act, WithActs, in_lists, on_each
from social_queue.admin.acts.actions import report, yes_or_no
from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.acts.effects import Effect
from social_queue.admin.base import DeskAdmin, NeverDeleted, NoAddAnother
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.times import MomentField
from social_queue.models import ApiKey
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.sentences import translated

_SCOPES = (
    (keys.INGEST, _("push content in, and change what it pushed in")),
    (keys.READ, _("read the queue and the posts")),
    (keys.MANAGE, _("change, cancel and retry what others pushed in or wrote")),
)


def show_once(
    request: HttpRequest, model_admin: admin.ModelAdmin, *, secret: str, title: str, back: str
) -> HttpResponse:
    """A page with a secret that is never shown again; no cache keeps it."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "secret": secret,
        "back": back,
    }
    return TemplateResponse(request, "admin/desk/secret.html", context, headers={"Cache-Control": "no-store"})


class KeyForm(forms.ModelForm):
    """A name, what it may do, and until when."""

    scopes = forms.MultipleChoiceField(
        label=_("Rights"),
        choices=_SCOPES,
        initial=list(keys.USUAL_SCOPES),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    expires_at = MomentField(label=_("Works until"), required=False, help_text=_("Empty: until somebody revokes it."))

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "expires_at")
        widgets = {"name": UnfoldAdminTextInputWidget()}

    def clean_name(self) -> str:
        """A name that no editor's source has."""
        if fault := keys.name_fault(self.cleaned_data["name"]):
            raise forms.ValidationError(translated(fault))
        return self.cleaned_data["name"]

    def clean_scopes(self) -> list[str]:
        """In one order."""
        return sorted(self.cleaned_data["scopes"])

    def clean_expires_at(self) -> datetime | None:
        """A key that never worked would only be noticed by the program that was given it."""
        until: datetime | None = self.cleaned_data["expires_at"]
        if self.instance.pk is None and until and until <= timezone.now():
            raise forms.ValidationError(_("This moment has passed: choose a later one, or leave it empty."))
        return until


def _revoked(rows: list[ApiKey], now: datetime, when: datetime | None) -> Effect:
    working = sum(not key.revoked_at for key in rows)
    return Effect(items=working, left=len(rows) - working)


def _described(effect: Effect) -> list[str]:
    stop = ngettext(
        "%(count)d key stops working at once: whoever uses it is locked out.",
        "%(count)d keys stop working at once: whoever uses them is locked out.",
        effect.items,
    )
    return effects.complete([stop % {"count": effect.items}] if effect.items else [], effect)


def _revoke_one(key: ApiKey, *, now: datetime, press: Pressing) -> Done:
    return yes_or_no(keys.revoke(key, now=now), gettext("is revoked already"))


_REVOKE = Act("revoke", _("Revoke"), on_each(_revoke_one), _revoked, action="revoke", stops=True, describe=_described)


def _revoke(request: HttpRequest, key: ApiKey) -> None:
    stopped = keys.revoke(key, now=timezone.now())
    report(request, yes_or_no(stopped, gettext("is revoked already")), what=gettext("Revoke"))


@admin.register(ApiKey)
class KeyAdmin(WithButtons, WithActs, NeverDeleted, NoAddAnother, DeskAdmin):
    """Who may push content in; only a hash of each key is kept."""

    form = KeyForm
    acts = (_REVOKE,)
    actions = in_lists(acts)
    list_display = ("name", "state", "start", "may", "ends", "last_used", "created")
    search_fields = ("name", "prefix")
    sortable_by = ()
    readonly_fields = ("state", "start", "created_at", "last_used_at", "revoked_at")

    @property
    def buttons(self) -> tuple[Button[ApiKey], ...]:
        """Renewing answers with a page of its own, so it needs this admin."""
        ask_renew = _("The present key stops working at once. Go on?")
        ask_revoke = _("Whoever uses this key is locked out at once. Go on?")
        return (
            Button("renew", _("New secret"), self._renew, lambda key: True, "autorenew", ask=ask_renew),
            Button("revoke", _("Revoke"), _revoke, lambda key: not key.revoked_at, "block", "danger", ask=ask_revoke),
        )

    def get_fieldsets(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """What is known of a key once it exists."""
        fields = (
            "name",
            "scopes",
            "expires_at",
            *(("start", "created_at", "last_used_at", "revoked_at") if obj else ()),
        )
        return ((None, {"fields": fields}),)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """The name is the source of what was pushed, so it stays."""
        return (*self.readonly_fields, "name") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: ApiKey, form: forms.ModelForm, change: bool) -> None:
        """A new key is made by the function that makes all of them."""
        chosen = {name: form.cleaned_data[name] for name in ("scopes", "expires_at")}
        if change:
            ApiKey.objects.filter(pk=obj.pk).update(**chosen)
            return
        made, cast(Any, request).ap_secret = keys.issue(obj.name, **chosen)
        obj.__dict__.update(made.__dict__)

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """The key itself, once."""
        title = gettext("The key of %(name)s") % {"name": obj.name}
        return show_once(
            request, self, secret=cast(Any, request).ap_secret, title=title, back=self._address("changelist")
        )

    def panel(self, request: HttpRequest, row: ApiKey) -> dict:
        """Whether it works."""
        return {"chip": self.state(row)}

    def _renew(self, request: HttpRequest, key: ApiKey) -> HttpResponse:
        secret = keys.renew(key, now=timezone.now())
        title = gettext("The new key of %(name)s") % {"name": key.name}
        back = reverse("admin:queue_apikey_change", args=[key.pk])
        return show_once(request, self, secret=secret, title=title, back=back)

    @display(description=_("status"))
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return looks.chip(gettext("revoked"), "quiet")
        if keys.has_expired(key, now=timezone.now()):
            return looks.chip(gettext("expired"), "care")
        return looks.chip(gettext("works"), "good")

    @display(description=_("begins with"))
    def start(self, key: ApiKey) -> str:
        return f"ap_{key.prefix}_…"

    @display(description=_("rights"))
    def may(self, key: ApiKey) -> str:
        return ", ".join(str(dict(_SCOPES).get(scope, scope)) for scope in key.scopes)

    @display(description=_("works until"))
    def ends(self, key: ApiKey) -> str:
        return looks.moment(key.expires_at)

    @display(description=_("last used"))
    def last_used(self, key: ApiKey) -> str:
        return looks.moment(key.last_used_at)

    @display(description=_("created"))
    def created(self, key: ApiKey) -> str:
        return looks.moment(key.created_at)
