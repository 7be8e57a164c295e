"""The form in which a person says of which alerts to hear, where, and when not."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminTextInputWidget,
)

from social_queue.access import hearing, ways
from social_queue.models import AlertKind
from social_queue.sentences import translated
from social_queue.timing import quiet

_CHAT = re.compile(r"-?[1-9]\d{3,19}")


class HearingForm(forms.Form):
    """Without an address nothing is told; a way that the site does not have is not asked about."""

    chat = forms.CharField(
        label=_("Chat"),
        required=False,
        max_length=64,
        help_text=_(
            "The number of your chat with the site's bot. Write to the bot first. Empty: you are told nothing."
        ),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    mail = forms.EmailField(
        label=_("Mail address"),
        required=False,
        max_length=254,
        help_text=_("Empty: you get no mail."),
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "email"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"), required=False, choices=AlertKind.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget()
    )
    quiet_hours = forms.CharField(
        label=_("Quiet hours"),
        required=False,
        max_length=20,
        help_text=_("Such as 22:00-07:00, in your zone. What comes then is told afterwards, unless it is over."),
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "22:00-07:00"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for way in set(ways.ALL) - set(hearing.ways()):
            del self.fields[way.address]

    def clean_chat(self) -> str:
        """A number, as the platform gives chats."""
        chat: str = self.cleaned_data["chat"].strip()
        if chat and not _CHAT.fullmatch(chat):
            raise forms.ValidationError(_("A chat is a number, such as 123456789 or -100123456789."))
        return chat

    def clean_quiet_hours(self) -> str:
        """A span of the day, or nothing."""
        try:
            span = quiet.parse(self.cleaned_data["quiet_hours"])
        except ValueError as fault:
            raise forms.ValidationError(translated(str(fault))) from fault
        return str(span) if span else ""
