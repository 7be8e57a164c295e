"""Puts stored secrets under the first key of CREDENTIALS_KEY, so that older keys can be dropped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from social_queue import vault
from social_queue.vault import EncryptedJSONField, Sealed
from social_queue.workings.deadlocks import again


@dataclass
class Rotated:
    """How many secrets were encrypted again, had the first key already, and could not be read with any."""

    changed: int = 0
    current: int = 0
    closed: int = 0


def rotate() -> Rotated:
    """Seal every secret under the first key, row by row; what changes meanwhile is neither lost nor overwritten."""
    done = Rotated()
    for model, field in _fields():
        for pk in list(model._base_manager.values_list("pk", flat=True)):
            outcome = _rotate_row(model, field, pk)
            if outcome:
                setattr(done, outcome, getattr(done, outcome) + 1)
    return done


def advice(now: datetime) -> Iterator[str]:
    """For `doctor`: how many secrets would be lost with the older keys, and how many are closed already."""
    older = [text for text in _texts() if not vault.is_current(text)]
    closed = sum(not _readable(text) for text in older)
    if waiting := len(older) - closed:
        yield (
            f"{waiting} stored secrets still need an older key of CREDENTIALS_KEY: run `manage.py rotate_credentials` "
            "before you drop it."
        )
    if closed:
        yield (
            f"{closed} stored secrets can't be read with any key of CREDENTIALS_KEY: put the missing one back, or type "
            "the secrets again."
        )


@again
def _rotate_row(model: type[Model], field: str, pk: object) -> str:
    """The name of the count that this row belongs to; "" for one that holds no secret or has gone."""
    with transaction.atomic():
        row = model._base_manager.select_for_update().filter(pk=pk).first()
        held = getattr(row, field) if row else None
        if not held:
            return ""
        if vault.is_current(held.text):
            return "current"
        try:
            sealed = Sealed(vault.resealed(held.text))
        except vault.VaultClosed:
            return "closed"
        model._base_manager.filter(pk=pk).update(**{field: sealed})
        return "changed"


def _fields() -> Iterator[tuple[type[Model], str]]:
    """Every encrypted column of every app, so that a new one is not forgotten."""
    for model in apps.get_models():
        yield from ((model, field.name) for field in model._meta.fields if isinstance(field, EncryptedJSONField))


def _texts() -> Iterator[str]:
    for model, field in _fields():
        yield from (held.text for held in model._base_manager.values_list(field, flat=True) if held)


def _readable(text: str) -> bool:
    try:
        vault.unseal(text)
    except vault.VaultClosed:
        return False
    return True
