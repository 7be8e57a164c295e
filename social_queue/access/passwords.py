"""What Django's own rules let pass as a password: a few characters, or one's own name, again and again."""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

#: A password of twelve letters has about nine different ones; fewer than these are tried before any dictionary.
LEAST_DIFFERENT = 5


class VariedPasswordValidator:
    """Refuses passwords of hardly any different characters, and a log-in name that is only written several times."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError with the sentence that says what to change."""
        name = user.get_username().lower() if user is not None else ""
        if len(set(password.lower())) < LEAST_DIFFERENT:
            raise ValidationError(self.get_help_text(), code="password_repeats")
        if name and not password.lower().replace(name, ""):
            raise ValidationError(gettext("Your password can't be your log-in name, however often."), code="only_name")

    def get_help_text(self) -> str:
        """The rule, as the form lists it."""
        sentence = gettext("Your password must hold at least %(least)s different characters.")
        return sentence % {"least": LEAST_DIFFERENT}
