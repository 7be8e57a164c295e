"""The platforms: every module of this package that holds a Connector is one, found by walking the package."""

import functools
import importlib
import inspect
import pkgutil

from connectors.base import Connector


@functools.cache
def _registry() -> dict[str, type[Connector]]:
    found: dict[str, type[Connector]] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            continue
        for _, member in inspect.getmembers(importlib.import_module(f"{__name__}.{module.name}"), inspect.isclass):
            if issubclass(member, Connector) and member is not Connector and hasattr(member, "name"):
                found[member.name] = member
    return dict(sorted(found.items()))


def forget() -> None:
    """Walk the package again at the next question; for tests that add a platform on the fly."""
    _registry.cache_clear()


def names() -> list[str]:
    """Every platform's name, in alphabetical order."""
    return list(_registry())


def platform_choices() -> list[tuple[str, str]]:
    """(name, label) pairs; handed to models as a function so that a new platform makes no migration."""
    return [(name, connector.label) for name, connector in _registry().items()]


def get(name: str) -> type[Connector]:
    """The connector class of a platform; KeyError with the known names for any other."""
    try:
        return _registry()[name]
    except KeyError:
        raise KeyError(f"There is no platform named {name!r}; known are {', '.join(_registry())}.") from None


def resolve_alias(word: str) -> str | None:
    """The platform that a name or alias (``fb``, ``ig``, ``tg``, ``x``) stands for, or None."""
    lowered = word.strip().lower()
    for name, connector in _registry().items():
        if lowered == name or lowered in connector.aliases:
            return name
    return None
