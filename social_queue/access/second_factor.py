"""The second factor of a person: an app that shows codes, and recovery codes for the day the app is gone.

The app's secret is django-otp's row; of a recovery code only a hash is kept. A code counts once, and after a wrong one
the next must wait: one second, two, four, eight and so on, whichever address it comes from, and 17 minutes at the most.

Without an end to the doubling, whoever knows a password would keep its owner out for days after some twenty tries, also
when the password has been changed. With it 84 codes a day are looked at. Three of a million are right at any moment, so
who knows the password and goes on for a month is in with a chance of 0.8 %, and stands among the failed log-ins with
each of his tries. A recovery code is guessed by nobody.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

#: Recovery codes of a set, and the letters of one: 16 of 32 kinds are 80 bits, too many to try out by their hashes.
CODES, _LETTERS = 10, 16
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_DIGITS = 6
#: django-otp waits 2 ** (wrong ones - 1) seconds and has no setting that ends this: it is told of no more than so many.
_MOST_COUNTED = 11


@dataclass(frozen=True)
class Verdict:
    """Whether a code was right, and if it was not, from when on the next is looked at. Too soon, it was not."""

    right: bool
    not_before: datetime | None = None
    too_soon: bool = False


def is_set_up(user: User) -> bool:
    """Whether the person's log-in asks for a code."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def holders() -> QuerySet[User]:
    """Whose log-in asks for a code."""
    return User.objects.filter(pk__in=TOTPDevice.objects.filter(confirmed=True).values("user"))


def codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


def new_secret() -> str:
    """For an app that is to be added, in hex."""
    return random_hex(20)


def address(user: User, secret: str) -> str:
    """What an app reads from the picture: otpauth://totp/…"""
    return TOTPDevice(user=user, key=secret).config_url


def typed_form(secret: str) -> str:
    """The same for a person to type, four letters a group."""
    return _in_groups(base64.b32encode(bytes.fromhex(secret)).decode())


def picture(text: str) -> SafeString:
    """A QR code as an SVG element, dark on light whatever the page's colours are."""
    drawn = segno.make_qr(text, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    return mark_safe(drawn)  # noqa: S308 - it holds squares only


@transaction.atomic
def set_up(user: User, secret: str, code: str) -> list[str]:
    """Replace what there was by an app with this secret that shows this code. The recovery codes; none: wrong code."""
    device = TOTPDevice.objects.create(user=user, name="app", key=secret, confirmed=False)
    if not device.verify_token(_plain(code)):
        device.delete()
        return []
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    return renew_codes(user)


@transaction.atomic
def renew_codes(user: User) -> list[str]:
    """A new set of recovery codes; the old ones end. They are shown now or never."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(CODES)]
    for code in codes:
        device.token_set.create(token=_hash(code))
    return [_in_groups(code) for code in codes]


@transaction.atomic
def verify(user: User, typed: str) -> Verdict:
    """Whether this is what the app shows now, or a recovery code; either counts once."""
    code = _plain(typed)
    from_app = len(code) == _DIGITS and code.isdecimal() and code.isascii()
    kind, given = (TOTPDevice, code) if from_app else (StaticDevice, _hash(code))
    device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        return Verdict(right=False)
    device.throttling_failure_count = min(device.throttling_failure_count, _MOST_COUNTED)
    not_before = _not_before(device)
    if not_before:
        return Verdict(right=False, not_before=not_before, too_soon=True)
    if device.verify_token(given):
        return Verdict(right=True)
    device.throttling_failure_count = min(device.throttling_failure_count, _MOST_COUNTED)
    return Verdict(right=False, not_before=_not_before(device))


@transaction.atomic
def remove(user: User) -> bool:
    """Take the second factor away, recovery codes too; False when there was none."""
    gone = [kind.objects.filter(user=user).delete()[0] for kind in (TOTPDevice, StaticDevice)]
    return any(gone)


def _not_before(device: TOTPDevice | StaticDevice) -> datetime | None:
    allowed, why_not = device.verify_is_allowed()
    return None if allowed else why_not["locked_until"]


def _plain(typed: str) -> str:
    return "".join(typed.split()).replace("-", "").lower()


def _hash(code: str) -> str:
    """As much of a SHA-256 as django-otp's column holds; in base32, since some databases compare without case."""
    return base64.b32encode(hashlib.sha256(code.encode()).digest())[:16].decode().lower()


def _in_groups(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
