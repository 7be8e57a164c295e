"""Fixtures of the connectors' tests, which need no Django."""

import pytest

from connectors.sandbox import Sandbox
from tests.support import silence


@pytest.fixture
def platforms():
    """The pretended platforms on a free port; whoever is told nothing by them gives up."""
    with Sandbox() as running, silence.noticed():
        yield running
