"""Inviting people by a link, and the page behind it where they make their own log-in."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth import login, password_validation
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from social_queue.access import invitations, roles
from social_queue.admin.acts import actions
from social_queue.admin.pieces.typed import person
from social_queue.models import Invitation

_SHOWN = 50
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class InviteForm(forms.Form):
    """For whom, and as what."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=UnfoldAdminRadioSelectWidget())
    note = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("A note for yourself, such as a name."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args, offered: list[Group], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(group.pk), roles.LABELS.get(group.name, group.name)) for group in offered]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class WelcomeForm(forms.ModelForm):
    """What the invited person chooses."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html,
    )
    again = forms.CharField(
        label=gettext_lazy("Password once more"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("username", "first_name")
        labels = {"username": gettext_lazy("Log-in name"), "first_name": gettext_lazy("What you are called")}
        help_texts = {"username": ""}
        widgets = {
            "username": UnfoldAdminTextInputWidget(attrs={"autocomplete": "username", "autocapitalize": "none"}),
            "first_name": UnfoldAdminTextInputWidget(attrs={"autocomplete": "name"}),
        }

    def clean(self) -> dict[str, Any]:
        """The same twice, and one that the site's rules take."""
        given = super().clean() or self.cleaned_data
        typed = given.get("password")
        if typed and "again" in given and typed != given["again"]:
            self.add_error("again", _("This is not the same as above."))
        if typed:
            known = User(username=given.get("username", ""), first_name=given.get("first_name", ""))
            try:
                password_validation.validate_password(typed, known)
            except forms.ValidationError as fault:
                self.add_error("password", fault)
        return given


def overview(request: HttpRequest) -> HttpResponse:
    """Who may be invited as what, and the links that are out."""
    offered = _offered(request)
    form = InviteForm(request.POST or None, offered=offered)
    link = ""
    if request.method == "POST" and form.is_valid():
        role = next(group for group in offered if str(group.pk) == form.cleaned_data["role"])
        row, token = invitations.invite(role, note=form.cleaned_data["note"], by=person(request), now=timezone.now())
        LogEntry.objects.log_actions(person(request).pk, [row], ADDITION, gettext_noop("Invited."))
        link, form = request.build_absolute_uri(reverse("welcome", args=[token])), InviteForm(offered=offered)
    return _page(request, form, link)


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """A link that shall make nobody."""
    _offered(request)
    if invitations.revoke(number, now=timezone.now()):
        actions.remember(request, Invitation.objects.filter(pk=number), gettext_noop("Revoked."))
        messages.success(request, _("The invitation is revoked: its link lets nobody in any more."))
    else:
        messages.warning(request, _("This invitation was over already."))
    return redirect("invitations")


@never_cache
@csrf_protect
@sensitive_post_parameters()
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link, for somebody who has no log-in yet."""
    now = timezone.now()
    form = WelcomeForm(request.POST or None)
    try:
        invitation = invitations.find(token, now=now)
        if request.method == "POST" and form.is_valid() and (user := _made(form, invitation)):
            login(request, user, backend=_BACKEND)
            messages.success(request, _("Welcome. This is the desk."))
            return redirect("admin:index")
    except invitations.Over:
        context = {**admin.site.each_context(request), "title": _("This invitation is over")}
        return TemplateResponse(request, "admin/desk/invitation_over.html", context, status=410)
    role = roles.LABELS.get(invitation.role.name, invitation.role.name)
    context = {**admin.site.each_context(request), "title": _("Welcome"), "form": form, "role": role}
    return TemplateResponse(request, "admin/desk/welcome.html", context)


def _made(form: WelcomeForm, invitation: Invitation) -> User | None:
    user = form.instance
    user.set_password(form.cleaned_data["password"])
    try:
        return invitations.accept(invitation, user, now=timezone.now())
    except IntegrityError:
        form.add_error("username", _("Somebody has this name already."))
        return None


def _offered(request: HttpRequest) -> list[Group]:
    offered = invitations.roles_of(person(request))
    if not offered and not person(request).is_superuser:
        raise PermissionDenied
    return offered


def _page(request: HttpRequest, form: InviteForm, link: str) -> HttpResponse:
    now = timezone.now()
    rows = Invitation.objects.select_related("role", "made_by", "used_by").order_by("-made_at", "-id")[:_SHOWN]
    context = {
        **admin.site.each_context(request),
        "title": _("Invite people"),
        "form": form,
        "link": link,
        "rows": [
            {"row": row, "open": _open(row, now), "role": roles.LABELS.get(row.role.name, row.role.name)}
            for row in rows
        ],
    }
    return TemplateResponse(request, "admin/desk/invitations.html", context, headers={"Cache-Control": "no-store"})


def _open(row: Invitation, now: datetime) -> bool:
    return row.used_at is None and row.revoked_at is None and row.ends_at > now
