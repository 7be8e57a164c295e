"""The form of an account, made from what its platform's connector declares."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

import connectors
from connectors.base import Connector, Option, TokenStatus
from connectors.texts.pasted import BadAddress
from connectors.texts.sentences import ended
from social_queue.accounts import trial
from social_queue.admin.accounts import timetable
from social_queue.admin.pieces.typed import Label
from social_queue.models import PlatformAccount, credentials_of
from social_queue.vault import VaultClosed

CREDENTIAL, OPTION = "credential_", "option_"
_INITIALS = {"api", "id"}
#: What ``connectors.texts.pasted`` says, once more where the translators' tools find it.
SAID_OF_ADDRESSES = (
    gettext_noop("%(text)s does not name an account on %(label)s. Write its address like %(example)s."),
    gettext_noop("%(text)s is not a page of %(label)s. Write the account's address like %(example)s."),
)


class AccountForm(timetable.TimetableForm):
    """Everything but the secrets and options, which ``form_for`` adds."""

    platform_name = ""
    save_unchecked = forms.BooleanField(
        label=_("Save without asking the platform"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_(
            "For when the platform can't be asked right now: it is asked again every hour. "
            "What it has refused is not saved either way."
        ),
    )
    #: What the platform said of the secrets typed in; None when it was not asked.
    said: TokenStatus | None = None

    class Meta:
        model = PlatformAccount
        fields = (
            *("name", "slug", "address", "include_link", "link_mode", "min_interval_s", "resend_unknown"),
            *timetable.FIELDS,
        )
        widgets = {
            **{name: UnfoldAdminTextInputWidget() for name in ("name", "slug", "address")},
            **{name: UnfoldBooleanSwitchWidget() for name in ("include_link", "resend_unknown")},
            "link_mode": UnfoldAdminSelectWidget(),
            "min_interval_s": UnfoldAdminIntegerFieldWidget(),
            **timetable.WIDGETS,
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.connector = connectors.get(self.platform_name)
        self.held = _held(self.instance)
        self.fields["include_link"].help_text = _price(self.connector)
        for key in self.connector.credential_keys:
            field = self.fields[CREDENTIAL + key]
            field.required = not self.instance.pk
            field.help_text = gettext("Set; leave empty to keep it.") if self.held.get(key) else gettext("Not set yet.")
        for option in self.connector.options:
            self.initial[OPTION + option.name] = (self.instance.options or {}).get(option.name, option.default)

    def clean_slug(self) -> str:
        """A platform's own name would always mean the platform."""
        slug = self.cleaned_data["slug"]
        if connectors.resolve_alias(slug):
            raise ValidationError(_("“%(slug)s” means a whole platform; choose another."), params={"slug": slug})
        return slug

    def clean_address(self) -> str:
        """One account per place, be it named by its address or by its page."""
        try:
            address = self.connector.address_from(self.cleaned_data["address"])
        except BadAddress as fault:
            raise ValidationError(gettext(fault.pattern) % fault.values) from fault
        same = PlatformAccount.objects.filter(platform=self.platform_name, address=address)
        if taken := same.exclude(pk=self.instance.pk).first():
            raise ValidationError(_("The account %(slug)s posts there already."), params={"slug": taken.slug})
        return address

    def clean(self) -> dict:
        """Secrets typed in are tried before anything is stored: what the platform refuses is not kept."""
        super().clean()
        values = self.cleaned_data
        if self.errors or not self.new_secrets:
            return values
        self.said = trial.ask(self._as_typed())
        if self.said.checked and not self.said.valid:
            self._refuse(self.said, _("The platform does not accept this: %(why)s Nothing was saved."))
        elif not self.said.checked and self.said.detail and not values["save_unchecked"]:
            self._refuse(
                self.said, _("The platform could not be asked: %(why)s Nothing was saved; try again, or see below.")
            )
        return values

    def _as_typed(self) -> PlatformAccount:
        """The account as it would be, not stored."""
        typed = PlatformAccount(platform=self.platform_name, slug="typed", address=self.cleaned_data["address"])
        typed.options = (self.instance.options or {}) | self._chosen()
        typed.credentials = self.held | self.new_secrets
        return typed

    def _refuse(self, said: TokenStatus, sentence: Label) -> None:
        """At the first secret that was typed in."""
        why = {"why": ended(said.detail) if said.detail else gettext("it gave no reason.")}
        self.add_error(CREDENTIAL + next(iter(self.new_secrets)), ValidationError(sentence, params=why))

    @property
    def new_secrets(self) -> dict[str, str]:
        """The secrets that were typed in."""
        typed = {key: self.cleaned_data.get(CREDENTIAL + key, "").strip() for key in self.connector.credential_keys}
        return {key: value for key, value in typed.items() if value}

    def lay_into(self, account: PlatformAccount) -> None:
        """Secrets typed in replace those held; what was known of the old token's end goes with it."""
        if self.new_secrets:
            account.credentials = self.held | self.new_secrets
            account.token_expires_at = account.data_access_expires_at = account.token_checked_at = None
            account.may_follow_up = None
        account.options = (account.options or {}) | self._chosen()

    def _chosen(self) -> dict[str, object]:
        return {option.name: self.cleaned_data.get(OPTION + option.name) for option in self.connector.options}


def form_for(platform: str) -> type[AccountForm]:
    """AccountForm with a password field for each secret and a field for each option of the platform."""
    connector = connectors.get(platform)
    fields: dict[str, object] = {CREDENTIAL + key: _secret(key) for key in connector.credential_keys}
    fields |= {OPTION + option.name: _option(option) for option in connector.options}
    return type("AccountForm", (AccountForm,), {**fields, "platform_name": platform, "Meta": AccountForm.Meta})


def _secret(key: str) -> forms.Field:
    # render_value is off: what is stored is never written into a page.
    silent = {"autocomplete": "new-password", "spellcheck": "false"}
    widget = UnfoldAdminPasswordWidget(attrs=silent, render_value=False)
    return forms.CharField(label=_as_people_write(key), required=False, widget=widget)


def _as_people_write(key: str) -> str:
    first, *others = key.split("_")
    return " ".join([first.upper() if first in _INITIALS else first.capitalize(), *others])


def _option(option: Option) -> forms.Field:
    label, helped = gettext(option.label), gettext(option.help) if option.help else ""
    if option.choices:
        named = [(value, gettext(text)) for value, text in option.choices]
        return forms.ChoiceField(
            label=label,
            help_text=helped,
            choices=named,
            # One of them may be none.
            required=all(value for value, _label in named),
            initial=option.default,
            widget=UnfoldAdminSelectWidget(),
        )
    if isinstance(option.default, bool):
        return forms.BooleanField(
            label=label, help_text=helped, required=False, initial=option.default, widget=UnfoldBooleanSwitchWidget()
        )
    return forms.CharField(
        label=label, help_text=helped, required=False, initial=option.default, widget=UnfoldAdminTextInputWidget()
    )


def _price(connector: type[Connector]) -> str:
    if connector.price_with_link is None or connector.price_without_link is None:
        return ""
    return gettext("%(platform)s charges $%(with)s for a post with a link and $%(without)s for one without.") % {
        "platform": connector.label,
        "with": f"{connector.price_with_link:.2f}",
        "without": f"{connector.price_without_link:g}",
    }


def _held(account: PlatformAccount) -> dict:
    try:
        return credentials_of(account) if account.pk else {}
    except VaultClosed:
        return {}  # the page says so; whoever types every secret in again makes it whole
