"""Secrets at rest: a JSON field whose content is encrypted, and the keys that open it."""

import base64
import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_noop

_UNREADABLE = gettext_noop("A stored secret can't be read: put the key it was written with back into CREDENTIALS_KEY.")


class VaultClosed(Exception):
    """A stored secret can't be read: CREDENTIALS_KEY has lost the key it was written with, or it is no secret."""


def _keyring() -> MultiFernet:
    return MultiFernet(_keys())


def _keys() -> list[Fernet]:
    return _made_of(*(settings.CREDENTIALS_KEY or [_laptop_key()]))


@functools.lru_cache(maxsize=4)
def _made_of(*keys: str | bytes) -> list[Fernet]:
    """Every post needs them to open its account's secrets."""
    try:
        return [Fernet(key) for key in keys]
    except ValueError as fault:
        raise ImproperlyConfigured(
            "CREDENTIALS_KEY must hold url-safe base64 keys of 32 bytes, comma between; `make key` prints a new one."
        ) from fault


def _laptop_key() -> bytes:
    # Only reached with DEBUG=true: settings refuse to start a server without CREDENTIALS_KEY.
    return base64.urlsafe_b64encode(hashlib.sha256(settings.SECRET_KEY.encode()).digest())


def seal(value: object) -> str:
    """Any JSON value as encrypted text."""
    return _keyring().encrypt(json.dumps(value, sort_keys=True).encode()).decode()


def unseal(text: str) -> object:
    """The value ``seal`` was given. Raises VaultClosed when no known key fits."""
    try:
        return json.loads(_opened(text, *(settings.CREDENTIALS_KEY or [_laptop_key()])))
    except (InvalidToken, ValueError) as fault:
        raise VaultClosed(_UNREADABLE) from fault


@functools.lru_cache(maxsize=256)
def _opened(text: str, *keys: str | bytes) -> bytes:
    """An account that posts all day is opened for each post; what it says is known to this process anyway."""
    return MultiFernet(_made_of(*keys)).decrypt(text.encode())


def is_current(text: str) -> bool:
    """Is this sealed under the first key of CREDENTIALS_KEY, which is all that need be kept?"""
    try:
        _keys()[0].decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def resealed(text: str) -> str:
    """The same secret under the first key of CREDENTIALS_KEY. Raises VaultClosed when no known key fits."""
    try:
        return _keyring().rotate(text.encode()).decode()
    except InvalidToken as fault:
        raise VaultClosed(_UNREADABLE) from fault


if TYPE_CHECKING:
    # What may be assigned to such a column, and what is read from it.
    _SealedColumn = models.TextField["Sealed | dict[str, Any]", "Sealed | dict[str, Any]"]
else:
    _SealedColumn = models.TextField


class EncryptedJSONField(_SealedColumn):
    """A JSON object that the database only ever sees encrypted. It can't be searched.

    Rows hold a ``Sealed``; assign a plain dict to change it, call ``.open()`` to read it.
    """

    def from_db_value(self, value: str | None, expression: object, connection: object) -> "Sealed":
        """A sealed value: a list of accounts costs no cryptography, and a lost key hurts only who looks inside."""
        return Sealed(value or "")

    def to_python(self, value: object) -> object:
        """Text is what ``dumpdata`` wrote, sealed; a text field would turn a dictionary into its Python spelling."""
        return Sealed(value) if isinstance(value, str) else value

    def value_to_string(self, obj: models.Model) -> str:
        """For ``dumpdata``: as the database has it."""
        return self.get_prep_value(self.value_from_object(obj))

    def get_prep_value(self, value: object) -> str:
        """Encrypt what is plain; what was never opened goes back as it came."""
        if isinstance(value, Sealed):
            return value.text
        return seal(value) if value else ""


class Sealed:
    """Encrypted text that opens on demand and never prints its content."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def open(self) -> dict[str, Any]:
        """The plain dictionary; empty when nothing was stored. Raises VaultClosed."""
        held = unseal(self.text) if self.text else {}
        if not isinstance(held, dict):
            raise VaultClosed(_UNREADABLE)
        return held

    def __bool__(self) -> bool:
        return bool(self.text)

    def __repr__(self) -> str:
        return "<sealed>"
