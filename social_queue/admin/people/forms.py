"""What a person types about the own log-in: a code, a password."""

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from social_queue.admin.pieces.typed import Label

#: Longer than any code with its blanks.
_LONGEST = 40


def _code_field(label: Label, help_text: Label = "") -> forms.CharField:
    # Phones offer digits with "numeric", but recovery codes have letters.
    attributes = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": ""}
    widget = UnfoldAdminTextInputWidget(attrs=attributes)
    return forms.CharField(label=label, help_text=help_text, max_length=_LONGEST, widget=widget)


class CodeForm(forms.Form):
    """The second step of a log-in."""

    code = _code_field(_("Code"), _("Six digits from your app, or one of your recovery codes."))


def _own(request: HttpRequest, typed: str) -> str:
    """What was typed, when it is the person's password; wrong ones count as at the log-in. Raises ValidationError."""
    if authenticate(request, username=request.user.get_username(), password=typed) is None:
        raise forms.ValidationError(_("This is not your password."))
    return typed


class PasswordForm(forms.Form):
    """Whoever sits at somebody's open session does not know the password."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """As typed, when it is right."""
        return _own(self.request, self.cleaned_data["password"])


class SetUpForm(PasswordForm):
    """The code proves that the app has the secret, the password that it is the person."""

    code = _code_field(_("Code"), _("The six digits that the app shows now."))
    field_order = ("code", "password")


class NewPasswordForm(AdminOwnPasswordChangeForm):
    """Django's own lets whoever sits there try as many old passwords as he likes."""

    def __init__(self, *args, request: HttpRequest, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """As typed, when it is right."""
        return _own(self.request, self.cleaned_data["old_password"])
