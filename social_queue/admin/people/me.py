"""A person's own log-in: the password, the second factor, recovery codes, and the end of every other session."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from social_queue.access import habits, hearing, log_ins, second_factor
from social_queue.admin.people import gate
from social_queue.admin.people.forms import NewPasswordForm, PasswordForm, SetUpForm
from social_queue.admin.people.habits import HabitsForm
from social_queue.admin.people.hearing import HearingForm
from social_queue.admin.pieces import times
from social_queue.admin.pieces.typed import person
from social_queue.timing import zones

#: Where the session keeps the secret of an app that is being added.
_NEW_SECRET = "second_factor_secret"  # noqa: S105 - a name


def overview(request: HttpRequest) -> HttpResponse:
    """What there is, and what can be done about it."""
    return _overview(request, PasswordForm(request))


@require_POST
def keep_habits(request: HttpRequest) -> HttpResponse:
    """The zone and the language of every page from now on."""
    form = HabitsForm(request.POST)
    if not form.is_valid():
        return _overview(request, PasswordForm(request), form)
    habits.keep(person(request), **form.cleaned_data)
    zone, language = habits.of(person(request))
    with translation.override(language or translation.get_language()), timezone.override(zone):
        told = _("Kept. It is %(time)s for you now.") % {"time": times.written(timezone.now())}
    messages.success(request, told)
    return redirect("me")


@require_POST
def keep_hearing(request: HttpRequest) -> HttpResponse:
    """Of what, where and when not."""
    if not hearing.may_hear(person(request)):
        raise PermissionDenied
    form = HearingForm(request.POST)
    if not form.is_valid():
        return _overview(request, PasswordForm(request), hearing_form=form)
    hearing.keep(person(request), **form.cleaned_data)
    messages.success(request, _("Kept. You hear of what happens from now on."))
    return redirect("me")


class NewPassword(PasswordChangeView):
    """The admin's page, with a limit on wrong old passwords."""

    form_class = NewPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who asks is needed to count."""
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        """The theme's frame around the form."""
        return super().get_context_data(**admin.site.each_context(self.request), **kwargs)


@sensitive_post_parameters()
def set_up(request: HttpRequest) -> HttpResponse:
    """A picture for the app, and the proof that it was read. ``?next=`` is a page that somebody was led away from."""
    secret = request.session.setdefault(_NEW_SECRET, second_factor.new_secret())
    form = SetUpForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if codes := second_factor.set_up(person(request), secret, form.cleaned_data["code"]):
            return _codes(request, codes, _("Your second factor works"))
        form.add_error("code", _("This is not what the app should show. Is the clock of the phone right?"))
    address = second_factor.address(person(request), secret)
    shown = {"address": address, "picture": second_factor.picture(address)}
    shown |= {"secret": second_factor.typed_form(secret), "demanded": settings.REQUIRE_2FA}
    replaced = second_factor.is_set_up(person(request))
    title = _("Replace the second factor") if replaced else _("Set up a second factor")
    unsent = gate.UNSENT in request.GET
    return _page(request, "second_factor", title=title, form=form, replaced=replaced, unsent=unsent, **shown)


@require_POST
@sensitive_post_parameters()
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes; the old ones end."""
    form = PasswordForm(request, request.POST)
    if not second_factor.is_set_up(person(request)) or not form.is_valid():
        return _overview(request, form)
    return _codes(request, second_factor.renew_codes(person(request)), _("Your new recovery codes"))


@require_POST
@sensitive_post_parameters()
def remove(request: HttpRequest) -> HttpResponse:
    """Log in by the password alone again, where the site leaves that to everybody."""
    form = PasswordForm(request, request.POST)
    if settings.REQUIRE_2FA or not form.is_valid():
        return _overview(request, form)
    if second_factor.remove(person(request)):
        messages.success(request, _("Your second factor is gone. The password alone lets you in."))
    return redirect("me")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Log out everywhere but here."""
    ended = log_ins.end_sessions(person(request), but=request.session.session_key or "")
    messages.success(request, _("Other sessions that were ended: %(count)d.") % {"count": ended})
    return redirect("me")


def _codes(request: HttpRequest, codes: list[str], title: str) -> HttpResponse:
    """Shown once. Whoever is logged in elsewhere came in without what was just made."""
    request.session.pop(_NEW_SECRET, None)
    log_ins.end_sessions(person(request), but=request.session.session_key or "")
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return _page(request, "recovery_codes", title=title, codes=codes, leads_to=wanted if ours else reverse("me"))


def _overview(
    request: HttpRequest,
    form: PasswordForm,
    habits_form: HabitsForm | None = None,
    hearing_form: HearingForm | None = None,
) -> HttpResponse:
    zone, language = habits.of(person(request))
    chosen = {"zone": zone.key if zone else "", "language": language}
    found = {"on": second_factor.is_set_up(person(request)), "left": second_factor.codes_left(person(request))}
    shown = {"habits": habits_form or HabitsForm(initial=chosen), "zones": sorted(zones.known())}
    heard = hearing.of(person(request))
    wanted = {name: getattr(heard, name) for name in HearingForm.base_fields}
    shown |= {"site_zone": settings.TIME_ZONE, "hearing": hearing_form or HearingForm(initial=wanted)}
    faults = [getattr(heard, way.fault) for way in hearing.ways() if getattr(heard, way.fault)]
    shown |= {"may_hear": hearing.may_hear(person(request)), "can_hear": bool(hearing.ways()), "hearing_faults": faults}
    return _page(request, "me", title=_("You"), form=form, demanded=settings.REQUIRE_2FA, **found, **shown)


def _page(request: HttpRequest, name: str, *, title: str, **context) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": title} | context
    return TemplateResponse(request, f"admin/desk/{name}.html", context, headers={"Cache-Control": "no-store"})
