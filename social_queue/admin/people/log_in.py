"""The log-in: name and password, then a code from whoever has a second factor, and a rest after too many tries.

Nobody is logged in before both are right: until then the session only remembers whose password was.
"""

import math
import time
from datetime import datetime, timedelta
from urllib.parse import urlencode

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import admin, messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.timesince import timeuntil
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from unfold.forms import AuthenticationForm

from social_queue.access import callers, log_ins, second_factor
from social_queue.admin.people import gate
from social_queue.admin.people.forms import CodeForm

#: Where the session keeps whose password was right, and for how many seconds.
_HALF, _PATIENCE = "half_logged_in", 600
#: Seconds to wait that nobody notices who waits for his app's next code.
_NOTICED = 30
_TOO_LATE = _(
    "More than %(minutes)d minutes have passed since your password, so no code counts any more. Log in once more, and "
    "you come to the page that you wanted."
)


class LogIn(LoginView):
    """Name and password."""

    template_name = "admin/login.html"
    authentication_form = AuthenticationForm

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Whoever is in already, by another tab perhaps, goes on to where the log-in would have led."""
        if admin.site.has_permission(request):
            return redirect(self.get_redirect_url() or self.get_default_redirect_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right."""
        user = form.get_user()
        if not second_factor.is_set_up(user):
            return super().form_valid(form)
        self.request.session[_HALF] = {
            "user": user.pk,
            "backend": user.backend,
            "password": user.get_session_auth_hash(),
            "until": time.time() + _PATIENCE,
            "next": self.get_redirect_url(),
        }
        return redirect("log-in-code")

    def get_context_data(self, **kwargs) -> dict:
        """What the theme's page shows."""
        context = {"title": _("Log in"), "subtitle": None, "app_path": self.request.get_full_path()}
        unsent = gate.UNSENT in self.request.GET
        return super().get_context_data(**admin.site.each_context(self.request), **context, unsent=unsent, **kwargs)


@method_decorator([sensitive_post_parameters(), csrf_protect, never_cache], name="dispatch")
class Code(RedirectURLMixin, FormView):
    """The second step: what the app shows, or a recovery code."""

    template_name = "admin/desk/log_in_code.html"
    form_class = CodeForm
    person: User

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        """Only for somebody whose password was right a moment ago, and whose name is not at rest."""
        person = half_logged_in(request)
        if person is None:
            return _anew(request)
        self.person = person
        who = {"username": self.person.get_username()}
        if request.method == "POST" and not AxesProxyHandler.is_allowed(request, who):
            return resting(request, None, who)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Log in, or say what is wrong with the code."""
        verdict = second_factor.verify(self.person, form.cleaned_data["code"])
        if not verdict.right:
            return self._refuse(form, verdict)
        half = self.request.session.pop(_HALF)
        login(self.request, self.person, backend=half["backend"])
        return redirect(half["next"] or self.get_default_redirect_url())

    def get_default_redirect_url(self) -> str:
        """Where a bare log-in leads."""
        return LogIn().get_default_redirect_url()

    def get_context_data(self, **kwargs) -> dict:
        """The theme's frame around the form."""
        back = to_log_in(self.request)
        context = {"title": _("Log in"), "person": self.person, "back": back, "wanted": _wanted(self.request)}
        return super().get_context_data(**admin.site.each_context(self.request), **context, **kwargs)

    def _refuse(self, form: CodeForm, verdict: second_factor.Verdict) -> HttpResponse:
        if verdict.too_soon and verdict.not_before:
            form.add_error("code", too_soon(verdict.not_before))
            headers = {"Retry-After": str(_seconds_until(verdict.not_before))}
            return self.render_to_response(self.get_context_data(form=form), status=429, headers=headers)
        who = {"username": self.person.get_username()}
        user_login_failed.send(sender=__name__, credentials=who, request=self.request, reason="code")
        form.add_error("code", _("This code is wrong, or was used already. An app shows a new one every 30 seconds."))
        if verdict.not_before and _seconds_until(verdict.not_before) > _NOTICED:
            form.add_error("code", too_soon(verdict.not_before))
        return self.form_invalid(form)


def _anew(request: HttpRequest) -> HttpResponse:
    """Back to the password; whoever only took too long is told so."""
    half, back = request.session.get(_HALF), to_log_in(request)
    if half and half["until"] < time.time():
        minutes = {"minutes": _PATIENCE // 60}
        messages.warning(request, _TOO_LATE % minutes)
    request.session.pop(_HALF, None)
    return redirect(back)


def to_log_in(request: HttpRequest) -> str:
    """The address of the log-in, with where it leads."""
    wanted, page = _wanted(request), reverse("admin:login")
    return f"{page}?{urlencode({'next': wanted})}" if wanted else page


def _wanted(request: HttpRequest) -> str:
    """The page of ours that somebody who logs in came for; "" where that was none."""
    half = request.session.get(_HALF) or {}
    return LogIn(request=request).get_redirect_url() or half.get("next", "")


def half_logged_in(request: HttpRequest) -> User | None:
    """Whose password was right, unless it took too long or the password changed meanwhile."""
    half = request.session.get(_HALF)
    if not half or half["until"] < time.time():
        return None
    user = get_user_model().objects.filter(pk=half["user"], is_active=True, is_staff=True).first()
    same = user is not None and constant_time_compare(user.get_session_auth_hash(), half["password"])
    return user if same else None


def too_soon(not_before: datetime) -> str:
    """The sentence for a code that was not looked at."""
    seconds = _seconds_until(not_before)
    # Minutes are rounded up, or who believes them comes too soon once more.
    minutes = timeuntil(not_before + timedelta(seconds=59))
    wait = minutes if seconds >= 60 else _("%(count)d s") % {"count": seconds}
    return str(_("Too many wrong codes. The next one is looked at in %(wait)s.") % {"wait": wait})


def _seconds_until(moment: datetime) -> int:
    return max(math.ceil((moment - timezone.now()).total_seconds()), 1)


def resting(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """429: what everybody gets for this name from this address until the rest is over; see AXES_LOCKOUT_CALLABLE."""
    name = (credentials or {}).get("username") or ""
    now = timezone.now()
    until = max(log_ins.rests_until(name, callers.counted_as(request)) or now, now)
    wait = math.ceil((until - now).total_seconds())
    # A page that names minutes must round up.
    shown = {"title": _("Log in"), "until": until + timedelta(seconds=59), "wait": wait, "back": to_log_in(request)}
    context = admin.site.each_context(request) | shown
    headers = {"Retry-After": str(max(wait, 1)), "Cache-Control": "no-store"}
    answer = TemplateResponse(request, "admin/desk/resting.html", context, status=429, headers=headers)
    return answer.render()
