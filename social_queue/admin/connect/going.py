"""Going to the platform: by its own page, by digits that it shows, or by what is typed in here."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from connectors.login import Login, LoginTrouble
from social_queue.accounts import connecting
from social_queue.admin.connect import notes
from social_queue.admin.connect.guard import along, chosen_way, label, page, session_of
from social_queue.admin.pieces.typed import person

_SILENT = {"autocomplete": "off", "spellcheck": "false"}


def start(request: HttpRequest, platform: str) -> HttpResponse:
    """Off to the platform's page; or a form, where it has none."""
    way = chosen_way(request, platform)
    if way.missing:
        return redirect(along("connect-platform", platform, request.GET.get("way", "")))
    notes.set_out(request, platform, way.name)
    if not way.has_page:
        return _typed(request, platform, way)
    try:
        attempt, going = connecting.begin(
            platform, way, person=person(request), session=session_of(request), now=timezone.now()
        )
    except LoginTrouble as trouble:
        return notes.stumbled(request, platform, trouble)
    notes.remember(request, platform, attempt.pk, attempt.way)
    if going.pin:
        request.session[_PAGE] = going.url
        return redirect("connect-pin", platform)
    return redirect(going.url)


#: Where the session keeps the platform's page that shows digits.
_PAGE = "connect_pin_page"


def pin(request: HttpRequest, platform: str) -> HttpResponse:
    """The digits that the platform shows, because it does not know our address."""
    if request.method == "POST":
        return _brought(request, platform, notes.number(request, platform), {"pin": request.POST.get("pin", "")})
    shown = {"address": request.session.get(_PAGE, ""), "back": connecting.back_to(platform), "platform": platform}
    if not shown["address"]:
        return redirect("connect-platform", platform)
    title = _("Connect %(platform)s") % {"platform": label(platform)}
    return page(request, "pin", title=title, label=label(platform), **shown)


def _typed(request: HttpRequest, platform: str, way: Login) -> HttpResponse:
    form = form_of(way)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt, _nowhere = connecting.begin(
            platform, way, person=person(request), session=session_of(request), now=timezone.now()
        )
        notes.remember(request, platform, attempt.pk, attempt.way)
        return _brought(request, platform, attempt.pk, form.cleaned_data)
    title = _("Connect %(platform)s") % {"platform": label(platform)}
    steps = [_(step) for step in way.steps]
    return page(request, "typed", title=title, form=form, platform=platform, label=label(platform), steps=steps)


def _brought(request: HttpRequest, platform: str, number: int, query: dict[str, str]) -> HttpResponse:
    try:
        attempt = connecting.take_waiting(number, platform, session=session_of(request), now=timezone.now())
        connecting.bring(attempt, query, now=timezone.now())
    except LoginTrouble as trouble:
        return notes.stumbled(request, platform, trouble)
    request.session.pop(_PAGE, None)
    return redirect("connect-callback", platform)


def form_of(way: Login) -> type[forms.Form]:
    """What is typed in here instead of on a page of the platform's."""
    fields = {}
    for ask in way.asks:
        # Never written back into a page, not even after a wrong turn.
        secret = UnfoldAdminPasswordWidget(attrs={**_SILENT, "autocomplete": "new-password"}, render_value=False)
        widget = secret if ask.secret else UnfoldAdminTextInputWidget(attrs=_SILENT)
        help_text = _(ask.help) if ask.help else ""
        fields[ask.name] = forms.CharField(
            max_length=300, widget=widget, label=_(ask.label), help_text=help_text, required=ask.required
        )
    return type("TypedForm", (forms.Form,), fields)
