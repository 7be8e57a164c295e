"""What the suites in a browser have in common."""

import pytest

from tests import factories
from tests.support.hand import Hand


@pytest.fixture
def four(db):
    """An account on each platform."""
    slugs = {"facebook": "fb-kabar", "instagram": "ig-kabar", "telegram": "tg-kabar", "twitter": "x-kabar"}
    return {name: factories.make_account(name, slug=slug) for name, slug in slugs.items()}


@pytest.fixture(autouse=True)
def _time_to_undo(settings):
    """However long a page takes to come, its way back is still there."""
    settings.UNDO_SECONDS = 120


@pytest.fixture
def hand(desk):
    """The editor's hand on the tab, which counts what it does."""
    return Hand(desk)
