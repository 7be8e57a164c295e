"""Every page of the desk in its reader's zone and language, and the form in which they are chosen."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from social_queue.access import habits
from social_queue.admin.pieces.typed import person
from social_queue.sentences import translated
from social_queue.timing import zones

#: What the menu of the theme calls to change the language; it only sets a cookie.
_MENU = "set_language"


class InTheirHabits:
    """Middleware for /admin/: activates the zone and the language of who is logged in, and takes both away again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page in the reader's habits; outside of the desk, or for nobody, as it is."""
        if request.method == "POST" and request.path == reverse(_MENU) and request.user.is_authenticated:
            return self._from_the_menu(request)
        if not request.path.startswith(reverse("admin:index")) or not request.user.is_authenticated:
            return self.get_response(request)
        zone, language = habits.of(person(request))
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        if zone is None:
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)

    def _from_the_menu(self, request: HttpRequest) -> HttpResponse:
        """Whoever chose a language on the own page, and another in the menu, means the last one."""
        chosen = request.POST.get("language", "")
        if habits.of(person(request))[1] and chosen in dict(settings.LANGUAGES):
            habits.keep(person(request), language=chosen)
        return self.get_response(request)


class HabitsForm(forms.Form):
    """Where one is, and what one reads."""

    zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=64,
        help_text=_("Such as Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)."),
        widget=UnfoldAdminTextInputWidget(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("as the browser asks")), *settings.LANGUAGES],
        widget=UnfoldAdminSelectWidget(),
    )

    def clean_zone(self) -> str:
        """A name that there is; whatever its case."""
        name: str = self.cleaned_data["zone"].strip()
        if not name:
            return ""
        if zones.nearest(name).lower() == name.lower():
            name = zones.nearest(name)
        try:
            return zones.named(name).key
        except ValueError as fault:
            raise forms.ValidationError(translated(str(fault))) from fault
